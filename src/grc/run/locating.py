"""Where in a file the subject of an observation stands, so that a pull request can point at it."""

from __future__ import annotations

from collections.abc import Mapping

from grc.evidence import Pack
from grc.model.evidence import OF_RECORD
from grc.model.identifiers import KindName, Place, SubjectId

Key = tuple[KindName, Place, SubjectId]


def located(pack: Pack) -> Mapping[Key, str]:
    """``path:line``, or the path alone, of each subject that was declared in a file; paths are below the place's root.

    Raises:
        EvidenceError: a file of the pack is not what was sealed.
    """
    ahead = (each for each in pack.populations() if each.origin not in OF_RECORD and each.count)
    return {
        (record.kind, record.place, record.subject): record.file
        if record.line is None
        else f"{record.file}:{record.line}"
        for population in ahead
        for record in pack.records(population)
        if record.file is not None
    }
