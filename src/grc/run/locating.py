"""Where in a file the subject of an observation stands, so that a pull request can point at it."""

from __future__ import annotations

from collections.abc import Container, Mapping

from grc.evidence import Pack
from grc.model.evidence import OF_RECORD, Location, Population
from grc.model.identifiers import Place, SubjectKey


def located(pack: Pack, wanted: Container[SubjectKey]) -> Mapping[SubjectKey, Location]:
    """Where each of these subjects stands that comes from a file. ``wanted`` is looked into once for each record.

    Raises:
        EvidenceError: a file of the pack is not what was sealed.
    """
    below = {
        f"file/{found['root']}": found.get("below", "") for found in pack.manifest.run.scope.get("directories", ())
    }
    return {
        key: Location(path=_within(below, record.place, record.file), line=record.line)
        for population in pack.populations()
        if _of_files(population)
        for record in pack.records(population)
        if record.file is not None and (key := (record.kind, record.place, record.subject)) in wanted
    }


def _within(below: Mapping[str, str], place: Place, file: str) -> str:
    """The path of a file as the workspace names it: a place keeps it below the directory that was read."""
    roots = [root for root in below if place == root or place.startswith(tuple(root + mark for mark in "/@:"))]
    folder = below[max(roots, key=len)] if roots else ""
    # A plan that was named by itself is its own root, and its file is the path already.
    return f"{folder}/{file}" if folder and place != f"file/{file}" else file


def _of_files(population: Population) -> bool:
    return population.origin not in OF_RECORD and population.count > 0
