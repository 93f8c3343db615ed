"""What people put on record, stated and accepted, as rows: findings, attestations and waivers, each as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from grc.model.attestation import AttestedFile, AttestedPart
from grc.model.waiver import WaiverStanding
from grc.report.annexes.table import Row, Table, several
from grc.report.index import Index
from grc.report.views.affected import affected, said
from grc.report.views.days import first_day, last_day
from grc.report.views.waivers import told
from grc.report.words import Words


def decisions(index: Index, words: Words) -> tuple[Table, ...]:
    """The tables of findings on record and their subjects, of attestations and of waivers."""
    return (
        Table(name="raised", columns=RAISED, rows=partial(_raised, index, words)),
        Table(name="raised-subjects", columns=AFFECTED, rows=partial(_affected, index, words)),
        Table(name="attestations", columns=ATTESTATIONS, rows=partial(_attestations, index, words)),
        Table(name="waivers", columns=WAIVERS, rows=partial(_waivers, index, words)),
    )


RAISED = (
    "raised",
    "class",
    "standing",
    "state",
    "condition",
    "check",
    "requirement",
    "raised_by",
    "raised_on",
    "owner",
    "due",
    "repeats",
    "cause",
    "correction",
    "corrective_action",
    "effective_check",
    "effective_from",
    "closed_by",
    "closed_on",
)


def _raised(index: Index, words: Words) -> Iterator[Row]:
    for result in index.input.assessment.raised:
        found, proof, closed = result.finding, result.finding.effectiveness, result.finding.closed
        yield (
            found.id,
            words.say(f"raised_{found.class_.value}"),
            words.say(f"raised_{result.state.value.replace('-', '_')}"),
            result.reason,
            found.condition,
            found.check,
            found.requirement,
            found.raised_by,
            found.raised_on,
            found.owner,
            last_day(index, found.due),
            found.repeats,
            found.cause,
            found.correction,
            found.corrective_action,
            proof.check if proof else None,
            first_day(index, proof.since) if proof else None,
            closed.by if closed else None,
            closed.on if closed else None,
        )


AFFECTED = ("raised", "check", "standing", "subject", "kind", "place", "found", "waiver", "digest")


def _affected(index: Index, words: Words) -> Iterator[Row]:
    for result in index.input.assessment.raised:
        for each in affected(index, result.finding):
            seen = each.seen
            yield (
                result.finding.id,
                each.check,
                words.say(f"raised_{each.fate}"),
                seen.subject,
                seen.kind,
                seen.place,
                said(words, seen),
                seen.waiver,
                seen.digest,
            )


ATTESTATIONS = (
    "attestation",
    "control",
    "stated",
    "statement",
    "who",
    "role",
    "signed_on",
    "period_first",
    "period_last",
    "until",
    "reviewed_by",
    "reviewed_on",
    "standing",
    "state",
    "about",
    "answers",
    "files",
)


def _attestations(index: Index, words: Words) -> Iterator[Row]:
    for result in index.input.assessment.attestations:
        made = result.attestation
        yield (
            made.id,
            made.control,
            words.say(f"attested_{made.conclusion.value.replace('-', '_')}"),
            made.statement,
            made.who,
            made.role,
            made.signed_on,
            made.period.first,
            made.period.last,
            last_day(index, made.valid_until),
            made.reviewed_by,
            made.reviewed_on,
            words.say(f"attested_{result.standing.value.replace('-', '_')}"),
            result.reason,
            _parts(made.parts),
            _parts(result.answers),
            several(_file(file, words) for file in made.files),
        )


def _parts(parts: Iterable[AttestedPart]) -> str:
    return several(f"{each.requirement} {each.part}" for each in parts)


def _file(file: AttestedFile, words: Words) -> str:
    held = "" if file.bytes is None else f" {file.bytes} B"
    told = f"{file.path}{held} sha256:{file.sha256}"
    if file.unchanged:
        return told
    return f"{told} {words.say('file_missing' if file.found is None else 'file_changed')}"


WAIVERS = (
    "waiver",
    "check",
    "subject",
    "reason",
    "requested_by",
    "approved_by",
    "approved_on",
    "until",
    "counts",
    "state",
    "covers_failures",
    "risk",
    "compensating",
    "compensated_by",
    "tracking",
)


def _waivers(index: Index, words: Words) -> Iterator[Row]:
    for each in told(index):
        held, instead = each.waiver, each.waiver.compensating
        yield (
            held.id,
            held.check,
            held.subjects or held.subject or words.say("all_subjects"),
            held.reason,
            held.requested_by,
            held.approved_by,
            held.approved_on,
            last_day(index, held.until),
            each.result.standing is WaiverStanding.COUNTS,
            each.result.reason,
            each.covers,
            held.risk,
            instead.control if instead else None,
            instead.check if instead else None,
            held.tracking,
        )
