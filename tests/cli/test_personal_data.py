"""What a schema marks as personal stands in no pack, no report, no message and no answer, in whatever form."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import zstandard
from keys_issued import KEYED

from grc.kinds import SHIPPED, load
from grc.run.demo.clinic import write_workspace

MARK = "qx7marked"
NUMBER = "4711900815"
OPEN = "Zq9openly"
"""Stands in a column that no schema marks: it is found wherever the marked ones are looked for."""
FORMS = (
    "Zoë-" + MARK + "-{} Müller",
    MARK + ".{}@clinic.example",
    NUMBER + "{}",
    "李四-" + MARK + "-{}",
    "O'" + MARK + '-{} <b>&"x" \\ / % ; é',
    MARK.upper() + "-{}",
)
CHECKS = (
    "register.keys-issued.held",
    "register.people.complete",
    "register.people.trained-annually",
    "register.raci.one-accountable",
    "register.consents.complete",
)
TABLES = ("records", "observations", "gaps", "populations")
OWN = (
    KEYED
    + """\
    holder: {type: string, title: Who holds it, x-personal: pseudonym}
    phone: {type: string, title: Telephone, x-personal: drop}
    born_on: {type: string, format: date, title: Birthday, x-personal: drop}
    badge: {type: integer, title: Badge, x-personal: pseudonym}
"""
)
CHECK = """format: grc.checks/1
checks:
- id: register.keys-issued.held
  title: No key is held by somebody without a badge
  severity: low
  kind: register.keys-issued
  assert: resource.holder == null || resource.badge == null
  fail: "{resource.holder} holds {resource.key_id} with {resource.badge}, called on {resource.phone}"
  remedy: {text: Ask for it}
  source: ["https://clinic.example/keys"]
"""
CONTROL = f"""format: grc.controls/1
theme: premises
controls:
- id: registers-kept
  title: Registers are kept
  statement: Each register of the house is kept and complete
  owner: practice manager
  frequency: monthly
  maps:
  - requirement: house:R.1
    part: kept
    relation: meets
    covers: The registers that the house keeps of people
    rationale: Each is tested by itself
  checks: {{deciding: [{", ".join(CHECKS)}]}}
"""
HOUSE = """format: grc.catalogue/1
id: house
title: House rules
publisher: Example Clinic
edition: "1"
licence: Our own
sources: ["https://clinic.example/rules"]
counted:
- {id: rules, title: Rules, count: 1, rule: Every rule}
views: {soa: rules, addressable: rules, accountability: rules, capability: rules}
files: [rules.yaml]
"""
RULES = """format: grc.catalogue/1
group: Registers
requirements:
- id: R.1
  title: Registers are kept
  kind: assessable
  counted: rules
  parts:
    kept: {method: record, show: Each register is complete}
