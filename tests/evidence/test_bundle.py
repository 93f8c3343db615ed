"""A pack in one file: the same bytes each time, verified as it is, and refused when a stranger made it to harm."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from evidence_samples import assess, write
from signed_samples import assess_signed, public, sealer, write_signed

from grc.errors import EvidenceError
from grc.evidence import Trust, verify
from grc.evidence import manifest as manifests
from grc.run.bundling import bundle

REPORT = b"<p>a report</p>"
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with an assessment, not to be changed."""
    folder = tmp_path_factory.mktemp("sealed") / "P"
    assess(write(folder))
    return folder


@pytest.fixture(scope="module")
def whole(sealed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its bundle, not to be changed."""
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "r.html").write_bytes(REPORT)
    bundle(sealed, folder / "p.zip", {"report.html": folder / "r.html"})
    return folder / "p.zip"


def members(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {member.filename: archive.read(member) for member in archive.infolist()}


def zipped(path: Path, content: Members, packed: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", packed) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def test_a_bundle_holds_every_layer_and_report_and_verifies(sealed: Path, whole: Path) -> None:
    held = members(whole)
    own = {path.relative_to(sealed).as_posix() for path in sealed.rglob("*") if path.is_file()}
    assert held.keys() == own | {"bundle.json", "reports/report.html"}
    result = verify(whole)
    assert result.faults == ()
    assert result.pack == whole
    assert result.evidence_digest == verify(sealed).evidence_digest
    assert any("reports" in line for line in result.not_proven)


def test_the_same_pack_gives_the_same_bytes(sealed: Path, whole: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sealed, tmp_path / "elsewhere" / "Q")
    (tmp_path / "r.html").write_bytes(REPORT)
    bundle(copy, tmp_path / "q.zip", {"report.html": tmp_path / "r.html"})
    assert (tmp_path / "q.zip").read_bytes() == whole.read_bytes()


def test_an_unpacked_bundle_is_a_pack_and_can_be_bundled_again(whole: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(whole) as archive:
        archive.extractall(tmp_path / "P")
    assert verify(tmp_path / "P").faults == ()
    bundle(tmp_path / "P", tmp_path / "again.zip", {})
    assert "reports/report.html" not in members(tmp_path / "again.zip")
    assert verify(tmp_path / "again.zip").whole


def test_another_tools_archive_of_the_same_files_verifies(whole: Path, tmp_path: Path) -> None:
    again = zipped(tmp_path / "p.zip", {"evidence/": b"", **members(whole)}, zipfile.ZIP_DEFLATED)
    assert verify(again).whole


def test_every_changed_missing_or_added_file_is_named(whole: Path, tmp_path: Path) -> None:
    content = members(whole)
    for name in content:
        for number, other in enumerate((content[name] + b" ", None)):
            changed = {each: data for each, data in content.items() if each != name}
            changed |= {} if other is None else {name: other}
            result = verify(zipped(tmp_path / "changed.zip", changed))
            assert any(fault.file in (name, "bundle.json") for fault in result.faults), (name, number)
    result = verify(zipped(tmp_path / "more.zip", {**content, "reports/more.html": b"x"}))
    assert {fault.file for fault in result.faults} == {"reports/more.html"}


def test_an_exchanged_report_is_found_though_no_layer_names_it(whole: Path, tmp_path: Path) -> None:
    result = verify(zipped(tmp_path / "p.zip", {**members(whole), "reports/report.html": b"<p>all is well</p>"}))
    assert [fault.file for fault in result.faults] == ["reports/report.html"]


def test_a_bundle_cut_anywhere_is_refused(whole: Path, tmp_path: Path) -> None:
    data = whole.read_bytes()
    for size in range(0, len(data), len(data) // 40):
        (tmp_path / "cut.zip").write_bytes(data[:size])
        with pytest.raises(EvidenceError, match="is not a whole ZIP archive"):
            verify(tmp_path / "cut.zip")


def link(archive: zipfile.ZipFile) -> None:
    member = zipfile.ZipInfo("evidence/link")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(member, "/etc/passwd")


def named(name: str) -> Callable[[zipfile.ZipFile], None]:
    return lambda archive: archive.writestr(name, b"x")


def commented(archive: zipfile.ZipFile) -> None:
    archive.filelist[0].comment = b"all is well"
    archive._didModify = True  # type: ignore[attr-defined]


def bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr("bomb", bytes(50_000_000), zipfile.ZIP_DEFLATED)


HOSTILE = {
    "a path that climbs": named("../out"),
    "a path that climbs within": named("evidence/../../out"),
    "an absolute path": named("/tmp/out"),
    "a drive": named("C:out"),
    "a backslash": named("evidence\\out"),
    "an empty step": named("evidence//out"),
    "a name of 6,000 characters": named("n" * 6000),
    "a control character": named("evidence/\x1b[2J"),
    "a link": link,
    "a comment": commented,
    "a folder that holds octets": lambda archive: archive.writestr(zipfile.ZipInfo("reports/"), b"x"),
    "a bomb": bomb,
    "a name twice": named("bundle.json"),
    "a name twice but for case": named("Bundle.json"),
    "a file that is a folder": named("evidence"),
}


@pytest.mark.parametrize("what", sorted(HOSTILE))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_hostile_archive_is_refused_and_nothing_of_it_is_written(what: str, whole: Path, tmp_path: Path) -> None:
    here = shutil.copy(whole, tmp_path / "p.zip")
    with zipfile.ZipFile(here, "a") as archive:
        HOSTILE[what](archive)
    with pytest.raises(EvidenceError, match="was not unpacked"):
        verify(tmp_path / "p.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["p.zip"]
    assert not (tmp_path.parent / "out").exists()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../" + "n" * 6000, "'../" + "n" * 117 + "…' is not a plain name"),
        ("a\u202egpj.exe", "'a\\u202egpj.exe' is not a plain name"),
    ],
)
def test_a_refused_member_is_named_in_one_short_line(name: str, told: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr(name, b"x")
    with pytest.raises(EvidenceError) as refused:
        verify(tmp_path / "p.zip")
    assert told in str(refused.value)
    assert len(str(refused.value)) < 400 + len(str(tmp_path))


@pytest.mark.parametrize("around", [(b"#!/bin/sh\n", b""), (b"", b"more"), (b"", bytes(40))])
def test_an_archive_that_holds_more_than_its_files_is_refused(
    around: tuple[bytes, bytes], whole: Path, tmp_path: Path
) -> None:
    (tmp_path / "p.zip").write_bytes(around[0] + whole.read_bytes() + around[1])
    with pytest.raises(EvidenceError, match="holds more than its files"):
        verify(tmp_path / "p.zip")


def test_an_archive_with_a_comment_is_refused(whole: Path, tmp_path: Path) -> None:
    here = shutil.copy(whole, tmp_path / "p.zip")
    with zipfile.ZipFile(here, "a") as archive:
        archive.comment = b"all is well"
    with pytest.raises(EvidenceError, match="holds more than its files"):
        verify(tmp_path / "p.zip")


def test_members_that_overlap_are_refused(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in "ab":
            archive.writestr(name, bytes(1000))
        archive.filelist[1].header_offset = archive.filelist[0].header_offset
        archive.filelist[1].compress_size = archive.filelist[0].compress_size = 5000
        archive.filelist[1].file_size = archive.filelist[0].file_size = 5000
    (tmp_path / "p.zip").write_bytes(whole.getvalue())
    with pytest.raises(EvidenceError, match="overlap"):
        verify(tmp_path / "p.zip")


def test_a_zip_of_something_else_is_no_bundle(tmp_path: Path) -> None:
    result = verify(zipped(tmp_path / "p.zip", {"a.txt": b"x"}))
    assert not result.whole
    assert "was not made by `grc pack`" in str(result.faults)


def test_a_broken_pack_is_not_bundled_and_nothing_is_overwritten(sealed: Path, whole: Path, tmp_path: Path) -> None:
    before = whole.read_bytes()
    with pytest.raises(EvidenceError, match="exists already"):
        bundle(sealed, whole, {})
    assert whole.read_bytes() == before
    with pytest.raises(EvidenceError, match="lies in the pack itself"):
        bundle(sealed, sealed / "p.zip", {})
    copy = shutil.copytree(sealed, tmp_path / "P")
    (copy / "README.md").write_text("other")
    with pytest.raises(EvidenceError, match="is not what was sealed"):
        bundle(copy, tmp_path / "p.zip", {})
    assert not list(tmp_path.glob("*.zip*"))


TRUSTED = Trust(keys=(public(),))


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed bundle of a signed pack, not to be changed."""
    folder = tmp_path_factory.mktemp("signed")
    by = sealer(folder)
    assess_signed(write_signed(folder / "P", by), by)
    (folder / "r.html").write_bytes(REPORT)
    bundle(folder / "P", folder / "p.zip", {"report.html": folder / "r.html"}, by)
    return folder / "p.zip"


def test_a_signed_bundle_is_verified_by_the_rules_of_the_layers(signed: Path, tmp_path: Path) -> None:
    result = verify(signed, TRUSTED)
    assert result.whole, result.faults
    assert "bundle.json: is signed by the key" in "\n".join(result.holds)
    assert len(result.signatures) == 3
    with zipfile.ZipFile(signed) as archive:
        assert archive.namelist()[:2] == ["bundle.json", "bundle.dsse.json"]
        archive.extractall(tmp_path / "P")
    assert verify(tmp_path / "P", TRUSTED).whole
    again = bundle(tmp_path / "P", tmp_path / "again.zip", {})
    assert "bundle.dsse.json" not in again.files
    assert [str(fault) for fault in verify(tmp_path / "again.zip", TRUSTED).faults] == [
        "bundle.dsse.json: is missing: the bundle is not signed"
    ]
    unsigned = verify(tmp_path / "again.zip")
    assert unsigned.whole
    assert any("who made bundle.json" in line for line in unsigned.not_proven)


def test_a_report_that_was_exchanged_with_what_names_it_is_found_by_the_signature(signed: Path, tmp_path: Path) -> None:
    held = members(signed)
    held["reports/report.html"] = b"<p>another</p>"
    named = json.loads(held["bundle.json"])
    digest = "sha256:" + hashlib.sha256(held["reports/report.html"]).hexdigest()
    named["files"]["reports/report.html"] = {"bytes": len(held["reports/report.html"]), "digest": digest}
    held["bundle.json"] = manifests.encode_plain(named)
    faults = verify(zipped(tmp_path / "p.zip", held)).faults
    assert [fault.file for fault in faults] == ["bundle.dsse.json"]
    assert "another manifest" in faults[0].message


def test_every_changed_byte_of_a_bundles_signature_is_found(signed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(signed) as archive:
        archive.extractall(tmp_path / "P")
    path = tmp_path / "P" / "bundle.dsse.json"
    data = path.read_bytes()
    for at in range(0, len(data), 61):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert not verify(tmp_path / "P", lines=False).whole, at


def test_a_signature_without_its_bundle_is_found(signed: Path, tmp_path: Path) -> None:
    held = members(signed)
    del held["bundle.json"], held["reports/report.html"]
    assert "bundle.dsse.json: is not named by any manifest" in str(
        [str(fault) for fault in verify(zipped(tmp_path / "p.zip", held)).faults]
    )
