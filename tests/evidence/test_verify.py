"""Verifying finds every change, and never falls over."""

from __future__ import annotations

import itertools
import json
import os
import pickle
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import rfc8785
import zstandard
from evidence_samples import AS_OF, KINDS, RUN, assess, estate, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lengths import one_in, places

from grc.canonical import digest, encode
from grc.errors import EvidenceError
from grc.evidence import PackWriter, open_assessment, open_pack, verify
from grc.evidence.sums import NAME as SUMS
from grc.evidence.sums import sums


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack with two assessments, not to be changed."""
    folder = tmp_path_factory.mktemp("sealed") / "P"
    pack = write(folder)
    assess(pack)
    assess(pack, as_of=AS_OF + timedelta(days=2))
    return folder


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    """A copy to be changed."""
    return shutil.copytree(sealed, tmp_path / "P")


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def read_everything(folder: Path) -> None:
    """What an assessment and a report read."""
    pack = open_pack(folder)
    pack.kinds()
    for seen in pack.populations():
        list(pack.records(seen))
    for name in sorted(path.name for path in (folder / "assessments").iterdir()):
        layer = open_assessment(pack, name)
        layer.assessment()
        layer.effective()
        layer.policy_files()
        list(layer.observations())


def caught(folder: Path) -> bool:
    """Whether verifying finds a fault; and reading either refuses or does not, but never falls over."""
    try:
        read_everything(folder)
    except EvidenceError:
        assert not verify(folder).whole
        return True
    return not verify(folder).whole


def test_a_sealed_pack_is_whole(sealed: Path) -> None:
    found = verify(sealed)
    assert found.whole
    assert found.faults == ()
    assert len(found.holds) == 3
    assert found.evidence_digest == digest((sealed / "evidence" / "manifest.json").read_bytes())
    assert any("no signature" in line for line in found.not_proven)


def flips(path: Path, step: int, *, digested: bool = False) -> Iterator[int]:
    """Flip a bit of each n-th byte of a file, one at a time; of fewer if a digest holds it (see ``places``)."""
    data = path.read_bytes()
    chance = random.Random(len(data))
    for offset in places(len(data), step, digested=digested):
        changed = bytearray(data)
        changed[offset] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        yield offset
    path.write_bytes(data)


def test_a_flipped_byte_is_found(folder: Path) -> None:
    for path in files(folder):
        for offset in flips(path, max(1, path.stat().st_size // 12)):
            assert caught(folder), f"{path} at {offset}"
    assert verify(folder).whole


@pytest.mark.slow
def test_every_flipped_byte_is_found(folder: Path) -> None:
    twin = max((folder / "assessments").iterdir())  # of the same files as the other
    for path in (path for path in files(folder) if twin not in path.parents):
        for offset in flips(path, one_in(3), digested=path.name not in ("manifest.json", SUMS)):
            assert not verify(folder).whole, f"{path} at {offset}"


def test_digests_alone_find_a_flipped_byte_and_say_what_they_leave_out(folder: Path) -> None:
    found = verify(folder, lines=False)
    assert found.whole
    assert any("only its digest was looked at" in line for line in found.not_proven)
    assert not any("only its digest" in line for line in verify(folder).not_proven)
    for path in files(folder):
        for offset in flips(path, max(1, path.stat().st_size // 6)):
            assert not verify(folder, lines=False).whole, f"{path} at {offset}"


def test_a_file_that_is_gone_or_empty_or_cut_or_longer_is_found(folder: Path) -> None:
    for path in files(folder):
        data = path.read_bytes()
        path.unlink()
        assert caught(folder)
        for other in (b"", data[:-1], data[: len(data) // 2], data + b"\n", data + data, data + b"\x00"):
            path.write_bytes(other)
            assert caught(folder), path
        path.write_bytes(data)
    assert verify(folder).whole


def test_two_files_that_are_swapped_are_found(folder: Path) -> None:
    for one, other in itertools.combinations(files(folder), 2):
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)
        assert first == second or not verify(folder).whole, (one, other)
        one.write_bytes(first)
        other.write_bytes(second)


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "evidence/x.ndjson.zst",
        "evidence/aws.s3.bucket/aws/2.ndjson.zst",
        "assessments/x",
        "assessments/20260302T093000Z-000000000000/manifest.json",
        "reports/index.html",
        "bundle.json",
        ".hidden",
        "evidence/\x1b[31m\n",
    ],
)
def test_a_file_too_much_is_found(folder: Path, name: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"{}")
    assert not verify(folder).whole
    assert all(str(fault).isprintable() for fault in verify(folder).faults)


def test_of_a_manifest_of_another_version_that_alone_is_said(folder: Path) -> None:
    path = folder / "evidence" / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b"grc.evidence/1", b"grc.evidence/9"))
    found = verify(folder)
    assert [(fault.file, "grc.evidence/9" in fault.message) for fault in found.faults] == [
        ("evidence/manifest.json", True)
    ]
    assert not [line for line in found.holds if "name this evidence" in line]


def test_a_folder_too_much_is_found(folder: Path) -> None:
    (folder / "evidence" / "extra").mkdir()
    assert not verify(folder).whole


def test_a_layer_that_is_gone_whole_leaves_the_rest_whole(folder: Path) -> None:
    shutil.rmtree(folder / "assessments")
    assert verify(folder).whole
    (folder / "assessments").mkdir()
    assert verify(folder).whole


def test_a_layer_under_another_name_is_found(folder: Path) -> None:
    layer = min((folder / "assessments").iterdir())
    layer.rename(layer.with_name("20250101T000000Z" + layer.name[16:]))
    assert not verify(folder).whole


def test_a_link_and_a_pipe_too_much_are_found(folder: Path) -> None:
    (folder / "link").symlink_to("/etc/passwd")
    assert not verify(folder).whole
    (folder / "link").unlink()
    os.mkfifo(folder / "evidence" / "pipe")
    assert not verify(folder).whole


def test_a_link_a_pipe_and_an_unreadable_thing_are_found(folder: Path) -> None:
    path = folder / "evidence" / "aws.s3.bucket" / "aws" / "1.ndjson.zst"
    elsewhere = folder.parent / "elsewhere.zst"
    shutil.copy(path, elsewhere)
    path.unlink()
    path.symlink_to(elsewhere)
    assert caught(folder)
    path.unlink()
    os.mkfifo(path)
    assert caught(folder)
    path.unlink()
    path.mkdir()
    assert caught(folder)
    path.rmdir()
    shutil.copy(elsewhere, path)
    assert verify(folder).whole
    (folder / "evidence" / "aws.s3.bucket").rename(folder.parent / "away")
    (folder / "evidence" / "aws.s3.bucket").symlink_to(folder.parent / "away")
    assert caught(folder)


# a stranger who seals again what was changed


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "evidence" / "manifest.json").read_bytes())
    return found


def seal_again(folder: Path, manifest: dict[str, Any], *, raw: bytes | None = None) -> None:
    """Write a manifest and sums that agree with each other."""
    data = rfc8785.dumps(manifest) if raw is None else raw
    (folder / "evidence" / "manifest.json").write_bytes(data)
    stored = {held["file"].removeprefix("evidence/"): held["stored"]["digest"] for held in manifest["populations"]}
    (folder / "evidence" / "SHA256SUMS").write_bytes(sums({**stored, "manifest.json": digest(data)}))


def buckets(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = manifest["populations"][-1]
    assert found["file"] == "evidence/aws.s3.bucket/aws/1.ndjson.zst"
    return found


def with_lines(folder: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Change the lines of a population and everything that states their digests."""
    path = folder / "evidence" / "aws.s3.bucket" / "aws" / "1.ndjson.zst"
    lines = change(zstandard.ZstdDecompressor().decompress(path.read_bytes()).split(b"\n")[:-1])
    content = b"".join(line + b"\n" for line in lines)
    stored = zstandard.ZstdCompressor(level=1).compress(content)
    path.write_bytes(stored)
    manifest = manifest_of(folder)
    held = buckets(manifest)
    held["content"] = {"digest": digest(content), "bytes": len(content), "lines": len(lines)}
    held["stored"] = {"digest": digest(stored), "bytes": len(stored)}
    held["population"]["count"] = len(lines)
    seal_again(folder, manifest)


