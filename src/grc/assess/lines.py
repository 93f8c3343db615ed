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
class ExplainedLine:
    """A line that says why, but for what differs between records that are explained alike."""

    verdict: Verdict
    opening: str
    kind: str
    place: str
    closing: str

    def of(self, digest: str, subject: str, message: str | None, waiver: str | None) -> str:
        """The whole line of one record; ``digest`` is in hexadecimal."""
        told = "" if message is None else f',"message":{quoted(message)}'
        waived = "" if waiver is None else f',"waiver":{quoted(waiver)}'
        return f"{self.opening}{digest}{self.kind}{told}{self.place}{quoted(subject)}{self.closing}{waived}}}\n"


def explained_line(check: CheckId, population: Population, seen: Seen) -> ExplainedLine:
    """The line of what a check saw, by its keys in code-point order. What is empty is left out."""
    unit = population.unit
    return ExplainedLine(
        verdict=seen.verdict,
        opening=f'{{"check":{quoted(check)}{_entry("deciding", seen.deciding)},"digest":"sha256:',
        kind=f'"{_entry("gaps", seen.gaps)},"kind":{quoted(unit.kind)}',
        place=(
            f',"origin":{quoted(population.origin.value)},"place":{quoted(unit.place)}'
            f'{_entry("reads", seen.reads)}{_entry("reason", seen.reason)},"subject":'
        ),
        closing=f',"verdict":{quoted(seen.verdict.value)}',
    )


def _entry(name: str, value: str | tuple[object, ...] | None) -> str:
    return f',"{name}":{canonical.encode(value).decode()}' if value else ""


PASSES: Final = f',"verdict":"{Verdict.PASS.value}"}}\n'
DOES_NOT_APPLY: Final = f',"verdict":"{Verdict.NOT_APPLICABLE.value}"}}\n'


class PopulationLines:
    """What the lines of one population have in common where there is nothing to explain.

    Such a line is ``prefix`` (of its check), the record's digest, ``middle``, the quoted subject and an ending.
    """

    def __init__(self, checks: Sequence[CheckId], population: Population) -> None:
        unit = population.unit
        self.prefixes = tuple(f'{{"check":{quoted(check)},"digest":"sha256:' for check in checks)
        self.middle = (
            f'","kind":{quoted(unit.kind)},"origin":{quoted(population.origin.value)}'
            f',"place":{quoted(unit.place)},"subject":'
        )

    def parts(self, endings: Sequence[str]) -> tuple[str, ...]:
        """What digest, ``middle`` and subject join to the lines of one record: ``prefix … ending prefix … ending``."""
        return tuple(map("".join, zip(("", *endings), (*self.prefixes, ""), strict=True)))


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
