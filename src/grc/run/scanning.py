"""Scanning: collecting, then assessing as of the moment when the collection was done."""

from __future__ import annotations

from pathlib import Path

from grc.evidence import AssessmentLayer, Sealer
from grc.model.ports import Progress
from grc.run.assessing import assess
from grc.run.collecting import Asked, collect
from grc.run.desk import Desk
from grc.run.sources import Clock, Reach


def scan(
    desk: Desk,
    reach: Reach,
    out: Path,
    asked: Asked,
    *,
    clock: Clock,
    progress: Progress,
    jobs: int = 1,
    sealer: Sealer | None = None,
) -> AssessmentLayer:
    """Collect into a pack and assess it. ``sealer`` None: neither is signed.

    Raises:
        ConfigError: as ``collect``.
        DataError: as ``assess``.
        EvidenceError: as ``collect``.
    """
    collect(desk, reach, out, asked, clock=clock, progress=progress, sealer=sealer)
    return assess(desk, out, Asked(), as_of=clock(), jobs=jobs, sealer=sealer)