def alone(folder: Path) -> Path:
    shutil.rmtree(folder / "assessments")
    return folder


def altered(line: bytes, **more: Any) -> bytes:
    return encode(json.loads(line) | more)


def test_lines_as_they_were_are_whole(folder: Path) -> None:
    with_lines(folder, lambda lines: lines)
    assert verify(folder).whole


LINES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "reordered": lambda lines: [lines[1], lines[0], *lines[2:]],
    "twice": lambda lines: [lines[0], *lines],
    "spaced": lambda lines: [lines[0].replace(b":", b": ", 1), *lines[1:]],
    "empty": lambda lines: [*lines, b""],
    "not a record": lambda lines: [*lines, b'{"zzz":1}'],
    "other kind": lambda lines: [altered(lines[0], kind="aws.kms.key"), *lines[1:]],
    "other place": lambda lines: [altered(lines[0], place="aws/2"), *lines[1:]],
    "other origin": lambda lines: [altered(lines[0], origin="plan"), *lines[1:]],
    "later": lambda lines: [altered(lines[0], collected="2026-03-01T09:30:02Z"), *lines[1:]],
    "no time zone": lambda lines: [altered(lines[0], collected="2026-03-01T09:30:01"), *lines[1:]],
    "null": lambda lines: [altered(lines[0], body={"Name": None}), *lines[1:]],
    "gap hidden": lambda lines: [*lines[:-1], altered(lines[-1], gaps=[])],
    "gap taken": lambda lines: [encode({k: v for k, v in json.loads(line).items() if k != "gaps"}) for line in lines],
    "unknown key": lambda lines: [altered(lines[0], extra=1), *lines[1:]],
    "not UTF-8": lambda lines: [b"\xff" + lines[0], *lines[1:]],
    "too deep": lambda lines: [b'{"a":' * 5000 + b"1" + b"}" * 5000, *lines[1:]],
    "a long number": lambda lines: [b'{"a":' + b"9" * 5000 + b"}", *lines[1:]],
}


