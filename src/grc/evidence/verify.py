"""Whether a pack is what was sealed: every digest of every layer, nothing missing and nothing added."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grc.errors import EvidenceError
from grc.evidence.faults import Fault, compare, inventory, shown
from grc.evidence.guarded import is_folder
from grc.evidence.layers import FOLDER
from grc.evidence.pack import is_work_folder
from grc.evidence.verify_assessment import verify_assessment
from grc.evidence.verify_evidence import verify_evidence

NOT_PROVEN: Final = (
    "who made the pack, and when: it carries no signature, so anyone who can write its files can seal other ones",
    "that the evidence is what the systems said: a digest shows that nothing changed since it was sealed, not before",
    "that no other run was made and left out: packs do not refer to each other yet",
    "that the conclusions follow from the evidence: `grc reperform` recomputes every one",
)
"""What verifying does not show, stated with every result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What holds, what does not, and what verifying cannot show."""

    pack: Path
    evidence_digest: str | None
    holds: tuple[str, ...]
    faults: tuple[Fault, ...]
    not_proven: tuple[str, ...] = NOT_PROVEN

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong with the pack."""
        return not self.faults


def verify(path: Path) -> VerifyResult:
    """Verify every layer of a pack. Whatever is wrong with it is a fault in the result.

    1. The evidence's manifest, population files and sums agree, line by line.
    2. Each assessment's files and observations agree with its manifest, and it names this evidence.
    3. Nothing is missing, and nothing is there that no manifest names.

    Raises:
        EvidenceError: there is no folder at ``path``.
    """
    if not is_folder(path):
        raise EvidenceError(f"{path}: there is no such folder: name a pack")
    found = inventory(path)
    evidence = verify_evidence(path)
    names = sorted({name.split("/")[1] for name in found.folders if name.startswith(FOLDER + "/")})
    layers = (evidence, *(verify_assessment(path, name, evidence.digest) for name in names))
    expected = {name for layer in layers for name in layer.files}
    faults = {
        *found.faults,
        *(fault for layer in layers for fault in layer.faults),
        *compare(found, expected, [FOLDER]),
        *([Fault(file="", message="was never sealed: its collection was interrupted")] if is_work_folder(path) else ()),
    }
    return VerifyResult(
        pack=path,
        evidence_digest=evidence.digest,
        holds=tuple(shown(line) for layer in layers for line in layer.holds),
        faults=tuple(sorted(faults)),
    )
