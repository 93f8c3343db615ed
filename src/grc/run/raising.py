"""Putting findings on record: raising one, closing one, and where they all stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from grc.assess import raised_results
from grc.catalogue.files import read_draft
from grc.catalogue.findings import FOLDER, FORMAT, FindingReader, finding_files
from grc.catalogue.schema import meant
from grc.catalogue.writing import scalar
from grc.errors import ConfigError
from grc.evidence import open_assessment, open_pack
from grc.model.raised import FindingClass, RaisedFinding, RaisedResult
from grc.model.workspace import Workspace
from grc.run.decisions import findings_of
from grc.run.desk import Desk
from grc.run.rewriting import octets_of, rewrite, text_of, write_new

Value = str | Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What is done about a finding, as far as it is known. ``proof`` is a check and the day from which it must hold."""

    cause: str | None = None
    correction: str | None = None
    corrective_action: str | None = None
    proof: tuple[str, date] | None = None

    def entries(self) -> dict[str, Value]:
        """What is known, by the keys of the file."""
        known = {"cause": self.cause, "correction": self.correction, "corrective-action": self.corrective_action}
        found: dict[str, Value] = {key: text for key, text in known.items() if text is not None}
        if self.proof is not None:
            found["effectiveness"] = {"check": self.proof[0], "from": self.proof[1].isoformat()}
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Raising:
    """What is to be put on record. ``id`` None: the next free one."""

    id: str | None
    class_: FindingClass
    condition: str
    check: str | None
    requirement: str | None
    raised_by: str
    raised_on: date
    owner: str
    due: date
    repeats: str | None
    treatment: Treatment


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDraft:
    """A finding that is sound and not written yet. ``before`` is what its file holds now, ``added`` what is new."""

    path: Path
    before: bytes | None
    text: str
    added: str
    finding: RaisedFinding


def draft_finding(desk: Desk, said: Raising) -> FindingDraft:
    """Draft a finding, in a file of its own.

    Raises:
        ConfigError: there is no workspace, a finding of this id is there, or it repeats one that is not.
        DataError: with every problem of the finding.
    """
    workspace = _workspace(desk)
    known = _known(workspace)
    name = said.id or _free(said.raised_on, known)
    path = workspace.folder / FOLDER / f"{name}.yaml"
    text = f"format: {FORMAT}\nid: {scalar(name)}\n" + _lines(_entries(said), "\n")
    made = _reader(desk).finding(read_draft(text, path, FORMAT))
    if said.repeats is not None and said.repeats not in known:
        raise ConfigError(f"there is no finding {said.repeats!r}{meant(said.repeats, sorted(known))}")
    if path.exists() or path.is_symlink():
        raise ConfigError(f"{path} is there already: a finding is never overwritten; choose another --id")
    return FindingDraft(path=path, before=None, text=text, added=text, finding=made)


def draft_closing(desk: Desk, name: str, treatment: Treatment, by: str, on: date) -> FindingDraft:
    """Draft the closing of a finding, at the end of its file. What stands in the file stays as it is.

    Raises:
        ConfigError: there is no workspace or no such finding, it is closed, its file says already what is to be
            added, or nothing can be added to it.
        DataError: with every problem of the finding with its closing.
    """
    known = _known(_workspace(desk))
    if name not in known:
        raise ConfigError(f"there is no finding {name!r}{meant(name, sorted(known), '; see `grc finding list`')}")
    path = known[name]
    before = octets_of(path) or b""
    old = text_of(before, path)
    held = read_draft(old, path, FORMAT).value
    added: dict[str, Value] = {**treatment.entries(), "closed": {"by": by, "on": on.isoformat()}}
    _refuse_repeats(path, held, added)
    newline = "\r\n" if "\r\n" in old else "\n"
    lines = _lines(added, newline)
    text = (old if old.endswith("\n") else old + newline) + lines
    source = read_draft(text, path, FORMAT)
    if source.value != {**held, **added}:
        raise ConfigError(f"{path}: nothing can be added at the end of this file: close the finding by hand")
    made = _reader(desk).finding(source)
    return FindingDraft(path=path, before=before, text=text, added=lines, finding=made)


def place_finding(drafted: FindingDraft) -> None:
    """Put a draft into its workspace, whole or not at all.

    Raises:
        ConfigError: the file has changed since, or it cannot be written.
    """
    if drafted.before is None:
        write_new(drafted.path, drafted.text)
    else:
        rewrite(drafted.path, drafted.before, drafted.text)


def findings_now(desk: Desk, as_of: datetime) -> tuple[RaisedResult, ...]:
    """Where the findings of a workspace stand by their files alone: no evidence is looked at.

    Raises:
        DataError: with every problem of the files.
    """
    return raised_results(findings_of(desk), None, as_of)


def findings_in(path: Path, which: str | None = None) -> tuple[datetime, tuple[RaisedResult, ...]]:
    """The instant of an assessment, and where the findings on record stood then, as they were sealed.

    Raises:
        EvidenceError: the pack is not whole, or holds no assessment.
    """
    assessment = open_assessment(open_pack(path), which).assessment()
    return assessment.as_of, assessment.raised


def _workspace(desk: Desk) -> Workspace:
    if desk.workspace.file is None:
        raise ConfigError("there is no workspace here: give one with --workspace, or make one with `grc init`")
    return desk.workspace


def _known(workspace: Workspace) -> dict[str, Path]:
    return {path.stem: path for path in finding_files(workspace.folder)}


def _reader(desk: Desk) -> FindingReader:
    return FindingReader(desk.policy, desk.workspace.organisation.timezone)


def _refuse_repeats(path: Path, held: Mapping[str, object], added: Iterable[str]) -> None:
    if "closed" in held:
        raise ConfigError(f"{path} is closed already: if it has come back, open another that --repeats it")
    twice = [key for key in added if key in held]
    if twice:
        raise ConfigError(f"{path} says its {', '.join(twice)} already: change that by hand")


def _entries(said: Raising) -> dict[str, Value]:
    known = {
        "class": said.class_.value,
        "condition": said.condition,
        "check": said.check,
        "requirement": said.requirement,
        "raised-by": said.raised_by,
        "raised-on": said.raised_on.isoformat(),
        "owner": said.owner,
        "due": said.due.isoformat(),
        "repeats": said.repeats,
    }
    return {key: value for key, value in known.items() if value is not None} | said.treatment.entries()


def _lines(entries: Mapping[str, Value], newline: str) -> str:
    return "".join(f"{key}: {_written(value)}{newline}" for key, value in entries.items())


def _written(value: Value) -> str:
    if isinstance(value, str):
        return scalar(value)
    return f"{{{', '.join(f'{key}: {scalar(text)}' for key, text in value.items())}}}"


def _free(day: date, taken: Mapping[str, Path]) -> str:
    """``F-2026-001``, or the next that nothing has."""
    return next(name for number in range(1, len(taken) + 2) if (name := f"F-{day.year}-{number:03}") not in taken)