"""
"""A framework of one rule, with every table that a framework may have: the PDF about it has every section that one
about the GDPR has, and a few pages. All other forms are about both."""
TABLED = (
    "statement of applicability",
    "addressable specifications",
    "accountability index",
    "record of processing",
    "capability",
)
Run = Callable[..., Any]


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """The clinic with a marked text in every cell that a schema calls personal, and a register of its own."""
    folder = tmp_path / "clinic"
    write_workspace(folder, datetime.now(UTC).date())
    (folder / "grc.yaml").write_text("format: grc.workspace/1\nframeworks: [gdpr, house]\n")
    names: dict[str, str] = {}
    for kind in load((SHIPPED / "registers",)).values():
        path = folder / "registers" / f"{kind.name.partition('.')[2]}.csv"
        if kind.provider == "register" and path.is_file():
            personal = {name for name, field in kind.shape.fields.items() if field.personal is not None}
            _mark(path, personal, names)
    assert len(names) > 10
    rows = [("key_id", "holder", "phone", "born_on", "badge")]
    rows += [
        (f"{OPEN}-{n}", form.format(f"k{n}"), f"{MARK} +49 30 {n}", "1999-01-02", f"{NUMBER}{n}")
        for n, form in enumerate(FORMS)
    ]
    rows += [rows[1], (f"{OPEN}-x", f"{MARK}\u200b", MARK, f"1.2.{NUMBER}", MARK), (OPEN, f"={MARK}", MARK, MARK, MARK)]
    _write(folder / "registers" / "keys-issued.csv", rows)
    for name, text in {
        "registers/schemas/keys.yaml": OWN,
        "checks/keys.yaml": CHECK,
        "controls/registers.yaml": CONTROL,
        "controls/house/catalogue.yaml": HOUSE,
        "controls/house/rules.yaml": RULES,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    return folder


def _mark(path: Path, personal: set[str], names: dict[str, str]) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = list(csv.reader(file))
    for row in rows:
        for at, name in enumerate(head):
            if name in personal and row[at]:
                parts = row[at].split(";")
                row[at] = ";".join(names.setdefault(one, FORMS[len(names) % 4].format(len(names))) for one in parts)
    _write(path, [head, *rows])


def _write(path: Path, rows: list[Any]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def everything(data: bytes, name: str = "") -> Iterator[bytes]:
    """The octets, and what is packed, encoded or escaped in them."""
    yield data
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for each in archive.namelist():
                yield each.encode()
                yield from everything(archive.read(each), each)
    elif data[:4] == zstandard.FRAME_HEADER:
        with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
            yield from everything(reader.read())
    elif data[:5] == b"%PDF-":
        yield _text_of_pdf(data)
    for found in re.findall(rb"[A-Za-z0-9+/]{64,}={0,2}", data):
        yield from _decoded(found)
    if b"\\u" in data:
        yield re.sub(rb"\\u([0-9a-fA-F]{4})", lambda hit: chr(int(hit[1], 16)).encode("utf-8", "replace"), data)


def _decoded(text: bytes) -> Iterator[bytes]:
    raw = base64.b64decode(text + b"=" * (-len(text) % 4)) if len(text.rstrip(b"=")) % 4 != 1 else b""
    yield raw
    for bits in (47, -15):
        try:
            yield zlib.decompressobj(bits).decompress(raw)
        except zlib.error:
            continue


@lru_cache(maxsize=1)  # looked through twice
def _text_of_pdf(data: bytes) -> bytes:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).encode("utf-8", "replace")


def held(data: bytes, *marks: str) -> bool:
    """Whether one of the marks stands in the octets, in either case, and broken over lines or not."""
    wanted = [mark.casefold().encode() for mark in marks]
    wanted += [mark.encode(code).lower() for mark in marks for code in ("utf-16-le", "utf-16-be")]
    for text in everything(data):
        lowered = text.lower()
        together = lowered.translate(None, b" \t\r\n")
        if any(mark in lowered or mark in together for mark in wanted):
            return True
    return False


def files_of(path: Path) -> list[Path]:
    return [path] if path.is_file() else [each for each in sorted(path.rglob("*")) if each.is_file()]


def test_the_marks_are_found_in_every_form() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.zst", zstandard.compress(f"x {MARK} y".encode()))
    long = base64.b64encode(zlib.compress(b"-" * 9 + bytes(range(99)) + MARK.encode()))
    for data in (packed.getvalue(), long, json.dumps("\u00e9" + MARK).encode(), MARK.upper().encode("utf-16-le")):
        assert held(data, MARK)
        assert not held(data, NUMBER)


@pytest.mark.slow
def test_nothing_that_a_schema_marks_leaves_the_workspace(clinic: Path, tmp_path: Path, grc: Run) -> None:
    pack, out = tmp_path / "pack", tmp_path / "out"
    out.mkdir()
    few = [part for check in CHECKS for part in ("--check", check)]
    forms = [part for form in ("html", "xlsx", "csv", "json", "sarif", "junit", "ocsf") for part in ("--report", form)]
    said = [
        grc("scan", "registers", "--workspace", clinic, "--out", pack, "--verbose", "--log-format", "json", *few),
        grc("explain", CHECKS[0], "--pack", pack, "--workspace", clinic, "--subject", f"{OPEN}-0"),
        grc("explain", CHECKS[1], "--pack", pack, "--workspace", clinic, "--format", "json"),
        grc("eval", "resource", "--pack", pack, "--subject", f"{OPEN}-0"),
        grc("sample", pack, "--kind", "register.people", "--method", "all", "--format", "json"),
        grc("requests", pack, "--out", out / "requests.html"),
        grc("query", pack, " UNION ALL ".join(f"SELECT t::VARCHAR FROM {table} t" for table in TABLES)),
        grc("report", pack, "--format", "site", "--out", out / "report"),
        grc("report", pack, "--format", "pdf", "--framework", "house", "--out", out / "report.pdf"),
        grc("pack", pack, "--out", out / "bundle.zip", *forms),
    ]
    for ran in said:
        assert ran.code in (0, 3, 4), ran
        assert not held((ran.out + ran.err).encode(), MARK, NUMBER), ran.out + ran.err
    for path in (*files_of(pack), *files_of(out)):
        assert not held(path.read_bytes(), MARK, NUMBER), path
    assert all(
        any(held(each.read_bytes(), OPEN) for each in files_of(path))
        for path in (pack, *out.glob("report*"), *out.glob("*.zip"))
    )
    printed = _text_of_pdf((out / "report.pdf").read_bytes()).translate(None, b" \n").decode()
    assert all(check in printed for check in CHECKS)
    assert all(f"House rules: {table}".replace(" ", "") in printed for table in TABLED)
