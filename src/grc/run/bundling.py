"""Bundling: a pack and reports on it in one file, for whoever is to have it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grc.errors import EvidenceError
from grc.evidence import Sealer, verify
from grc.evidence.bundle import Bundle, write_bundle


def bundle(pack: Path, out: Path, reports: Mapping[str, Path], sealer: Sealer | None = None) -> Bundle:
    """Put a whole pack and reports, by name, into one archive. ``sealer`` None: nobody signs what it names.

    Raises:
        EvidenceError: the pack is not what was sealed, or the archive cannot be written or signed.
    """
    if not pack.is_dir():
        raise EvidenceError(f"{pack}: there is no such folder: name a pack")
    if out.resolve().is_relative_to(pack.resolve()):
        raise EvidenceError(f"{out}: lies in the pack itself, where nothing may be added: name a file elsewhere")
    faults = verify(pack, lines=False).faults
    if faults:
        raise EvidenceError(f"{pack}: is not what was sealed ({faults[0]}): run `grc verify {pack}`")
    return write_bundle(pack, out, reports, sealer)
