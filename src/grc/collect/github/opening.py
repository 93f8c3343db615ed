"""From an organization's name and a token, or from a folder, to a source."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

from grc.collect.files import Claim, Tree
from grc.collect.github.answers import Answer, CallError, Request
from grc.collect.github.declared import load
from grc.collect.github.export import INDEX, Export, ExportError, read_export
from grc.collect.github.kept import KeptAnswers
from grc.collect.github.source import GitHubSource, caller_of
from grc.collect.github.web import PATIENCE, PUBLIC, Web
from grc.collect.persons import Pseudonyms
from grc.collect.redacting import Redact
from grc.errors import ConfigError
from grc.model.evidence import Demand, GapReason
from grc.model.identifiers import KindName
from grc.model.ports import Progress, Sink

ORGANIZATION: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?\Z")
EXPORTS: Final = "github-export"

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exports:
    """The exports in a directory, one organization each. Meets ``model.ports.Source``."""

    sources: tuple[GitHubSource, ...]
    name: str = EXPORTS
    version: str = "1"

    def kinds(self) -> frozenset[KindName]:
        """The kinds that GitHub gives."""
        return frozenset(load())

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Collect the demanded kinds of each organization."""
        for source in self.sources:
            source.collect(demand, sink, progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Answers nothing, for one reason. Meets ``answers.Transport``."""

    reason: GapReason
    detail: str

    def get(self, request: Request) -> Answer:
        """Nothing.

        Raises:
            CallError: always.
        """
        raise CallError(self.reason, self.detail)


def connect(
    url: str | None,
    token: str,
    *,
    clock: Clock,
    pause: Callable[[float], None] = time.sleep,
    patience: float = PATIENCE,
    kept: KeptAnswers | None = None,
) -> Web:
    """The way to GitHub, or to the server of an enterprise at ``url``. ``kept`` holds answers of earlier runs.

    Raises:
        ConfigError: a token may not be sent to this address, or this is no token.
    """
    return Web(url or PUBLIC, token, clock=clock, pause=pause, patience=patience, kept=kept)


def open_github(
    org: str,
    token: str,
    *,
    clock: Clock,
    url: str | None = None,
    pause: Callable[[float], None] = time.sleep,
    patience: float = PATIENCE,
    pseudonyms: Pseudonyms | None = None,
    redact: Redact | None = None,
    answers: Path | None = None,
) -> GitHubSource:
    """Open an organization as a source, with a token that has read rights.

    ``patience`` is how many seconds may be spent on waiting for rate limits. ``answers`` is a folder for answers, as
    GitHub gave them: those that a later run finds there are asked about, and not asked for again.

    Raises:
        ConfigError: the name or the address is not one, or GitHub does not accept the token.
    """
    if not ORGANIZATION.match(org):
        raise ConfigError(f"{org!r} is not the name of an organization: letters, digits and hyphens")
    kept = None if answers is None else KeptAnswers(answers)
    web = connect(url, token, clock=clock, pause=pause, patience=patience, kept=kept)
    parameters = {"organization": org, **({"url": url} if url else {})}
    return GitHubSource(
        org=org,
        transport=web,
        clock=clock,
        caller=caller_of(web),
        parameters=parameters,
        pseudonyms=pseudonyms,
        redact=redact or {},
    )


def recognise(tree: Tree) -> Claim:
    """The exports of a directory: each index, and all files below its folder."""
    folders = tuple(path.removesuffix(INDEX) for path in tree.files if PurePosixPath(path).name == INDEX)
    return Claim(paths=tuple(path for path in tree.files if path.startswith(folders))) if folders else Claim()


def open_exports(
    tree: Tree,
    claim: Claim,
    root: str,
    clock: Clock,
    pseudonyms: Pseudonyms | None = None,
    redact: Redact | None = None,
) -> Exports:
    """Open the exports of a directory. One that cannot be read, or is there twice, leaves gaps and no records."""
    opened: defaultdict[str, list[tuple[str, Export | Refused]]] = defaultdict(list)
    for path in claim.paths:
        if PurePosixPath(path).name == INDEX:
            try:
                export = read_export(tree, path)
                opened[export.org.lower()].append((path, export))
            except ExportError as error:
                detail = f"{path}:1: {error}"
                name = PurePosixPath(path).parent.name or PurePosixPath(root).name or "export"
                opened[name.lower()].append((path, Refused(reason=GapReason.PARSE_ERROR, detail=detail)))
    sources = (_source(org, found, root, clock) for org, found in sorted(opened.items()))
    return Exports(sources=tuple(replace(one, pseudonyms=pseudonyms, redact=redact or {}) for one in sources))


def _source(org: str, found: list[tuple[str, Export | Refused]], root: str, clock: Clock) -> GitHubSource:
    (path, transport), *others = found
    begun, caller = clock(), "an export"
    if others:
        detail = f"there are two exports of {org}, {path} and {others[0][0]}: keep one"
        transport = Refused(reason=GapReason.NOT_PROVIDED, detail=detail)
    if isinstance(transport, Export):
        org, begun, caller = transport.org, transport.begun, transport.caller
    return GitHubSource(
        org=org,
        transport=transport,
        clock=lambda: begun,
        caller=caller,
        parameters={"export": f"{root}/{path}"},
        concurrency=1,
        name=EXPORTS,
    )
