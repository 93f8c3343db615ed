"""The way to GitHub: pages, limits that are waited out, failures on the way, and a token that goes nowhere else."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from github_answers import NOW, WEB, Server, error, served
from held import Held

from grc.collect.github import GitHubSource, connect, open_github
from grc.collect.github.answers import CallError, Request
from grc.collect.github.declared import load
from grc.collect.github.web import Web, address
from grc.errors import ConfigError
from grc.model.evidence import GapReason

TOKEN = "ghp_notARealToken"
USER = Request("/user")


@pytest.fixture(scope="module")
def github() -> Iterator[tuple[Server, str]]:
    with served() as found:
        yield found


@pytest.fixture
def server(github: tuple[Server, str]) -> Iterator[Server]:
    server, _ = github
    server.seen.clear()
    yield server
    server.fault = lambda path: None


@pytest.fixture
def url(github: tuple[Server, str]) -> str:
    return github[1]


def web(url: str, pauses: list[float] | None = None, patience: float = 100, seconds: float = 60) -> Web:
    pause = (lambda seconds: None) if pauses is None else pauses.append
    return Web(url, TOKEN, clock=lambda: NOW, pause=pause, patience=patience, seconds=seconds)


def failing(server: Server, *answers: Any) -> None:
    """The next answers, in turn; then as always."""
    left = list(answers)
    server.fault = lambda path: left.pop(0) if left else None


def why(url: str, **more: Any) -> GapReason:
    with pytest.raises(CallError) as caught:
        web(url, **more).get(USER)
    assert TOKEN not in str(caught.value)
    return caught.value.reason


def test_an_organization_over_http(server: Server, url: str) -> None:
    sink = Held()
    source = open_github("acme", TOKEN, clock=lambda: NOW, url=url)
    source.collect({kind: frozenset(resource.sections) for kind, resource in load().items()}, sink, sink)
    assert source.caller == "auditor"
    assert {str(kind) for kind in source.kinds()} == {unit.kind for unit in sink.units}
    for population, records in sink.units.values():
        assert population.gaps == ()
        assert all(record.gaps == () for record in records)
    assert sum(len(records) for _, records in sink.units.values()) == 15
    assert {header for _, header in server.seen} == {f"Bearer {TOKEN}"}
    assert TOKEN not in repr(sink) + repr(source)


def test_pages_follow_the_link(server: Server, url: str) -> None:
    answer = web(url).get(Request("/orgs/acme/repos?per_page=100&type=all"))
    assert answer.following == Request("/orgs/acme/repos?per_page=100&type=all&page=2")
    last = web(url).get(answer.following)
    assert last.following is None
    assert len(json.loads(last.body)) == 1


@pytest.mark.parametrize(
    "link",
    ["<https://evil.example/orgs/acme/repos?page=2>", "<http://127.0.0.1:1/x>", "</orgs/acme/repos>", "<>"],
)
def test_the_next_page_is_never_elsewhere(server: Server, url: str, link: str) -> None:
    failing(server, (200, {"Link": f'{link}; rel="next"'}, b"[]"))
    assert why(url) is GapReason.MALFORMED


def test_redirects_are_not_followed(server: Server, url: str) -> None:
    failing(server, (302, {"Location": "http://127.0.0.1:1/elsewhere"}, b""))
    assert web(url).get(USER).status == 302
    assert len(server.seen) == 1


SPENT = {"x_ratelimit_remaining": "0", "x_ratelimit_reset": str(int(NOW.timestamp()) + 40)}


@pytest.mark.parametrize(
    ("answer", "waited"),
    [
        (error(403, "API rate limit exceeded", **SPENT), 41.0),
        (error(429, "API rate limit exceeded", **SPENT), 41.0),
        (error(403, "You have exceeded a secondary rate limit", retry_after="7"), 7.0),
        (error(429, "Too many requests", retry_after="0"), 1.0),
        (error(403, "You have exceeded a secondary rate limit."), 60.0),
        (error(429, "Too many requests"), 60.0),
    ],
)
def test_a_limit_is_waited_out(server: Server, url: str, answer: Any, waited: float) -> None:
    pauses: list[float] = []
    failing(server, answer)
    assert web(url, pauses).get(USER).status == 200
    assert pauses == [waited]


def test_a_limit_that_outlasts_the_patience(server: Server, url: str) -> None:
    pauses: list[float] = []
    server.fault = lambda path: error(403, "secondary rate limit", retry_after="40")
    patient = web(url, pauses)
    with pytest.raises(CallError) as caught:
        patient.get(USER)
    assert caught.value.reason is GapReason.THROTTLED
    assert pauses == [40.0, 40.0]


def test_waiting_for_one_limit_together_uses_the_patience_up_once(server: Server, url: str) -> None:
    pauses: list[float] = []
    patient = web(url, pauses, patience=60)
    for _ in range(3):
        failing(server, error(403, "secondary rate limit", retry_after="40"))
        assert patient.get(USER).status == 200
    assert pauses == [40.0] * 3


def test_a_right_that_is_missing_is_not_waited_for(server: Server, url: str) -> None:
    pauses: list[float] = []
    failing(server, error(403, "Resource not accessible", x_ratelimit_remaining="4999"))
    assert web(url, pauses).get(USER).status == 403
    assert pauses == []


def test_a_server_that_fails_is_asked_again(server: Server, url: str) -> None:
    pauses: list[float] = []
    failing(server, error(502, "Bad Gateway"), error(500, "Server Error"))
    assert web(url, pauses).get(USER).status == 200
    assert pauses == [1.0, 3.0]
    failing(server, *[error(502, "Bad Gateway")] * 3)
    assert web(url).get(USER).status == 502


def test_a_cut_answer(server: Server, url: str) -> None:
    failing(server, (200, {"Content-Length": "100", "Connection": "close"}, b'{"login": "au'))
    assert why(url) is GapReason.MALFORMED


def test_a_damaged_answer(server: Server, url: str) -> None:
    failing(server, (200, {"Content-Encoding": "gzip"}, b"not gzip at all"))
    assert why(url) is GapReason.MALFORMED


def test_an_answer_that_unpacks_to_too_much(server: Server, url: str) -> None:
    failing(server, (200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * (65 * 2**20), 1)))
    assert why(url) is GapReason.MALFORMED


def test_nobody_there() -> None:
    assert why("http://127.0.0.1:9") is GapReason.UNREACHABLE


def test_nobody_answers(server: Server, url: str) -> None:
    from threading import Event

    waiting = Event()

    def hang(path: str) -> None:
        waiting.wait(60)

    server.fault = hang
    try:
        assert why(url, seconds=0.05) is GapReason.TIMEOUT
    finally:
        waiting.set()


def test_a_token_that_is_not_accepted_ends_it(server: Server, url: str) -> None:
    failing(server, error(401, "Bad credentials"))
    with pytest.raises(ConfigError, match="does not accept the token"):
        open_github("acme", TOKEN, clock=lambda: NOW, url=url)


def test_a_token_of_an_app_has_no_account(server: Server, url: str) -> None:
    failing(server, error(403, "Resource not accessible by integration"))
    assert "no account" in open_github("acme", TOKEN, clock=lambda: NOW, url=url).caller


@pytest.mark.parametrize("org", ["", "acme/web", "..", "acme?x", "-acme", "a" * 101, "acme\n"])
def test_what_is_no_organization(org: str, url: str) -> None:
    with pytest.raises(ConfigError, match="is not the name of an organization"):
        open_github(org, TOKEN, clock=lambda: NOW, url=url)


@pytest.mark.parametrize("token", ["", "two words", "line\r\nX-Other: 1", "tök"])
def test_what_is_no_token(token: str, url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        connect(url, token, clock=lambda: NOW)
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("https://api.github.com", "https://api.github.com"),
        ("https://github.com/", "https://api.github.com"),
        ("https://ghe.example.com", "https://ghe.example.com/api/v3"),
        ("https://ghe.example.com:8443/api/v3/", "https://ghe.example.com:8443/api/v3"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com"),
    ],
)
def test_addresses(given: str, found: str) -> None:
    assert address(given) == found


@pytest.mark.parametrize(
    "given",
    [
        "http://ghe.example.com",
        "ftp://ghe.example.com",
        "https://user:pw@ghe.example.com",
        "https://",
        "ghe.example.com",
        "https://ghe.example.com/?x",
        "https://ghe.example.com:port",
        "https://[::1",
    ],
)
def test_addresses_that_get_no_token(given: str) -> None:
    with pytest.raises(ConfigError) as caught:
        address(given)
    assert "pw" not in str(caught.value)


def test_the_instant_is_when_the_answer_came(server: Server, url: str) -> None:
    later = datetime(2026, 11, 22, 10, tzinfo=UTC)
    source = GitHubSource(
        org="acme",
        transport=Web(url, TOKEN, clock=lambda: later),
        clock=lambda: NOW,
        caller="auditor",
        parameters={},
    )
    sink = Held()
    source.collect({kind: frozenset() for kind in source.kinds()}, sink, sink)
    (record,) = [record for record in sink.of("github.repository")[1] if record.subject == WEB]
    assert record.collected == later
