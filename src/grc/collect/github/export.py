"""An export: the answers of GitHub as files, made by whoever has the token and read by whoever has not.

A folder holds one organization: ``github-export.json`` lists every request with its answer's status, instant, digest
and file, and the files hold the answers, cut as ``scrub`` says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from grc.canonical import plain_instant
from grc.collect.files import Tree, UnreadableError
from grc.collect.github.answers import Answer, CallError, Request, Transport
from grc.collect.github.declared import load
from grc.collect.github.source import GitHubSource, caller_of
from grc.collect.strictjson import read_json
from grc.errors import ConfigError
from grc.model.evidence import GapReason, Population, Unit

INDEX: Final = "github-export.json"
FORMAT: Final = "grc.github-export/1"
KEPT_HEADERS: Final = (
    "retry-after",
    "x-accepted-github-permissions",
    "x-accepted-oauth-scopes",
    "x-github-sso",
    "x-ratelimit-remaining",
)
DROPPED: Final = frozenset(
    {"key", "email", "billing_email", "company", "location", "bio", "blog", "secret_value", "value"}
)
"""Members of answers that nobody needs who judges: keys, and what persons say of themselves."""


class ExportError(Exception):
    """An index cannot be read. Its text says why, without the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One answer of an export, as its index has it."""

    status: int
    headers: Mapping[str, str]
    received: datetime
    following: str | None
    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """The answers of an export. Meets ``answers.Transport``; what it does not hold is a gap."""

    tree: Tree
    folder: str
    org: str
    caller: str
    begun: datetime
    entries: Mapping[str, Entry]
    files: frozenset[str]

    def get(self, request: Request) -> Answer:
        """The answer that was kept.

        Raises:
            CallError: there is none, or its file is not the one that was written.
        """
        entry = self.entries.get(request.target)
        if entry is None:
            raise CallError(GapReason.NOT_PROVIDED, "the export does not hold it")
        path = f"{self.folder}{entry.file}"
        if path not in self.files:
            raise CallError(GapReason.NOT_PROVIDED, "the file of the export is missing")
        try:
            body = self.tree.read(path)
        except UnreadableError as error:
            raise CallError(GapReason.NOT_PROVIDED, f"the file of the export {error}") from error
        if hashlib.sha256(body).hexdigest() != entry.sha256:
            raise CallError(GapReason.MALFORMED, "the file of the export is not the one that was written")
        following = None if entry.following is None else Request(entry.following)
        return Answer(
            status=entry.status, headers=entry.headers, body=body, received=entry.received, following=following
        )


def read_export(tree: Tree, path: str) -> Export:
    """Read the index of an export, which stands at ``path``.

    Raises:
        ExportError: it is not an index that this engine reads.
    """
    try:
        document = read_json(tree.read(path))
        if document["format"] != FORMAT:
            raise ExportError(f"is of another format than {FORMAT}: export again")
        return Export(
            tree=tree,
            folder=path.removesuffix(INDEX),
            org=_name(document["organization"]),
            caller=str(document["caller"]),
            begun=_instant(document["begun"]),
            entries={target: _entry(entry) for target, entry in document["answers"].items()},
            files=frozenset(tree.files),
        )
    except UnreadableError as error:
        raise ExportError(str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExportError(f"is not the index of an export ({type(error).__name__}): export again") from error


def write_export(transport: Transport, org: str, folder: Path, *, clock: Callable[[], datetime]) -> tuple[int, int]:
    """Read everything of an organization and keep the answers below ``folder``.

    Returns how many answers there are, and how many requests had none.

    Raises:
        ConfigError: the folder holds something already, or GitHub does not accept the token.
        OSError: the folder cannot be written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} is not empty: an export gets a folder of its own")
    caller = caller_of(transport)
    recorder = Recorder(transport, folder)
    begun = clock()
    source = GitHubSource(org=org, transport=recorder, clock=clock, caller=caller, parameters={})
    demand = {kind: frozenset(resource.sections) for kind, resource in load().items()}
    source.collect(demand, _Nowhere(), _Nowhere())
    document = {
        "format": FORMAT,
        "organization": org,
        "caller": caller,
        "begun": plain_instant(begun),
        "ended": plain_instant(clock()),
        "answers": dict(sorted(recorder.answers.items())),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / INDEX).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return len(recorder.answers), recorder.failed