@pytest.mark.parametrize("change", LINES)
def test_lines_that_no_writer_writes_are_found(folder: Path, change: str) -> None:
    with_lines(alone(folder), LINES[change])
    found = verify(folder)
    assert [fault.file for fault in found.faults if "bucket" in fault.file], found
    assert found.holds == ()


def test_other_evidence_under_an_assessment_is_found(folder: Path) -> None:
    with_lines(folder, lambda lines: [altered(lines[0], body={"Name": "changed"}), *lines[1:]])
    found = verify(folder)
    assert not found.whole
    assert {fault.message.split(":")[0] for fault in found.faults} == {"names other evidence"}
    with pytest.raises(EvidenceError, match="made from other evidence"):
        open_assessment(open_pack(folder))
    assert verify(alone(folder)).whole  # and this is what no digest can show


def borrow(manifest: dict[str, Any]) -> None:
    """Pass another population's file, whole as it is, for the buckets'."""
    other = manifest["populations"][1]
    assert other["content"]["lines"] == 1
    held = buckets(manifest)
    held.update(file=other["file"], content=other["content"], stored=other["stored"])
    held["population"].update(count=1)


MANIFESTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "format": lambda m: m.update(format="grc.evidence/2"),
    "no run": lambda m: m.pop("run"),
    "unknown key": lambda m: m.update(more=1),
    "naive": lambda m: m["run"].update(started="2026-03-01T09:30:00"),
    "other form": lambda m: m["run"].update(started="2026-03-01T10:30:00+01:00"),
    "outside": lambda m: buckets(m).update(file="../../outside"),
    "elsewhere": lambda m: buckets(m).update(file="evidence/aws.kms.key/aws/1/eu-west-1.ndjson.zst"),
    "another's": borrow,
    "absolute": lambda m: buckets(m).update(file="/etc/passwd"),
    "twice": lambda m: m["populations"].append(m["populations"][-1]),
    "order": lambda m: m["populations"].reverse(),
    "left out": lambda m: m["populations"].pop(0),
    "count": lambda m: buckets(m)["population"].update(count=1),
    "no kind": lambda m: m["kinds"].pop("aws.kms.key"),
    "kind too much": lambda m: m["kinds"].update({"aws.account": m["kinds"]["aws.kms.key"] | {"name": "aws.account"}}),
    "kind misnamed": lambda m: m["kinds"]["aws.kms.key"].update(name="aws.other"),
    "kind of junk": lambda m: m["kinds"].update({"aws.kms.key": {"format": 7, "schema": [1]}}),
    "kind with a null schema": lambda m: m["kinds"]["aws.kms.key"].update(schema=None),
    "gaps hidden": lambda m: m["gaps"].pop(),
    "gap hidden below": lambda m: (m["gaps"].pop(), buckets(m).pop("gaps")),
    "redaction hidden": lambda m: m["redactions"].pop(),
    "negative size": lambda m: buckets(m)["stored"].update(bytes=-1),
    "huge size": lambda m: buckets(m)["stored"].update(bytes=2**52),
    "small content": lambda m: buckets(m)["content"].update(bytes=3),
    "large content": lambda m: buckets(m)["content"].update(bytes=2**40),
    "default written out": lambda m: buckets(m)["population"].update(facts=[]),
    "not a list": lambda m: m.update(populations={"a": 1}),
}


@pytest.mark.parametrize("change", MANIFESTS)
def test_a_manifest_that_no_writer_writes_is_found(folder: Path, change: str) -> None:
    manifest = manifest_of(alone(folder))
    sealed = json.loads(json.dumps(manifest))
    MANIFESTS[change](manifest)
    seal_again(folder, sealed, raw=rfc8785.dumps(manifest))
    assert not verify(folder).whole
    try:
        pack = open_pack(folder)
        pack.kinds()
        for seen in pack.populations():
            list(pack.records(seen))
    except EvidenceError:
        pass


