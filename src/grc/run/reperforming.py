"""Performing an assessment again from its pack alone: no network, no SDK, no workspace; the bytes are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import IO, Final

from grc.errors import EvidenceError
from grc.evidence import AssessmentLayer, findings_bytes, open_assessment, open_pack
from grc.policy import CheckErrors
from grc.run.judging import judge
from grc.run.sealed import scratch, sealed_policy

MOST: Final = 20
"""How many differences are named one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reperformed:
    """What came out of performing an assessment again. ``differences`` empty: the same bytes.

    ``observations`` counts pairs of check and subject.
    """

    assessment: str
    observations: int
    findings: int
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every byte of the observations and findings is the same."""
        return not self.differences


def reperform(path: Path, which: str | None = None) -> Reperformed:
    """Recompute every verdict of an assessment and compare.

    1. Read the sealed policy and the kinds, and set the recorded parameters.
    2. Judge the sealed evidence as of the recorded instant.
    3. Compare the observations line by line and the findings byte by byte.

    Raises:
        EvidenceError: the pack is not whole, or this engine cannot perform it again; says why.
    """
    pack = open_pack(path)
    layer = open_assessment(pack, which)
    effective = layer.effective()
    policy, known = sealed_policy(layer, effective)
    with scratch() as folder, (folder / "observations.ndjson").open("w+b") as made:
        try:
            assessment = judge(pack, policy, pack.kinds(known), effective, layer.manifest.policy, _into(made))
        except CheckErrors as error:
            raise EvidenceError(f"this engine does not read a check of the pack: {error}") from error
        made.seek(0)
        observed = tuple(_different_lines(made, layer))
    findings = () if findings_bytes(assessment) == findings_bytes(layer.assessment()) else ("findings.json differs",)
    return Reperformed(
        assessment=layer.name,
        observations=sum(each.subjects for it in assessment.checks for each in (*it.populations, *it.ahead)),
        findings=len(assessment.findings),
        differences=(*observed, *findings),
    )


def _into(file: IO[bytes]) -> Callable[[bytes], None]:
    def write(lines: bytes) -> None:
        file.write(lines)

    return write


def _different_lines(made: IO[bytes], layer: AssessmentLayer) -> Iterator[str]:
    different = 0
    for number, (new, sealed) in enumerate(zip_longest(made, _lines(layer)), start=1):
        if new != sealed:
            different += 1
            if different <= MOST:
                yield f"observations line {number}: sealed {_shown(sealed)}, performed again {_shown(new)}"
    if different > MOST:
        yield f"and {different - MOST} more observations"


def _lines(layer: AssessmentLayer) -> Iterator[bytes]:
    for chunk in layer.observations():
        yield from chunk.splitlines(keepends=True)


def _shown(line: bytes | None) -> str:
    return "nothing" if line is None else line[:300].decode("utf-8", "backslashreplace").rstrip("\n")
