"""An assessment is written whole or not at all, beside the evidence that it was made from."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from evidence_samples import AS_OF, POLICY_FILES, assess, assessment, effective, observations, write

from grc.errors import EvidenceError
from grc.evidence import AssessmentWriter, Pack, assessments_of, open_assessment, open_pack, policy_digest, verify
from grc.evidence.layers import identity
from grc.evidence.manifest import Stored


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return write(tmp_path / "P")


def test_what_is_written_is_read_back(pack: Pack) -> None:
    folder = assess(pack)
    layer = open_assessment(pack)
    assert layer.path == folder
    assert layer.assessment() == assessment(pack, effective())
    assert layer.effective() == effective()
    assert layer.policy_files() == POLICY_FILES
    assert b"".join(layer.observations()) == b"".join(observations(pack))
    assert layer.manifest.evidence == pack.digest
    assert layer.manifest.policy == policy_digest(POLICY_FILES, effective())
    assert verify(pack.path).whole
    assert [path.name for path in pack.path.parent.iterdir()] == ["P"]


def test_a_pack_may_be_named_from_within(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pack.path)
    assert assess(open_pack(Path())).name == assess(pack).name
    assert verify(Path()).whole
    monkeypatch.chdir(pack.path / "evidence")
    assert verify(Path("..")).whole


def test_the_same_again_is_the_same_layer(pack: Pack) -> None:
    first = assess(pack)
    before = {path: path.stat().st_mtime_ns for path in first.rglob("*")}
    assert assess(pack) == first
    assert {path: path.stat().st_mtime_ns for path in first.rglob("*")} == before
    assert assessments_of(pack.path) == (first.name,)


def test_the_same_in_another_pack_of_the_same_evidence_has_the_same_name(pack: Pack, tmp_path: Path) -> None:
    assert assess(write(tmp_path / "Q")).name == assess(pack).name


def test_a_layer_is_named_by_all_that_it_says_but_for_its_compression(pack: Pack) -> None:
    assess(pack)
    manifest = open_assessment(pack).manifest
    assert identity(replace(manifest, stored=Stored(digest="sha256:0", bytes=1))) == identity(manifest)
    none = Stored(digest="sha256:0", bytes=0)
    others = [
        replace(manifest, policy="sha256:0"),
        replace(manifest, evidence="sha256:0"),
        replace(manifest, engine="9"),
        replace(manifest, as_of=AS_OF + timedelta(seconds=1)),
        replace(manifest, findings=none),
        replace(manifest, effective=none),
        replace(manifest, observations=replace(manifest.observations, lines=9)),
        replace(manifest, files=()),
    ]
    assert len({identity(each) for each in [manifest, *others]}) == 1 + len(others)


def test_a_layer_that_was_changed_is_not_taken_for_the_same(pack: Pack) -> None:
    folder = assess(pack)
    (folder / "findings.json").write_bytes(b"{}")
    with pytest.raises(EvidenceError, match="delete the folder and assess again"):
        assess(pack)
    shutil.rmtree(folder)
    assess(pack)
    assert verify(pack.path).whole


def test_every_part_of_the_policy_is_in_its_digest() -> None:
    found = {policy_digest(POLICY_FILES, effective())}
    found.add(policy_digest(POLICY_FILES, effective(org={"x": 1})))
    found.add(policy_digest(POLICY_FILES, effective(waivers=())))
    found.add(policy_digest(POLICY_FILES, effective(max_age_days={})))
    found.add(policy_digest({**POLICY_FILES, "x": b""}, effective()))
    found.add(policy_digest({path + "x": data for path, data in POLICY_FILES.items()}, effective()))
    found.add(policy_digest({path: data + b"x" for path, data in POLICY_FILES.items()}, effective()))
    assert len(found) == 7


@pytest.mark.parametrize("what", ["evidence_digest", "policy_digest", "as_of"])
def test_an_assessment_of_something_else_is_refused(pack: Pack, what: str) -> None:
    wrong = AS_OF + timedelta(seconds=1) if what == "as_of" else "sha256:0"
    with AssessmentWriter(pack, engine="0.1.0") as writer, pytest.raises(ValueError, match=r"other"):
        writer.seal(replace(assessment(pack, effective()), **{what: wrong}), POLICY_FILES, effective())
    assert assessments_of(pack.path) == ()


def test_a_data_file_cannot_take_the_place_of_what_is_effective(pack: Pack) -> None:
    files = {"effective.json": b"{}"}
    with AssessmentWriter(pack, engine="0.1.0") as writer, pytest.raises(ValueError, match="effective"):
        writer.seal(assessment(pack, effective(), files), files, effective())


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "C:\\x", "", "aux", "a//b"])
def test_no_data_file_leads_elsewhere(pack: Pack, path: str) -> None:
    files = {path: b"x", "ok.yaml": b"y"}
    with AssessmentWriter(pack, engine="0.1.0") as writer:
        folder = writer.seal(assessment(pack, effective(), files), files, effective())
    assert open_assessment(pack).policy_files() == files
    assert {found.name for found in pack.path.parent.iterdir()} == {"P"}
    assert all(folder in found.parents for found in folder.rglob("*"))
    assert verify(pack.path).whole


def test_the_latest_instant_is_opened_unless_one_is_named(pack: Pack) -> None:
    instants = [AS_OF + timedelta(seconds=1), AS_OF + timedelta(seconds=1, microseconds=5), AS_OF]
    names = [assess(pack, as_of=found).name for found in instants]
    assert open_assessment(pack).name == names[1]
    assert open_assessment(pack, names[2]).name == names[2]
    assert open_assessment(pack, names[2][:-4]).name == names[2]
    with pytest.raises(EvidenceError, match="no assessment fits 'x'"):
        open_assessment(pack, "x")
    with pytest.raises(EvidenceError, match="more than one"):
        open_assessment(pack, "2026")
    assess(pack, as_of=instants[1], org={})
    with pytest.raises(EvidenceError, match="more than one assessment is of the latest instant"):
        open_assessment(pack)
    assert verify(pack.path).whole


def test_a_pack_without_an_assessment_says_what_to_do(pack: Pack) -> None:
    with pytest.raises(EvidenceError, match="grc assess"):
        open_assessment(pack)


def test_the_instant_is_named_in_utc(pack: Pack) -> None:
    assert assess(pack, as_of=datetime(2026, 4, 1, tzinfo=UTC)).name.startswith("20260401T000000Z-")


def test_two_do_not_write_at_once(pack: Pack) -> None:
    with AssessmentWriter(pack, engine="0.1.0"), pytest.raises(EvidenceError, match="another run"):
        AssessmentWriter(pack, engine="0.1.0")
    assess(pack)


def test_one_that_is_not_sealed_leaves_nothing(pack: Pack) -> None:
    with AssessmentWriter(pack, engine="0.1.0") as writer:
        writer.write(b"{}\n")
    assert verify(pack.path).whole
    assert [path.name for path in pack.path.parent.iterdir()] == ["P"]


def in_a_child(work: object) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()  # type: ignore[operator]
        os._exit(0)
    except EvidenceError:
        os._exit(42)
    finally:
        os._exit(1)


def assess_and_die(pack: Pack, after: int) -> None:
    left = [after]

    def count(event: str, _: object) -> None:
        if event in ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir"):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    assess(pack)


def test_a_kill_at_any_moment_leaves_a_pack_that_verifies(tmp_path: Path) -> None:
    whole = assess(write(tmp_path / "whole")).name
    for moment in range(1000):
        pack = write(tmp_path / str(moment) / "P")
        ended = in_a_child(lambda pack=pack, moment=moment: assess_and_die(pack, moment))
        assert verify(pack.path).whole
        assert assess(pack).name == whole
        assert [path.name for path in pack.path.parent.iterdir()] == ["P"]
        if ended == 0:
            break
    assert moment > 20


def test_a_full_disk_leaves_a_pack_that_verifies(tmp_path: Path) -> None:
    ends = set()
    for size in (0, 1, 60, 200, 400, 600, 10_000):
        pack = write(tmp_path / str(size) / "P")

        def limited(pack: Pack = pack, size: int = size) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            assess(pack)

        ends.add(in_a_child(limited))
        assert verify(pack.path).whole
        assert [path.name for path in pack.path.parent.iterdir()] == ["P"]
    assert ends == {0, 42}


def test_a_pack_is_not_changed_by_being_assessed(pack: Pack) -> None:
    before = {path: path.read_bytes() for path in (pack.path / "evidence").rglob("*") if path.is_file()}
    assess(pack)
    assert {path: path.read_bytes() for path in (pack.path / "evidence").rglob("*") if path.is_file()} == before
    assert open_pack(pack.path) == pack
