"""A recorded AWS: a moto server's answers, kept by request, and given back without a network; and faults in them."""

from __future__ import annotations

import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import botocore.session
from aws_answers import Answer, answered, event
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from grc.model.evidence import Population, Record, Unit

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EC2 = '<{0}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{1}</{0}Response>'


def canned(operation: str, inner: str) -> bytes:
    return EC2.format(operation, inner).encode()


class Raw(io.BytesIO):
    """A body as urllib3 hands it over."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


def response(url: str, status: int, headers: Mapping[str, str], body: bytes) -> AWSResponse:
    return AWSResponse(url, status, dict(headers), Raw(body))


@dataclass(frozen=True)
class Kept:
    status: int
    headers: Mapping[str, str]
    body: bytes


Faults = dict[str, Callable[[Any, Kept], AWSResponse]]
"""What is answered in place of what is kept, by operation."""
Hooks = dict[str, Callable[..., Any]]
"""What is said to an event of the SDK, by its name."""


def told_answers() -> Mapping[str, Answer]:
    """The answers of the estates, which take what they are made of from here."""
    from aws_estates import answers

    return answers()


@dataclass
class Cassette:
    """Answers by request. ``record`` asks the real server for what is not kept yet; ``answers`` are told, not kept.

    ``otherwise`` is what any other request gets; without it, an unknown request fails the test.
    """

    record: bool = False
    kept: dict[tuple[str, ...], Kept] = field(default_factory=dict)
    faults: Faults = field(default_factory=dict)
    hooks: Hooks = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    delay: Callable[[], None] = lambda: None
    otherwise: Kept | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: Mapping[str, Answer] = field(default_factory=told_answers)
    _asking: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        self._told = {event(*call.split(":")): (call, told) for call, told in self.answers.items()}

    def asking(self, params: dict[str, Any], **_: Any) -> None:
        """Keep the parameters of the call that this thread makes next."""
        self._asking.parameters = params

    @cached_property
    def session(self) -> Any:
        """One session for many collections of one account: it and its clients take longer to make than most answers."""
        return sessions(self, OneClientEach)()

    def playing(
        self, faults: Faults | None = None, hooks: Hooks | None = None, delay: Callable[[], None] = lambda: None
    ) -> Cassette:
        """The same answers and session, with these faults and no others."""
        self.faults, self.hooks, self.delay = dict(faults or {}), dict(hooks or {}), delay
        self.asked.clear()
        return self

    def hooked(self, event_name: str, **given: Any) -> Any:
        """What a hook says to an event of one operation."""
        hook = self.hooks.get(event_name)
        return None if hook is None else hook(**given)

    def answer(self, request: Any, event_name: str, **_: Any) -> AWSResponse:
        """What a session asks instead of the network."""
        _, service, operation = event_name.split(".")
        self.delay()
        with self.lock:
            self.asked[f"{service}:{operation}"] += 1
        fault = self.faults.get(f"{service}:{operation}")
        kept = self._kept(service, operation, request, faulty=fault is not None)
        return response(request.url, kept.status, kept.headers, kept.body) if fault is None else fault(request, kept)

    def _kept(self, service: str, operation: str, request: Any, *, faulty: bool) -> Kept:
        told = self._told.get(f"{service}:{operation}")
        found = None if told is None else answered(*told[0].split(":"), told[1], self._asking.parameters)
        if found is not None:
            return Kept(found.status, found.headers, found.body)
        key = (service, operation, _path(request.url), _body(request.body), _region(request.headers))
        if key not in self.kept and faulty:
            return Kept(200, {}, b"")
        if key not in self.kept and self.otherwise is not None:
            return self.otherwise
        if key not in self.kept:
            assert self.record, f"not recorded: {key}"
            real = URLLib3Session().send(request)
            self.kept[key] = Kept(real.status_code, dict(real.headers), real.content)
        return self.kept[key]


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3] if url.count("/") > 2 else "/"


def _body(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body or "")


def _region(headers: Mapping[str, Any]) -> str:
    signed = headers.get("Authorization", b"")
    text = signed.decode() if isinstance(signed, bytes) else str(signed)
    return text.split("/")[2] if text.count("/") > 2 else ""


class OneClientEach(botocore.session.Session):
    """A session that gives the same client each time."""

    def __init__(self) -> None:
        super().__init__()
        self._clients: dict[tuple[str, str], Any] = {}

    def create_client(self, service_name: str, region_name: str, **options: Any) -> Any:
        if (service_name, region_name) not in self._clients:
            made = super().create_client(service_name, region_name=region_name, **options)
            self._clients[service_name, region_name] = made
        return self._clients[service_name, region_name]


def sessions(cassette: Cassette, kind: type[botocore.session.Session] = botocore.session.Session) -> Callable[[], Any]:
    """A factory of sessions that ask the cassette."""

    def make() -> Any:
        session = kind()
        session.set_credentials("testing", "testing")
        session.set_config_variable("region", "us-east-1")
        session.set_config_variable("ignore_configured_endpoint_urls", False)
        session.register("provide-client-params", cassette.asking)
        session.register("provide-client-params", cassette.hooked)
        session.register("before-call", cassette.hooked)
        session.register("before-send", cassette.answer)
        return session

    return make


@dataclass
class Held:
    """A sink in memory."""

    units: dict[Unit, tuple[Population, list[Record]]] = field(default_factory=dict)
    already: frozenset[Unit] = frozenset()
    writes: Counter[Unit] = field(default_factory=Counter)

    def has(self, unit: Unit) -> bool:
        return unit in self.already

    def write(self, population: Population, records: Any) -> None:
        self.writes[population.unit] += 1
        self.units[population.unit] = (population, sorted(records, key=lambda record: record.subject))


@dataclass
class Told:
    """A progress that counts."""

    units: int = 0
    ended: list[Unit] = field(default_factory=list)

    def planned(self, units: int) -> None:
        self.units += units

    def done(self, unit: Unit) -> None:
        self.ended.append(unit)


def policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}})
