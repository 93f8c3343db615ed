"""Observations as canonical lines. What passes is most of an estate: its lines are put together, not encoded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Final

from grc import canonical
from grc.model.evidence import Population
from grc.model.identifiers import CheckId
from grc.model.status import Verdict
from grc.policy.compiler import NOT_APPLICABLE, Answer, Answers
from grc.policy.explain import Seen

quoted = encode_basestring
"""Text as JSON writes it, everything beyond JSON's own escapes as it is."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What a check saw, but for the message, as the entries of a line; where it is empty, so is the entry."""

    verdict: Verdict
    deciding: str
    gaps: str
    reads: str
    reason: str


def explained(seen: Seen) -> Explained:
    """What a check saw as the entries of a line."""
    return Explained(
        verdict=seen.verdict,
        deciding=_entry("deciding", seen.deciding),
        gaps=_entry("gaps", seen.gaps),
        reads=_entry("reads", seen.reads),
        reason=_entry("reason", seen.reason),
    )


def _entry(name: str, value: str | tuple[object, ...] | None) -> str:
    return f',"{name}":{canonical.encode(value).decode()}' if value else ""


PASSES: Final = f',"verdict":"{Verdict.PASS.value}"}}\n'
DOES_NOT_APPLY: Final = f',"verdict":"{Verdict.NOT_APPLICABLE.value}"}}\n'


class PopulationLines:
    """The lines of one population's observations, by their keys in code-point order.

    A line with nothing to explain is ``prefix`` (of its check), the record's digest in hexadecimal, ``middle``, the
    quoted subject and an ending.
    """

    def __init__(self, checks: Sequence[CheckId], population: Population) -> None:
        unit = population.unit
        self.checks = tuple(map(quoted, checks))
        self.kind = quoted(unit.kind)
        self.origin = quoted(population.origin.value)
        self.place = quoted(unit.place)
        self.prefixes = tuple(f'{{"check":{check},"digest":"sha256:' for check in self.checks)
        self.middle = f'","kind":{self.kind},"origin":{self.origin},"place":{self.place},"subject":'

    def parts(self, endings: Sequence[str]) -> tuple[str, ...]:
        """What digest, ``middle`` and subject join to the lines of one record: ``prefix … ending prefix … ending``."""
        return tuple(map("".join, zip(("", *endings), (*self.prefixes, ""), strict=True)))

    def explained(
        self, position: int, found: Explained, digest: str, subject: str, message: str | None, waiver: str | None
    ) -> str:
        """The line of a check that says why."""
        told = "" if message is None else f',"message":{quoted(message)}'
        waived = "" if waiver is None else f',"waiver":{quoted(waiver)}'
        return (
            f'{{"check":{self.checks[position]}{found.deciding},"digest":"sha256:{digest}"{found.gaps}'
            f',"kind":{self.kind}{told},"origin":{self.origin},"place":{self.place}{found.reads}{found.reason}'
            f',"subject":{quoted(subject)},"verdict":{quoted(found.verdict.value)}{waived}}}\n'
        )


class PlainLines(dict[Answers, tuple[str, ...] | None]):
    """The parts of a record's lines by what was answered; None where there is something to explain."""

    def __init__(self, lines: PopulationLines) -> None:
        super().__init__({True: lines.parts([PASSES] * len(lines.prefixes))})
        self.lines = lines

    def __missing__(self, answers: Answers) -> tuple[str, ...] | None:
        assert not isinstance(answers, bool)
        plain = all(answer in ENDINGS for answer in answers)
        self[answers] = self.lines.parts([ENDINGS[answer] for answer in answers]) if plain else None
        return self[answers]


ENDINGS: Final[Mapping[Answer, str]] = {True: PASSES, NOT_APPLICABLE: DOES_NOT_APPLY}
