"""Answers of an earlier run: asked about instead of asked for, and never taken for what was not seen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from github_answers import NOW, Server, served
from held import Held

from grc.collect.github import open_github
from grc.collect.github.answers import CallError, Request
from grc.collect.github.declared import load
from grc.collect.github.kept import KeptAnswers
from grc.collect.github.web import Web
from grc.model.evidence import GapReason

TOKEN = "ghp_notARealToken"
USER = Request("/user")
LATER = NOW + timedelta(days=1)


@pytest.fixture
def github() -> Iterator[tuple[Server, str]]:
    with served() as found:
        yield found


def web(url: str, folder: Path, token: str = TOKEN, **more: Any) -> Web:
    return Web(url, token, clock=lambda: LATER, pause=lambda seconds: None, kept=KeptAnswers(folder), **more)


def collected(url: str, folder: Path | None) -> Held:
    sink = Held()
    source = open_github("acme", TOKEN, clock=lambda: LATER, url=url, answers=folder)
    source.collect({kind: frozenset(resource.sections) for kind, resource in load().items()}, sink, sink)
    return sink


def test_a_second_run_is_told_that_nothing_changed(github: tuple[Server, str], tmp_path: Path) -> None:
    server, url = github
    plain = collected(url, None)
    server.seen.clear()
    first = collected(url, tmp_path / "kept")
    asked = Counter(path for path, _ in server.seen)
    assert all(asked[path] > 1 for path in server.unchanged)  # two kinds ask for it: the second may come later
    server.seen.clear()
    server.unchanged.clear()
    again = collected(url, tmp_path / "kept")
    assert repr(again) == repr(first) == repr(plain)
    assert len(server.unchanged) > len(server.seen) / 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "kept").iterdir())
    assert not any(TOKEN.encode() in path.read_bytes() for path in (tmp_path / "kept").iterdir())


def test_what_changed_is_read_anew(github: tuple[Server, str], tmp_path: Path) -> None:
    server, url = github
    for login in ("one", "two", "two"):
        server.answers["/user"] = {"login": login}
        answer = web(url, tmp_path).get(USER)
        assert (json.loads(answer.body)["login"], answer.received, answer.status) == (login, LATER, 200)
    assert server.unchanged == ["/user"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:-1],
        lambda data: data.replace(b"auditor", b"intrude"),
        lambda data: b"",
        lambda data: data.replace(b"grc.github-answer/1", b"grc.github-answer/2"),
    ],
)
def test_a_kept_answer_that_is_not_whole_is_not_asked_about(
    github: tuple[Server, str], tmp_path: Path, harm: Any
) -> None:
    server, url = github
    expected = web(url, tmp_path).get(USER)
    (path,) = tmp_path.iterdir()
    path.write_bytes(harm(path.read_bytes()))
    assert web(url, tmp_path).get(USER).body == expected.body
    assert server.unchanged == []
    assert web(url, tmp_path).get(USER).body == expected.body
    assert server.unchanged == ["/user"]


def test_a_kept_answer_that_others_may_write_counts_as_absent(github: tuple[Server, str], tmp_path: Path) -> None:
    server, url = github
    web(url, tmp_path).get(USER)
    (path,) = tmp_path.iterdir()
    path.chmod(0o666)
    web(url, tmp_path).get(USER)
    assert server.unchanged == []


def test_another_token_or_address_has_answers_of_its_own(github: tuple[Server, str], tmp_path: Path) -> None:
    server, url = github
    web(url, tmp_path).get(USER)
    web(url, tmp_path, token="ghp_another").get(USER)
    web(url.replace("127.0.0.1", "localhost"), tmp_path).get(USER)
    assert server.unchanged == []
    assert len(list(tmp_path.iterdir())) == 3


def test_unchanged_without_being_asked_is_no_answer(github: tuple[Server, str], tmp_path: Path) -> None:
    server, url = github
    server.fault = lambda path: (304, {}, b"") if path.startswith("/orgs/acme") else None
    gaps = [gap for population, _ in collected(url, tmp_path).units.values() for gap in population.gaps]
    assert gaps
    assert all(
        records == [] or all(record.gaps for record in records)
        for _, records in collected(url, tmp_path).units.values()
    )


def test_a_refusal_is_not_hidden_by_what_was_seen_before(github: tuple[Server, str], tmp_path: Path) -> None:
    server, url = github
    web(url, tmp_path).get(USER)
    server.fault = lambda path: (403, {}, b'{"message": "Forbidden"}')
    assert web(url, tmp_path).get(USER).status == 403
    server.fault = lambda path: (429, {"Retry-After": "1000"}, b"{}")
    with pytest.raises(CallError) as caught:
        web(url, tmp_path, patience=1).get(USER)
    assert caught.value.reason is GapReason.THROTTLED


@pytest.mark.parametrize(
    ("items", "wrapped", "kept"),
    [(1, False, True), (2, False, False), (2, True, False), (1, True, True), (3, False, True)],
)
def test_a_full_last_page_is_always_read_anew(
    github: tuple[Server, str], tmp_path: Path, items: int, wrapped: bool, kept: bool
) -> None:
    """What comes after it changes nothing in it, and "unchanged" tells of no next page."""
    server, url = github
    path = "/orgs/acme/things?per_page=2"
    link = {"Link": f'<{url}/orgs/acme/things?per_page=2&page=2>; rel="next"'} if items > 2 else {}
    found: Any = [{"id": number} for number in range(min(items, 2))]
    body = json.dumps({"total_count": items, "things": found} if wrapped else found).encode()
    server.fault = lambda at: (200, link, body)
    for _ in range(2):
        answer = web(url, tmp_path).get(Request(path))
        assert (answer.following is not None) is (items > 2)
    assert (server.unchanged == [path]) is kept


def test_what_single_sign_on_cut_short_is_not_kept(github: tuple[Server, str], tmp_path: Path) -> None:
    server, url = github
    server.fault = lambda path: (200, {"X-GitHub-SSO": "partial-results; organizations=1"}, b"[]")
    web(url, tmp_path).get(USER)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_keeps_nothing(github: tuple[Server, str], tmp_path: Path) -> None:
    _, url = github
    (tmp_path / "file").write_text("")
    assert web(url, tmp_path / "file" / "below").get(USER).status == 200
