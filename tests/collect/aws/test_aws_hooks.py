"""The handlers that clients share: called as botocore calls them, and each request goes where a client of its own
would send it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.hooks import HierarchicalEmitter
from hypothesis import given
from hypothesis import strategies as st

from grc.collect.aws import allowlist, from_profile, models
from grc.collect.aws.declared import load
from grc.collect.aws.hooks import Hooks
from grc.collect.aws.sessions import Clients

NAMES = st.lists(st.sampled_from(["a", "b", "*"]), min_size=1, max_size=3).map(".".join)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["register", "register_first", "register_last", "unregister", "copy"]),
        NAMES,
        st.integers(0, 3),
        st.none() | st.sampled_from(["one", "two"]),
    ),
    max_size=12,
)
EVENTS = ("a", "b", "c", "a.a", "a.b", "b.a", "a.b.a", "a.a.a", "c.a.b", "b.b.b.b")
REGIONS = ("eu-central-1", "us-east-1", "cn-north-1", "us-gov-west-1")
SERVICES = sorted({service for service, _ in allowlist.load().reads})
SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^,]+), SignedHeaders=([^,]+)")
VARIANTS: dict[str, dict[str, str]] = {
    "usual": {},
    "fips": {"AWS_USE_FIPS_ENDPOINT": "true"},
    "dual-stack": {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
    "own": {"AWS_ENDPOINT_URL": "https://gateway.example:8443/aws"},
    "own-of-one": {"AWS_ENDPOINT_URL_S3": "https://s3.example"},
}


def handlers() -> list[Callable[..., int]]:
    def numbered(number: int) -> Callable[..., int]:
        return lambda **_: number

    return [numbered(number) for number in range(4)]


@given(STEPS)
def test_handlers_are_called_in_botocores_order(steps: list[tuple[str, str, int, str | None]]) -> None:
    known: list[Callable[..., int]] = handlers()
    ours: Any = Hooks()
    theirs: Any = HierarchicalEmitter()
    for step, name, number, unique in steps:
        if step == "copy":
            ours, theirs = copy.copy(ours), copy.copy(theirs)
            continue
        for emitter in (ours, theirs):
            try:
                getattr(emitter, step)(name, known[number], unique_id=unique)
            except AttributeError:
                assert emitter is theirs  # botocore's own tree has no values at a name that was only passed
    for event in EVENTS:
        assert ours.emit(event) == theirs.emit(event), event


def test_what_one_copy_adds_or_drops_the_others_do_not_see() -> None:
    session = Hooks()
    first, second, third, _ = handlers()
    session.register("before-call.s3", first)
    one, two = copy.copy(session), copy.copy(session)
    one.register("before-call.s3", second)
    two.unregister("before-call.s3", first)
    session.register_first("before-call.s3", third)
    heard = [[answer for _, answer in emitter.emit("before-call.s3.ListBuckets")] for emitter in (session, one, two)]
    assert heard == [[2, 0], [0, 1], []]


def listing_of(service: str) -> tuple[str, dict[str, Any]]:
    """A call of a service: a list, else the first of its reads, with a name wherever it asks for one."""
    calls = [call for resource in load().values() for call in resource.every_call if call.read.service == service]
    if not calls:  # who we are, asked before anything is listed
        return "get_caller_identity", {}
    call = min(calls, key=lambda one: (len(one.params), one.read.method))
    return call.read.method, {**call.fixed, **dict.fromkeys(call.params, "123456789012")}


@pytest.fixture(params=VARIANTS)
def variant(request: pytest.FixtureRequest) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
        for name, value in VARIANTS[request.param].items():
            patch.setenv(name, value)
        yield str(request.param)


def sent(client: Any, method: str, parameters: dict[str, Any]) -> tuple[Any, ...]:
    """What a call sends, and to whom; nothing leaves the machine."""
    seen: list[Any] = []

    def stop(request: Any, **_: Any) -> AWSResponse:
        seen.append(request)
        raise StopError

    client.meta.events.register_first("before-send", stop)
    try:
        getattr(client, method)(**parameters)
    except StopError:
        request = seen[0]
    except Exception as error:  # noqa: BLE001 - an endpoint that there is not: both must say so in the same words
        return type(error).__name__, str(error)
    found = SCOPE.search(request.headers.get("Authorization", b"").decode())
    assert found is not None, request.headers
    return request.method, request.url, *found.groups(), sorted(request.headers), request.body


class StopError(Exception):
    """The call may go no further."""


@pytest.mark.slow
def test_each_request_goes_where_a_client_of_botocore_sends_it(variant: str) -> None:
    regions = REGIONS if variant == "usual" else REGIONS[:1]
    clients = Clients(from_profile()(), connections=1, attempts=1, roots={})
    plain = botocore.session.Session()
    plain.register_component("data_loader", models.whole())
    config = Config(parameter_validation=False, retries={"mode": "adaptive", "total_max_attempts": 1}, user_agent="x")
    seen = set()
    for service in SERVICES:
        method, parameters = listing_of(service)
        for region in regions:
            theirs = sent(plain.create_client(service, region_name=region, config=config), method, parameters)
            with clients.use(service, region) as client:
                ours = sent(client, method, parameters)
            assert ours == theirs, f"{service} in {region}"
            seen.add(ours[1:3])
    clients.close()
    assert len(seen) >= len(SERVICES) * len(regions) // 2 if variant == "usual" else seen
