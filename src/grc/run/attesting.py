"""Drafting a statement: its text, what it would answer, and putting it into the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from grc.assess import attestations_at
from grc.assess.attestations import reason
from grc.catalogue.attestations import FOLDER, FORMAT, Reader, control_names, found_at, parts_of, why_not
from grc.catalogue.files import read_draft
from grc.catalogue.inside import leaves
from grc.catalogue.schema import meant
from grc.catalogue.writing import scalar
from grc.errors import ConfigError
from grc.model.attestation import ATTESTABLE, Attestation, AttestedPart, Conclusion, Standing
from grc.model.catalogue import Control, Method, Policy
from grc.model.identifiers import PartId, RequirementId
from grc.model.workspace import Period
from grc.run.decisions import attestations_of
from grc.run.desk import Desk
from grc.run.rewriting import write_new
from grc.run.stated import Change, answered, changes, meeting_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person states. ``parts`` empty: every part of the control that a person can answer for with this."""

    control: str
    parts: Sequence[str]
    conclusion: Conclusion
    statement: str
    who: str
    role: str
    signed_on: date
    period: Period
    valid_until: str
    files: Sequence[str]
    reviewed_by: str | None
    reviewed_on: date | None
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A statement that is sound and not written yet. The counts are of parts that statements alone answer."""

    path: Path
    text: str
    attestation: Attestation
    standing: Standing
    reason: str
    changes: tuple[Change, ...]
    answered_before: int
    answered_after: int


def draft(desk: Desk, said: Said, as_of: datetime) -> Draft:
    """Draft a statement and say what it would change.

    Raises:
        ConfigError: there is no workspace or no such control, a statement of this id is there, or a file cannot be
            read.
        DataError: with every problem of the statement.
    """
    workspace = desk.workspace
    if workspace.file is None:
        raise ConfigError("there is no workspace here: give one with --workspace, or make one with `grc init`")
    text = _text(said, _parts(desk.policy, said), workspace.folder)
    path = workspace.folder / FOLDER / f"{said.id}.yaml"
    reader = Reader(workspace.folder, desk.policy, workspace.organisation.timezone)
    made = reader.attestation(read_draft(text, path, FORMAT))
    if path.exists() or path.is_symlink():
        raise ConfigError(f"{path} is there already: a statement is never overwritten; choose another --id")
    present, meeting = attestations_of(desk), meeting_of(desk.policy)
    before = attestations_at(present, desk.policy.controls, as_of, workspace.period)
    after = attestations_at((*present, made), desk.policy.controls, as_of, workspace.period)
    return Draft(
        path=path,
        text=text,
        attestation=made,
        standing=after.standings[made],
        reason=reason(made, after.standings[made]),
        changes=tuple(changes(meeting, made.parts, before, after)),
        answered_before=len(answered(meeting, before)),
        answered_after=len(answered(meeting, after)),
    )


def place(drafted: Draft) -> None:
    """Put a draft into its workspace.

    Raises:
        ConfigError: a statement of this id is there, or it cannot be written.
    """
    write_new(drafted.path, drafted.text)


def answerable(policy: Policy, control: Control, *, with_files: bool) -> tuple[AttestedPart, ...]:
    """The parts of a control that a person can answer for; a record only with files."""
    parts = parts_of(policy)
    return tuple(
        AttestedPart(requirement=claim.requirement, part=claim.part)
        for claim in control.maps
        if why_not(control, claim, part := parts[claim.requirement, claim.part]) is None
        and part.method in ATTESTABLE
        and (with_files or part.method is not Method.RECORD)
    )


def control_called(policy: Policy, name: str) -> Control:
    """The control of this id or former id.

    Raises:
        ConfigError: there is none.
    """
    names = control_names(policy)
    if name not in names:
        raise ConfigError(f"there is no control {name!r}{meant(name, names, '; see `grc list controls`')}")
    return policy.controls[names[name]]


def _parts(policy: Policy, said: Said) -> tuple[AttestedPart, ...]:
    if said.parts:
        return tuple(map(_named, said.parts))
    control = control_called(policy, said.control)
    found = answerable(policy, control, with_files=bool(said.files) or said.conclusion is Conclusion.NOT_MET)
    if not found:
        files = answerable(policy, control, with_files=True)
        why = "its parts are records: name them with --file" if files else "no part of it awaits a person"
        raise ConfigError(f"nobody can answer for {control.id} by a statement: {why}")
    return found


def _named(text: str) -> AttestedPart:
    requirement, slash, part = text.rpartition("/")
    if not slash:
        raise ConfigError(f"{text!r} is no part: write the requirement, a slash and the part, iso27001:A.5.1/policy")
    return AttestedPart(requirement=RequirementId(requirement), part=PartId(part))


def _text(said: Said, parts: Iterable[AttestedPart], folder: Path) -> str:
    lines = [
        f"format: {FORMAT}",
        f"id: {scalar(said.id)}",
        f"control: {scalar(said.control)}",
        "parts:",
        *(f"- {{requirement: {scalar(each.requirement)}, part: {scalar(each.part)}}}" for each in parts),
        f"conclusion: {said.conclusion}",
        f"statement: {scalar(said.statement)}",
        f"who: {scalar(said.who)}",
        f"role: {scalar(said.role)}",
        f"signed-on: {said.signed_on}",
        f"period: {{from: {said.period.first}, to: {said.period.last}}}",
        f"valid-until: {scalar(said.valid_until)}",
        *_file_lines(said.files, folder),
        *([f"reviewed-by: {scalar(said.reviewed_by)}"] if said.reviewed_by else []),
        *([f"reviewed-on: {said.reviewed_on}"] if said.reviewed_on else []),
    ]
    return "\n".join(lines) + "\n"


def _file_lines(files: Iterable[str], folder: Path) -> Iterator[str]:
    for number, name in enumerate(files):
        found = None if leaves(name) else found_at(folder, name)
        if found is None:
            raise ConfigError(f"{name!r} is no file within the workspace {folder} that can be read")
        if not number:
            yield "files:"
        yield f"- {{path: {scalar(name)}, sha256: {scalar(found.sha256)}}}"
