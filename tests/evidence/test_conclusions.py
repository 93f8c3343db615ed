"""An assessor's conclusions: beside the layers, in order, and found out when they are meddled with."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from canaries import PLANTED
from evidence_samples import AS_OF, POLICY_FILES, assessment, effective, observations, write
from signed_samples import public, sealer, signer, write_signed

from grc.errors import ConfigError, EvidenceError
from grc.evidence import NOBODY, AssessmentWriter, Pack, Sealer, Trust, open_assessment, open_pack, verify
from grc.evidence import manifest as manifests
from grc.evidence.conclusions import Concluded, add_conclusion, conclusions_of, encode, file_of
from grc.evidence.signing.trust import Standing
from grc.model.assessment import Finding
from grc.model.status import Status
from grc.run.bundling import bundle
from grc.run.concluding import Word, conclude, effective_conclusions, said, with_conclusions

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
WORD = Word(conclusion=Status.PARTIAL, who="Ada Example", role="lead auditor", reason="Two of nine were not shown")


TRUSTED = Trust(keys=(public(),))


def assess(pack: Pack, by: Sealer | None = None, **more: Any) -> None:
    """An assessment with one finding."""
    under = effective(**more)
    finding = Finding(
        requirement="iso27001:A.8.24",
        engine_status=Status.SATISFIED,
        reason="All of it",
        assessor_conclusion=None,
        counted_in="annex-a",
        parts=(),
    )
    with AssessmentWriter(pack, engine="0.1.0") as writer:
        for line in observations(pack):
            writer.write(line)
        writer.seal(replace(assessment(pack, under), findings=(finding,)), POLICY_FILES, under, by)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed") / "P"
    assess(write(folder))
    return folder


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sealed, tmp_path / "P")


def first(folder: Path) -> str:
    return "A.8.24"


def three(folder: Path) -> None:
    for reason in ("one", "two", "three"):
        conclude(folder, first(folder), Word(conclusion=Status.PARTIAL, who="A", role="r", reason=reason), AT)


def test_a_conclusion_stands_beside_the_engines_and_no_layer_changes(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    made = conclude(folder, first(folder), WORD, AT)
    assert {path: path.read_bytes() for path in before} == before
    layer = open_assessment(open_pack(folder))
    held = effective_conclusions(folder, layer)
    assert held == {made.requirement: made}
    engine = layer.assessment()
    shown = with_conclusions(engine, held)
    assert shown.findings[0].engine_status is engine.findings[0].engine_status
    assert shown.findings[0].assessor_conclusion == said(made)
    assert "Ada Example, lead auditor, 2026-11-22: Two of nine" in said(made)
    assert ("where the engine proposed" in said(made)) == (made.engine_status is not Status.PARTIAL)
    result = verify(folder)
    assert result.whole, result.faults
    assert any("who concluded" in line for line in result.not_proven)


def test_a_later_conclusion_counts_and_the_earlier_one_stays(folder: Path) -> None:
    three(folder)
    assert [made.reason for made in conclusions_of(folder)] == ["one", "two", "three"]
    layer = open_assessment(open_pack(folder))
    assert [made.reason for made in effective_conclusions(folder, layer).values()] == ["three"]


def test_a_conclusion_on_another_assessment_does_not_count_for_this_one(folder: Path) -> None:
    conclude(folder, first(folder), WORD, AT)
    assess(open_pack(folder), as_of=AS_OF + timedelta(days=2))
    assert effective_conclusions(folder, open_assessment(open_pack(folder))) == {}
    assert verify(folder).whole


@pytest.mark.parametrize("number", [1, 2])
def test_one_taken_away_from_between_is_found(folder: Path, number: int) -> None:
    three(folder)
    (folder / file_of(number)).unlink()
    assert not verify(folder).whole
    with pytest.raises(EvidenceError, match="grc verify"):
        conclusions_of(folder)


def test_every_changed_byte_but_of_the_last_is_found_and_so_is_an_exchange(folder: Path) -> None:
    three(folder)
    one, two = folder / file_of(1), folder / file_of(2)
    data = one.read_bytes()
    for at in range(0, len(data), 7):
        one.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert not verify(folder, lines=False).whole, at
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)
    assert not verify(folder, lines=False).whole


def test_another_packs_conclusion_is_found(folder: Path) -> None:
    made = conclude(folder, first(folder), WORD, AT)
    path = folder / file_of(1)
    path.write_bytes(path.read_bytes().replace(made.assessment.encode(), b"sha256:" + b"0" * 64))
    assert "does not hold" in str(verify(folder).faults)


def test_two_who_conclude_at_once_do_not_overwrite_each_other(folder: Path) -> None:
    made = conclude(folder, first(folder), WORD, AT)
    with pytest.raises(EvidenceError, match="somebody else"):
        add_conclusion(folder, made)
    assert verify(folder).whole


def test_of_many_who_conclude_at_once_each_does_or_is_told_and_no_file_is_anothers(folder: Path) -> None:
    begin = threading.Barrier(8, timeout=120)

    def run(number: int) -> Concluded | str:
        begin.wait()
        try:
            return conclude(folder, first(folder), replace(WORD, reason=f"by {number}"), AT)
        except EvidenceError as error:
            return str(error)

    with ThreadPoolExecutor(8) as people:
        ended = list(people.map(run, range(8)))
    assert all("somebody else is concluding" in each for each in ended if isinstance(each, str)), ended
    made = [each for each in ended if isinstance(each, Concluded)]
    assert sorted(made, key=lambda each: each.number) == list(conclusions_of(folder))
    assert made
    assert verify(folder).whole
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_what_cannot_be_concluded_is_refused_and_writes_nothing(folder: Path) -> None:
    for bad in (
        Word(conclusion=Status.PARTIAL, who=" ", role="r", reason="x"),
        Word(conclusion=Status.PARTIAL, who="A", role="r", reason=PLANTED["github-token"]),
    ):
        with pytest.raises(ConfigError):
            conclude(folder, first(folder), bad, AT)
    with pytest.raises(ConfigError, match="says nothing of"):
        conclude(folder, "iso27001:A.99", WORD, AT)
    assert not (folder / "conclusions").exists()


def test_a_bundle_names_the_sign_offs(folder: Path, tmp_path: Path) -> None:
    three(folder)
    made = bundle(folder, tmp_path / "p.zip", {})
    assert list(made.sign_offs) == [file_of(number) for number in (1, 2, 3)]
    assert verify(tmp_path / "p.zip").whole
    held = json.loads((folder / file_of(1)).read_bytes())
    assert held["format"] == "grc.conclusion/1"


@pytest.fixture(scope="module")
def signed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack whose layers and whose two conclusions are signed, not to be changed."""
    folder = tmp_path_factory.mktemp("signed") / "P"
    by = sealer(folder.parent)
    assess(write_signed(folder, by), by)
    for at in (AT, AT + timedelta(days=1)):
        conclude(folder, "A.8.24", WORD, at, signer=by.signer)
    return folder