@pytest.mark.parametrize(
    "change",
    [
        "outside",
        "elsewhere",
        "another's",
        "absolute",
        "twice",
        "order",
        "no kind",
        "kind misnamed",
        "count",
        "naive",
        "no run",
    ],
)
def test_a_manifest_that_misleads_is_not_read_though_it_was_sealed_again(folder: Path, change: str) -> None:
    manifest = manifest_of(alone(folder))
    MANIFESTS[change](manifest)
    seal_again(folder, manifest)
    with pytest.raises(EvidenceError):
        open_pack(folder).kinds()


def test_a_linked_folder_is_not_read_through(folder: Path) -> None:
    (folder / "evidence" / "aws.s3.bucket").rename(folder.parent / "away")
    (folder / "evidence" / "aws.s3.bucket").symlink_to(folder.parent / "away")
    with pytest.raises(EvidenceError, match="is a link"):
        open_pack(folder)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format":' + b'{"a":' * 100_000,
        b'{"format":"grc.evidence/1"}',
        b'{"format":1e999}',
        b'{"format":"\\ud800"}',
    ],
    ids=range(10),
)
def test_a_manifest_of_junk_is_a_fault(folder: Path, raw: bytes) -> None:
    layer = min((folder / "assessments").iterdir()).name
    for name in ("evidence/manifest.json", f"assessments/{layer}/manifest.json"):
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(raw)
        assert caught(folder)
        assert not verify(folder).whole
        (folder / name).write_bytes(data)


def test_another_form_of_the_same_manifest_is_found(folder: Path) -> None:
    manifest = manifest_of(alone(folder))
    seal_again(folder, manifest, raw=json.dumps(manifest, indent=1).encode())
    assert not verify(folder).whole


def test_a_bomb_is_not_unpacked(folder: Path) -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(300_000_000))
    manifest = manifest_of(alone(folder))
    (folder / buckets(manifest)["file"]).write_bytes(bomb)
    buckets(manifest)["stored"] = {"digest": digest(bomb), "bytes": len(bomb)}
    seal_again(folder, manifest)
    [fault] = verify(folder).faults
    assert "longer than stated" in fault.message
    buckets(manifest)["content"]["bytes"] = 300_000_000
    seal_again(folder, manifest)
    assert any("a line is longer" in fault.message for fault in verify(folder).faults)


def test_a_frame_that_asks_for_much_memory_is_refused(folder: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    stored = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    frame = stored.compress(b"{}\n") + stored.flush()
    manifest = manifest_of(alone(folder))
    (folder / buckets(manifest)["file"]).write_bytes(frame)
    buckets(manifest)["stored"] = {"digest": digest(frame), "bytes": len(frame)}
    seal_again(folder, manifest)
    assert any("memory" in fault.message for fault in verify(folder).faults)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_bytes_in_any_file_are_found(folder: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(files(folder)))
    before = path.read_bytes()
    start = data.draw(st.integers(0, len(before)))
    end = data.draw(st.integers(start, min(len(before), start + 20)))
    changed = before[:start] + data.draw(st.binary(max_size=20)) + before[end:]
    if changed == before:
        return
    path.write_bytes(changed)
    assert caught(folder)
    path.write_bytes(before)


# what is no pack


def test_what_is_no_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "nowhere", tmp_path / "file", tmp_path / ("x" * 5000)):
        with pytest.raises(EvidenceError):
            verify(path)
        with pytest.raises(EvidenceError):
            open_pack(path)


def test_an_empty_folder_is_no_pack(tmp_path: Path) -> None:
    assert not verify(tmp_path).whole
    with pytest.raises(EvidenceError, match="not a sealed pack"):
        open_pack(tmp_path)


def test_an_unsealed_pack_is_not_read(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(*estate()[0])
    for path in (tmp_path / "P.partial", tmp_path / "P.partial" / "pack"):
        assert not verify(path).whole
        with pytest.raises(EvidenceError):
            open_pack(path)
    with pytest.raises(EvidenceError, match="run the same command again"):
        open_pack(tmp_path / "P")


def test_what_was_about_to_be_sealed_is_not_a_pack(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "Q.partial").mkdir()
    for path in (tmp_path / "Q.partial" / "pack", tmp_path / "R.partial"):
        shutil.copytree(folder, path)
        assert not verify(path).whole
        with pytest.raises(EvidenceError, match="was interrupted"):
            open_pack(path)


def test_a_pack_can_be_sent_to_another_process(sealed: Path) -> None:
    pack = open_pack(sealed)
    again = pickle.loads(pickle.dumps(pack))
    assert again == pack
    assert [list(again.lines(seen)) for seen in again.populations()] == [
        list(pack.lines(seen)) for seen in pack.populations()
    ]
