"""Drafting a waiver: what it would cover, and putting it into the workspace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from grc.assess.patterns import covers
from grc.catalogue.appending import NEW, with_waiver
from grc.catalogue.files import read_draft
from grc.catalogue.waivers import FORMAT, WAIVERS, waivers_of
from grc.errors import ConfigError
from grc.evidence import open_assessment, open_pack
from grc.model.assessment import Waiver
from grc.model.identifiers import CheckId
from grc.model.status import Verdict
from grc.run.desk import Desk
from grc.run.rewriting import octets_of, rewrite, text_of
from grc.run.selection import resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be waived. ``subject`` is an id, or a pattern of ids; None: every subject of the check.

    ``compensating`` is what is done instead, in words, and the check that tests it. ``id`` None: the next free one.
    """

    check: str
    subject: str | None
    reason: str
    risk: str | None
    compensating: tuple[str, str] | None
    requested_by: str
    approved_by: str
    approved_on: date
    until: str
    id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The failing subjects of a pack that a waiver would cover, and how many subjects of the check it matches."""

    failing: tuple[str, ...]
    matching: int
    subjects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverDraft:
    """A waiver that is sound and not written yet. ``text`` is the whole file, ``before`` what is there now."""

    path: Path
    before: bytes | None
    text: str
    added: str
    waiver: Waiver


def draft_waiver(desk: Desk, wanted: Wanted) -> WaiverDraft:
    """Draft a waiver at the end of ``waivers.yaml``.

    Raises:
        ConfigError: there is no workspace, the check does not exist, or the file cannot be read or added to.
        DataError: with every problem of the file with the waiver in it.
    """
    workspace = desk.workspace
    if workspace.file is None:
        raise ConfigError("there is no workspace here: give one with --workspace, or make one with `grc init`")
    path = workspace.folder / WAIVERS
    before = octets_of(path)
    old = NEW if before is None else text_of(before, path)
    taken = {each["id"] for each in read_draft(old, path, FORMAT).value["waivers"]}
    entry = _entry(wanted, resolve(desk.policy, wanted.check), taken)
    text = with_waiver(old, path, entry)
    made = waivers_of(read_draft(text, path, FORMAT), desk.policy, workspace.organisation.timezone)
    (waiver,) = (each for each in made if each.id == entry["id"])
    added = text[text.rindex(f"- id: {entry['id']}") :] if f"- id: {entry['id']}" in text else text
    return WaiverDraft(path=path, before=before, text=text, added=added, waiver=waiver)


def place_waiver(drafted: WaiverDraft) -> None:
    """Put the draft into the workspace, whole or not at all.

    Raises:
        ConfigError: the file has changed since, or it cannot be written.
    """
    rewrite(drafted.path, drafted.before, drafted.text)


def covered(waiver: Waiver, pack: Path) -> Covered:
    """What a waiver would cover in the latest assessment of a pack.

    Raises:
        EvidenceError: the pack is not whole, or holds no assessment.
    """
    layer = open_assessment(open_pack(pack))
    seen = [each for each in layer.observed(_named(waiver.check)) if each.check == waiver.check]
    matching = [each for each in seen if covers(waiver, each.subject)]
    failing = sorted({str(each.subject) for each in matching if each.verdict is Verdict.FAIL})
    return Covered(failing=tuple(failing), matching=len({each.subject for each in matching}), subjects=len(seen))


def matching(pack: Path, waivers: Sequence[Waiver], which: str | None = None) -> Mapping[str, int]:
    """How many subjects of its check each waiver matches, whatever the check said of them.

    Raises:
        EvidenceError: the pack is not whole, or holds no assessment.
    """
    if not waivers:
        return {}
    layer = open_assessment(open_pack(pack), which)
    found = {waiver.id: 0 for waiver in waivers}
    for observation in layer.observed(*(_named(waiver.check) for waiver in waivers)):
        for waiver in waivers:
            if waiver.check == observation.check and covers(waiver, observation.subject):
                found[waiver.id] += 1
    return found


def _named(check: CheckId) -> bytes:
    return b'{"check":"' + check.encode() + b'"'


def _entry(wanted: Wanted, check: CheckId, taken: Iterable[str]) -> dict[str, str | dict[str, str]]:
    entry: dict[str, str | dict[str, str]] = {"id": wanted.id or _free(wanted.approved_on, set(taken)), "check": check}
    if wanted.subject is not None:
        entry["subjects" if set(wanted.subject) & set("*?") else "subject"] = wanted.subject
    entry["reason"] = wanted.reason
    if wanted.risk is not None:
        entry["risk"] = wanted.risk
    if wanted.compensating is not None:
        entry["compensating"] = {"control": wanted.compensating[0], "check": wanted.compensating[1]}
    return entry | {
        "requested-by": wanted.requested_by,
        "approved-by": wanted.approved_by,
        "approved-on": wanted.approved_on.isoformat(),
        "until": wanted.until,
    }


def _free(day: date, taken: set[str]) -> str:
    """``W-2026-001``, or the next that nothing has."""
    return next(name for number in range(1, len(taken) + 2) if (name := f"W-{day.year}-{number:03}") not in taken)
