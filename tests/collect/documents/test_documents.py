"""Documents: what they print, their digest, and nothing concluded from what could not be read."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from grc import kinds
from grc.collect.documents import DocumentSource
from grc.collect.documents.source import KIND
from grc.collect.persons import Pseudonyms
from grc.model.evidence import GapReason, Origin, Population, Record, Unit

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PERSONS = Pseudonyms(b"key")
FRONT = """---
id: P-1
title: Access control
version: "2.10"
author: C-001
owner: C-001
approver: C-002
approved on: 2026-07-01
next-review: 2027-07-01
---
# Access control

Access is granted [[by whom]] for what a person's work needs.
"""
PRINTED = [
    "Access control policy",
    "Document ID: P-1",
    "Version: 2.10",
    "Author: C-001",
    "Owner: C-001",
    "Approved by: C-002",
    "Approval date: 2026-07-01",
    "Next review: 2027-07-01",
    "Title: Access control",
    "Access is granted [[by whom]].",
]
SAID = {
    "id": "P-1",
    "title": "Access control",
    "version": "2.10",
    "author": PERSONS.of("C-001"),
    "owner": PERSONS.of("C-001"),
    "approver": PERSONS.of("C-002"),
    "approved_on": "2026-06-30T22:00:00Z",
    "next_review_on": "2027-06-30T22:00:00Z",
}


@dataclass
class Held:
    """A sink and a progress that keep what they are given."""

    units: dict[Unit, tuple[Population, Sequence[Record]]] = field(default_factory=dict)

    def has(self, unit: Unit) -> bool:
        return unit in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.units[population.unit] = (population, records)

    def planned(self, units: int) -> None:
        assert units == 1

    def done(self, unit: Unit) -> None:
        assert unit in self.units


def collect(root: Path) -> tuple[Population, Sequence[Record]]:
    source = DocumentSource(
        root=root,
        folder="policies",
        kind=kinds.load((kinds.SHIPPED / "documents", kinds.SHIPPED / "registers"))[KIND],
        timezone=ZoneInfo("Europe/Berlin"),
        pseudonyms=PERSONS,
        clock=lambda: NOW,
        redact={},
    )
    held = Held()
    source.collect({KIND: frozenset()}, held, held)
    ((population, records),) = held.units.values()
    return population, records


def put(root: Path, name: str, data: str | bytes) -> bytes:
    path = root / "policies" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = data.encode() if isinstance(data, str) else data
    path.write_bytes(data)
    return data


def docx(body: str, header: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="w" xmlns:m="m">{body}</w:document>')
        if header:
            archive.writestr("word/header1.xml", f'<w:hdr xmlns:w="w">{header}</w:hdr>')
    return out.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def pdf(lines: Sequence[str]) -> bytes:
    """A PDF of one page that prints these lines."""
    drawn = "BT /F1 12 Tf 14 TL 50 780 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    objects = [
        "<</Type /Catalog /Pages 2 0 R>>",
        "<</Type /Pages /Kids [3 0 R] /Count 1>>",
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>>>>",
        f"<</Length {len(drawn)}>>\nstream\n{drawn}\nendstream",
        "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    at = len(out)
    out += "xref\n0 6\n0000000000 65535 f \n" + "".join(f"{place:010} 00000 n \n" for place in places)
    return (out + f"trailer\n<</Size 6 /Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n").encode("latin-1")


def test_front_matter_is_what_a_document_prints(tmp_path: Path) -> None:
    data = put(tmp_path, "access.md", FRONT)
    population, (record,) = collect(tmp_path)
    assert population.complete
    assert population.origin is record.origin is Origin.DOCUMENT
    assert population.unit.place == "document/policies"
    assert record.subject == "policies/access.md"
    assert record.body == {
        "path": "policies/access.md",
        "format": "markdown",
        "sha256": hashlib.sha256(data).hexdigest(),
        **SAID,
        "words": 14,
        "placeholders": 1,
    }
    assert not record.gaps


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("access.md", "\n".join(f"- **{line.replace(':', ':**')}" for line in PRINTED)),
        ("access.docx", docx("".join(map(paragraph, PRINTED)))),
        (
            "access.docx",
            docx(
                "<w:tbl>"
                + "".join(
                    f"<w:tr><w:tc>{paragraph(label)}</w:tc><w:tc>{paragraph(value)}</w:tc></w:tr>"
                    for label, _, value in (line.partition(": ") for line in PRINTED[1:-1])
                )
                + "</w:tbl>"
                + paragraph(PRINTED[-1])
            ),
        ),
        ("access.docx", docx(paragraph(PRINTED[-1]), header="".join(map(paragraph, PRINTED[:-1])))),
        (
            "access.docx",  # in a content control, in a tracked insertion, beside a deletion
            docx(
                "<w:sdt><w:sdtContent>" + "".join(map(paragraph, PRINTED[:-1])) + "</w:sdtContent></w:sdt>"
                "<w:p><w:ins><w:r><w:t>Access is granted [[by whom]].</w:t></w:r></w:ins>"
                "<w:del><w:r><w:delText>Version: 1</w:delText></w:r></w:del></w:p>"
                f"<m:Fallback>{paragraph('Version: 1')}</m:Fallback>"
            ),
        ),
        ("access.pdf", pdf(PRINTED)),
    ],
)
def test_lines_at_the_head_are_what_a_document_prints(tmp_path: Path, name: str, data: str | bytes) -> None:
    put(tmp_path, name, data)
    _, (record,) = collect(tmp_path)
    assert {key: record.body.get(key) for key in SAID} == SAID
    assert record.body["placeholders"] == 1
    assert {gap.path for gap in record.gaps} == {"status", "effective_on"}  # not printed: not seen, not absent


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.md", "---\nid: [\n---\n", "has front matter that cannot be read"),
        ("a.md", "---\nid: P-1\n", "does not end it"),
        ("a.md", b"\xff\xfe", "is not UTF-8"),
        ("a.md", "   ", "holds no text"),
        ("a.pdf", pdf([]), "holds no text"),
        ("a.pdf", b"%PDF-1.4 cut", "damaged PDF"),
        ("a.docx", b"PK\x03\x04", "is not a .docx file"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password-protected"),
        ("a.docx", docx("<w:p>"), "cannot be read"),
        ("a.md", "word " * 500_000, "is longer than 2,000,000 characters"),
        ("a.docx", docx(paragraph(" ".join(map(str, range(320_000))))), "is longer than 2,000,000 characters"),
    ],
)
def test_a_document_that_cannot_be_read_is_unknown_and_keeps_its_digest(
    tmp_path: Path, name: str, data: str | bytes, said: str
) -> None:
    data = put(tmp_path, name, data)
    population, (record,) = collect(tmp_path)
    assert population.complete
    assert record.body["sha256"] == hashlib.sha256(data).hexdigest()
    assert set(record.body) == {"path", "format", "sha256"}
    assert {"id", "version", "approver", "words", "placeholders"} <= {gap.path for gap in record.gaps}
    assert all(gap.reason is GapReason.PARSE_ERROR and said in (gap.detail or "") for gap in record.gaps)


def test_an_archive_made_to_burst_is_not_inflated(tmp_path: Path) -> None:
    put(tmp_path, "a.docx", docx(paragraph("A" * 50_000_000)))
    _, (record,) = collect(tmp_path)
    assert "compressed as no Office program does" in (record.gaps[0].detail or "")


def test_a_key_that_front_matter_lacks_is_absent_and_one_that_is_no_day_is_a_gap(tmp_path: Path) -> None:
    put(tmp_path, "a.md", "---\nid: P-1\napproved on: 1 July 2026\nowner: [a, b]\n---\nText\n")
    _, (record,) = collect(tmp_path)
    assert {gap.path for gap in record.gaps} == {"approved_on", "owner"}
    assert "version" not in record.body


def test_a_version_printed_twice_and_differently_is_not_one(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", pdf(["Version: 1", "Version: 2", "Version: 1"]))
    _, (record,) = collect(tmp_path)
    (gap,) = (gap for gap in record.gaps if gap.path == "version")
    assert "printed twice" in (gap.detail or "")


@pytest.mark.parametrize("line", ["Version: 2" + "*" * 300_000 + "1", "[[" * 300_000, "Version: 2 **|  |", "- [[" * 9])
def test_a_long_line_takes_no_time(tmp_path: Path, line: str) -> None:
    put(tmp_path, "a.md", f"{line}\n")
    began = process_time()
    _, (record,) = collect(tmp_path)
    assert process_time() - began < 5
    assert str(record.body.get("version", "2")).startswith("2")


@pytest.mark.parametrize("others", [[], ["a.md"]])
def test_a_template_is_no_evidence(tmp_path: Path, others: list[str]) -> None:
    put(tmp_path, "t.md", FRONT.replace("id: P-1", "id: P-2\nstatus: template"))
    for name in others:
        put(tmp_path, name, FRONT)
    population, records = collect(tmp_path)
    assert [record.subject for record in records] == [f"policies/{name}" for name in others]
    assert [fact.fact for fact in population.facts] == ["template"]
    assert population.complete is bool(others)


def test_an_empty_folder_is_not_a_folder_without_faults(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    population, _ = collect(tmp_path)
    assert [gap.reason for gap in population.gaps] == [GapReason.NOT_PROVIDED]


def test_what_is_not_read_is_said_and_what_is_no_document_is_passed_over(tmp_path: Path) -> None:
    for name in ("a.md", "sub/b.md"):
        put(tmp_path, name, FRONT)
    for name in ("old.doc", "README.md", ".hidden.md", "~$a.docx", "logo.png"):
        put(tmp_path, name, b"x")
    secret = tmp_path / "secret.md"
    secret.write_text("outside")
    (tmp_path / "policies" / "link.md").symlink_to(secret)
    population, records = collect(tmp_path)
    assert [record.subject for record in records] == ["policies/a.md", "policies/sub/b.md"]
    assert sorted((gap.detail or "").split(" is ")[0] for gap in population.gaps) == [
        "policies/link.md",
        "policies/old.doc",
    ]


def test_persons_are_not_named(tmp_path: Path) -> None:
    put(tmp_path, "a.md", FRONT.replace("C-002", "Grace Example"))
    assert "Grace" not in repr(collect(tmp_path))


def test_a_damaged_pdf_never_ends_the_run(tmp_path: Path) -> None:
    whole = pdf(PRINTED)
    chance = random.Random(7)
    for number in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        put(tmp_path, f"{number}.pdf", bytes(data[: chance.choice([len(data), chance.randrange(len(data))])]))
    population, records = collect(tmp_path)
    assert len(records) == 150
    assert population.complete
