"""Observations as canonical lines, one a subject. What passes is most of an estate: put together, not encoded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


PLAIN: Final[Mapping[Answer, Verdict]] = {True: Verdict.PASS, NOT_APPLICABLE: Verdict.NOT_APPLICABLE}
"""The answers that have nothing to explain."""

MOST_KEPT: Final = 1_000
"""Beginnings of lines kept for one population: of a kind with many checks, records may differ in many ways."""


class PopulationLines:
    """The lines of one population's observations, a line a subject, keys in code-point order.

    A line is its beginning (which holds the entries of the checks, and the digest of a record of which something is
    explained), the quoted subject and ``}``.
    """

    def __init__(self, checks: Sequence[CheckId], population: Population) -> None:
        unit = population.unit
        self.checks = tuple(f'{{"check":{quoted(check)}' for check in checks)
        self.plain = tuple(
            {answer: f'{check},"verdict":"{verdict.value}"}}' for answer, verdict in PLAIN.items()}
            for check in self.checks
        )
        """The entries of each check that has nothing to explain, by its answer."""
        self._before = f'"kind":{quoted(unit.kind)},"observations":['
        self._after = f'],"origin":{quoted(population.origin.value)},"place":{quoted(unit.place)},"subject":'

    def explained(self, position: int, found: Explained, message: str | None, waiver: str | None) -> str:
        """The entry of a check that says why."""
        told = "" if message is None else f',"message":{quoted(message)}'
        waived = "" if waiver is None else f',"waiver":{quoted(waiver)}'
        return (
            f"{self.checks[position]}{found.deciding}{found.gaps}{told}{found.reads}{found.reason}"
            f',"verdict":{quoted(found.verdict.value)}{waived}}}'
        )

    def beginning(self, entries: Iterable[str], digest: str | None = None) -> str:
        """What stands before the subject. ``digest`` None: there is nothing to explain."""
        told = "" if digest is None else f'"digest":"{digest}",'
        return f"{{{told}{self._before}{','.join(entries)}{self._after}"


class PlainLines(dict[Answers, str | None]):
    """The beginning of a record's line by what was answered; None where there is something to explain.

    The first so many are kept.
    """

    def __init__(self, lines: PopulationLines) -> None:
        super().__init__({True: lines.beginning(entries[True] for entries in lines.plain)})
        self.lines = lines

    def __missing__(self, answers: Answers) -> str | None:
        assert not isinstance(answers, bool)
        if not all(answer in PLAIN for answer in answers):
            return None
        found = self.lines.beginning(entries[answer] for entries, answer in zip(self.lines.plain, answers, strict=True))
        if len(self) < MOST_KEPT:
            self[answers] = found
        return found