@pytest.fixture
def signed(signed_once: Path, tmp_path: Path) -> Path:
    return shutil.copytree(signed_once, tmp_path / "P")


def test_a_signed_conclusion_is_verified_by_the_rules_of_the_layers(signed: Path) -> None:
    for trust, standing in ((TRUSTED, Standing.TRUSTED), (NOBODY, Standing.UNTRUSTED)):
        result = verify(signed, trust)
        assert result.whole, result.faults
        assert [(one.file, one.standing) for one in result.conclusions] == [(file_of(n), standing) for n in (1, 2)]
        assert any(line.startswith(f"{file_of(2)}: is signed by") for line in result.holds)
        assert not any("are not signed" in line for line in result.not_proven)
        assert any("no conclusion after the last" in line for line in result.not_proven)
    others = verify(signed, Trust(keys=(public(2),)))
    assert {fault.file for fault in others.faults} >= {file_of(1), file_of(2)}
    revoked = verify(signed, Trust(revoked=frozenset({public().id})))
    assert any(fault.file == file_of(2) and "revoked" in fault.message for fault in revoked.faults)
    assert [made.reason for made in conclusions_of(signed)] == [WORD.reason] * 2


def test_every_changed_byte_of_the_last_signed_conclusion_is_found(signed: Path) -> None:
    path = signed / file_of(2)
    data = path.read_bytes()
    for at in range(0, len(data), 41):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert not verify(signed, lines=False).whole, at


def test_a_conclusion_that_lost_its_signature_is_found_with_a_key_and_said_without(signed: Path) -> None:
    last = conclusions_of(signed)[-1]
    (signed / file_of(2)).write_bytes(encode(replace(last, conclusion=Status.SATISFIED)))
    assert [str(fault) for fault in verify(signed, TRUSTED).faults] == [f"{file_of(2)}: is not signed"]
    result = verify(signed)
    assert result.whole
    assert any(f"not signed ({file_of(2)})" in line for line in result.not_proven)


def test_a_conclusion_by_another_key_and_one_of_another_pack_are_named(signed: Path, tmp_path: Path) -> None:
    last = conclusions_of(signed)[-1]
    (signed / file_of(2)).write_bytes(encode(last, signer(tmp_path, 2)))
    assert "key that was not named" in str(verify(signed, TRUSTED).faults)
    assert verify(signed, Trust(keys=(public(), public(2)))).whole
    (signed / file_of(2)).write_bytes(encode(replace(last, assessment="sha256:" + "0" * 64), signer(tmp_path)))
    assert "does not hold" in str(verify(signed, TRUSTED).faults)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda held: held | {"signatures": []}, "nobody signed"),
        (lambda held: held | {"payload": "e30="}, "holds no statement"),
    ],
)
def test_an_envelope_that_is_no_signed_conclusion_is_named(signed: Path, change: Any, said: str) -> None:
    path = signed / file_of(2)
    path.write_bytes(manifests.encode_plain(change(json.loads(path.read_bytes()))))
    assert said in str(verify(signed).faults)


def test_a_layers_signature_is_no_conclusion(signed: Path) -> None:
    (signed / file_of(2)).write_bytes((signed / "evidence" / "manifest.dsse.json").read_bytes())
    assert "holds no conclusion: urn:grc:evidence/1" in str(verify(signed).faults)
