"""A folder of documents as a source: each file a record of what it prints and of its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from grc.collect.documents.printed import LABELS, PLACEHOLDER, front_matter, head_lines
from grc.collect.documents.texts import FORMATS, TextRefused, text_of
from grc.collect.persons import Pseudonyms
from grc.collect.registers.columns import CellError, Column, columns_of
from grc.collect.registers.tables import Cell, Unreadable, not_provided, parse_error
from grc.model.evidence import Coverage, Demand, Fact, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName, Place, SubjectId
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink
from grc.model.types import Redaction

KIND: Final = KindName("document.policy")
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_FILES: Final = 5_000
TEMPLATE: Final = "template"
"""The status of a document that nobody has written yet. It is no evidence."""
NOT_READ: Final = frozenset({".doc", ".odt", ".rtf", ".pages", ".txt", ".htm", ".html", ".markdown"})
FROM_TEXT: Final = ("words", "placeholders")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """The policy documents of a workspace, in ``folder`` and below it. ``root`` is the workspace's own folder.

    ``timezone`` is the organisation's: a printed day means 00:00 there. ``clock`` gives the time of collection.
    ``redact`` is what must not reach a pack beyond what the schema says.
    """

    root: Path
    folder: str
    kind: Kind
    timezone: tzinfo
    pseudonyms: Pseudonyms
    clock: Callable[[], datetime]
    redact: Mapping[KindName, Mapping[str, Redaction]]
    name: str = "documents"
    version: str = "1"

    def kinds(self) -> frozenset[KindName]:
        """The kind of policy documents."""
        return frozenset({KIND})

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Read the folder, if its kind is demanded: one unit."""
        if KIND not in demand:
            return
        unit = Unit(source=self.name, place=Place(f"document/{self.folder.replace('/', '-')}"), kind=KIND)
        progress.planned(1)
        if not sink.has(unit):
            sink.write(*self._read(unit))
        progress.done(unit)

    def _read(self, unit: Unit) -> tuple[Population, Sequence[Record]]:
        started = self.clock()
        columns = columns_of(self.kind, self.timezone, self.pseudonyms, self.redact.get(KIND, {}))
        records: list[Record] = []
        gaps: list[Gap] = []
        templates: list[str] = []
        for path in self._paths(gaps):
            name = path.relative_to(self.root).as_posix()
            record = self._record(unit, path, name, started, columns)
            if isinstance(record, Gap):
                gaps.append(record)
            elif record is None:
                templates.append(name)
            else:
                records.append(record)
        if not records and not gaps:
            only = f"holds only templates ({', '.join(templates[:5])})" if templates else "holds no documents"
            gaps.append(not_provided(f"{self.folder} {only}: put the approved policies there"))
        return self._population(unit, started, records, gaps, templates), records

    def _paths(self, gaps: list[Gap]) -> Iterator[Path]:
        """The files to read, in the order of their paths; what is not read and looks like a document is a gap."""
        base = (self.root / self.folder).resolve()
        found = sorted(path for path in (self.root / self.folder).rglob("*") if path.is_file())
        for count, path in enumerate(found):
            if count >= MAX_FILES:
                detail = f"{self.folder} holds more than {MAX_FILES:,} files: keep the policies in it, no more"
                gaps.append(Gap(path="", reason=GapReason.TRUNCATED, detail=detail))
                return
            suffix, name = path.suffix.casefold(), path.relative_to(self.root).as_posix()
            if path.name.startswith((".", "~$")) or path.name == "README.md":
                continue
            if not path.resolve().is_relative_to(base):
                gaps.append(parse_error(f"{name} is a link out of {self.folder} and was not followed: copy the file"))
            elif suffix in FORMATS:
                yield path
            elif suffix in NOT_READ:
                gaps.append(parse_error(f"{name} is not read: save it as {', '.join(FORMATS)}"))

    def _record(
        self, unit: Unit, path: Path, name: str, collected: datetime, columns: Sequence[Column]
    ) -> Record | Gap | None:
        """The record of a file, a gap where it cannot even be opened, None where it is a template."""
        try:
            digest = _digest(path)
        except OSError as error:
            return not_provided(f"{name}: {error.strerror}")
        told = _told(path, name)
        gaps: list[Gap] = []
        if isinstance(told, Gap):
            gaps.extend(Gap(path=at, reason=told.reason, detail=told.detail) for at in (*LABELS, *FROM_TEXT))
            told = {}
        if str(told.get("status", "")).casefold() == TEMPLATE:
            return None
        cells = {"path": name, "format": FORMATS[path.suffix.casefold()], "sha256": digest, **told}
        body = dict(_values(cells, columns, name, gaps))
        return Record(
            kind=unit.kind,
            subject=SubjectId(name),
            place=unit.place,
            origin=Origin.DOCUMENT,
            collected=collected,
            body=body,
            gaps=tuple(sorted(gaps)),
            file=name,
        )

    def _population(
        self, unit: Unit, started: datetime, records: Sequence[Record], gaps: Sequence[Gap], templates: Sequence[str]
    ) -> Population:
        return Population(
            unit=unit,
            origin=Origin.DOCUMENT,
            query=f"read {self.folder}",
            parameters={},
            caller="workspace",
            started=started,
            finished=self.clock(),
            count=len(records),
            complete=not gaps,
            coverage=Coverage(paths=frozenset(self.kind.shape.fields), otherwise=GapReason.NOT_PROVIDED),
            gaps=tuple(gaps),
            facts=tuple(Fact(fact="template", detail=f"{name} is a template and was left out") for name in templates),
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _told(path: Path, name: str) -> Mapping[str, Cell] | Gap:
    """What a file prints of itself, by field."""
    if path.stat().st_size > MAX_BYTES:
        return parse_error(f"{name} is larger than {MAX_BYTES // 2**20} MiB: keep annexes in files of their own")
    try:
        text = text_of(path)
    except TextRefused as refused:
        return parse_error(f"{name} {refused}")
    if not text.strip():
        return parse_error(f"{name} holds no text: an image of a page says nothing; save it with its text")
    told = front_matter(text, name) if path.suffix.casefold() == ".md" else None
    if isinstance(told, Unreadable):
        return parse_error(f"{name} {told.why}")
    fields, rest = told or (_printed(text), text)
    return {**fields, "words": len(rest.split()), "placeholders": len(PLACEHOLDER.findall(text))}


def _printed(text: str) -> Mapping[str, Cell]:
    """What lines print; a field that no line prints was not seen, which is no proof that it is not there."""
    found = head_lines(text)
    unseen = {
        field: Unreadable(
            f"is not printed where it is looked for: print a line `{labels[-1].capitalize()}: …` at the head"
        )
        for field, labels in LABELS.items()
        if field not in found
    }
    filled = {field: cell for field, cell in found.items() if not PLACEHOLDER.search(str(cell))}
    return {**unseen, **filled}


def _values(
    cells: Mapping[str, Cell], columns: Sequence[Column], name: str, gaps: list[Gap]
) -> Iterator[tuple[str, object]]:
    for column in columns:
        if column.name not in cells:
            continue
        try:
            value = column.holds[cells[column.name]]
        except CellError as error:
            gaps.append(Gap(path=column.name, reason=GapReason.PARSE_ERROR, detail=f"{name}: {column.name} {error}"))
            continue
        if value is not None:
            yield column.name, value