class Recorder:
    """Passes requests on and keeps the answers. Meets ``answers.Transport``."""

    def __init__(self, transport: Transport, folder: Path) -> None:
        self._transport = transport
        self._folder = folder
        self._lock = Lock()
        self.answers: dict[str, Mapping[str, Any]] = {}
        self.failed = 0

    def get(self, request: Request) -> Answer:
        """The answer, kept. What cannot be read as JSON is not kept, and what failed on the way neither.

        Raises:
            CallError: there is no answer.
        """
        try:
            answer = self._transport.get(request)
            body = _kept(answer)
        except CallError:
            with self._lock:
                self.failed += 1
            raise
        if body is not None:
            self._keep(request, answer, body)
        return answer

    def _keep(self, request: Request, answer: Answer, body: bytes) -> None:
        file = _file_of(request)
        path = self._folder / file
        with self._lock:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            self.answers[request.target] = {
                "status": answer.status,
                "headers": {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers},
                "received": plain_instant(answer.received),
                "following": None if answer.following is None else answer.following.target,
                "file": file,
                "sha256": hashlib.sha256(body).hexdigest(),
            }


def scrub(value: Any) -> Any:
    """An answer without addresses, keys and what persons say of themselves; of a webhook's address the host stays."""
    if isinstance(value, list):
        return [scrub(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {
        name: scrub(item)
        for name, item in value.items()
        if name not in DROPPED and name != "url" and not name.endswith("_url")
    }
    if isinstance(value.get("url"), str) and {"insecure_ssl", "content_type", "secret"} & value.keys():
        found["url"] = _host(value["url"])
    if "secret" in found and isinstance(found["secret"], str):
        found["secret"] = "********" if found["secret"] else ""
    return found


class _Nowhere:
    """A sink and a progress for a collection that is kept elsewhere."""

    def has(self, unit: Unit) -> bool:
        return False

    def write(self, population: Population, records: object) -> None:
        del population, records

    def planned(self, units: int) -> None:
        del units

    def done(self, unit: Unit) -> None:
        del unit


def _kept(answer: Answer) -> bytes | None:
    """What is kept of an answer; None where it is not JSON and so may hold anything."""
    if not answer.body:
        return b""
    try:
        found = read_json(answer.body)
    except ValueError:
        return None
    return json.dumps(scrub(found), indent=1, ensure_ascii=False, sort_keys=True).encode("utf-8")


def _file_of(request: Request) -> str:
    """A name for a request's file that no other request has, whatever a file system does with case."""
    digest = hashlib.sha256(request.target.encode()).hexdigest()[:12]
    steps = [step for step in request.path.replace("%", "_").split("/") if step]
    return "/".join(step[:60] for step in steps[:6]) + f"-{digest}.json"


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}/"
    except ValueError:
        return ""


def _entry(found: Mapping[str, Any]) -> Entry:
    following = found["following"]
    if type(found["status"]) is not int or not isinstance(found["file"], str):
        raise ValueError("an entry is not of its form")
    return Entry(
        status=found["status"],
        headers={str(name): str(value) for name, value in found["headers"].items()},
        received=_instant(found["received"]),
        following=None if following is None else str(following),
        file=found["file"],
        sha256=str(found["sha256"]),
    )


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant has no time zone")
    return moment.astimezone(UTC)


def _name(text: Any) -> str:
    if not isinstance(text, str) or not text or not text.replace("-", "").replace("_", "").isalnum():
        raise ValueError("an organization's name is letters, digits and hyphens")
    return text
