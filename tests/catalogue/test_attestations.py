"""How statements are read: days, files by their digests, and what leads out of the workspace."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc import catalogue
from grc.catalogue.attestations import found_at
from grc.catalogue.writing import scalar
from grc.errors import DataError
from grc.model.attestation import Attestation, AttestedPart, Conclusion
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.persons import person, two_persons
from grc.model.workspace import Period
from grc.yamltext import parse

Kinds = Mapping[KindName, Kind]


def read(root: Path, kinds: Kinds) -> tuple[Attestation, ...]:
    return catalogue.load_attestations(root, catalogue.load([root], kinds), "Europe/Berlin")


def test_a_statement_holds_what_its_file_says(root: Path, demo_kinds: Kinds) -> None:
    (found,) = read(root, demo_kinds)
    assert (found.id, found.control, found.conclusion) == ("A-1", "rules-kept", Conclusion.MET)
    assert found.parts == (
        AttestedPart(requirement="demo:1.1", part="rules"),
        AttestedPart(requirement="demo:1.10", part="trained"),
    )
    assert (found.who, found.role, found.reviewed_by) == ("Ada Example", "head of platform", "Grace Example")
    assert found.reviewed_on == date(2026, 3, 4)
    assert [file.bytes for file in found.files] == [len(b"who,when")]
    assert (found.signed_on, found.period) == (
        date(2026, 3, 2),
        Period(first=date(2026, 1, 1), last=date(2026, 3, 1)),
    )
    assert found.valid_until == datetime(2027, 3, 2, 23, tzinfo=UTC)
    assert [file.unchanged for file in found.files] == [True]


def test_without_a_last_day_it_counts_for_a_year_after_its_period(root: Path, demo_kinds: Kinds) -> None:
    path = root / "attestations" / "A-1.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("valid-until: 2027-03-02\n", ""), encoding="utf-8")
    (found,) = read(root, demo_kinds)
    assert found.valid_until == datetime(2027, 3, 1, 23, tzinfo=UTC)


def test_a_workspace_without_statements_has_none(tmp_path: Path, root: Path, demo_kinds: Kinds) -> None:
    policy = catalogue.load([root], demo_kinds)
    assert catalogue.load_attestations(tmp_path, policy, "UTC") == ()


@pytest.mark.parametrize("how", ["changed", "gone", "folder", "link out", "pipe"])
def test_a_file_that_is_not_the_declared_one_is_no_problem_and_no_proof(
    root: Path, demo_kinds: Kinds, how: str, tmp_path: Path
) -> None:
    path = root / "exhibits" / "list.csv"
    kept = tmp_path / "kept.csv"
    path.rename(kept)
    match how:
        case "changed":
            path.write_bytes(kept.read_bytes() + b"\n")
        case "folder":
            path.mkdir()
        case "link out":
            path.symlink_to(kept)
        case "pipe":
            os.mkfifo(path)
    (found,) = read(root, demo_kinds)
    (file,) = found.files
    assert not file.unchanged
    assert (file.found is None) == (file.bytes is None) == (how != "changed")
    assert catalogue.lint([root], demo_kinds) == ()


def test_a_link_within_the_workspace_is_followed(root: Path) -> None:
    (root / "link.csv").symlink_to(root / "exhibits" / "list.csv")
    assert found_at(root, "link.csv") == (hashlib.sha256(b"who,when").hexdigest(), len(b"who,when"))
    assert found_at(root, "nul\0l") is None


def test_the_problems_of_all_files_come_together(root: Path, demo_kinds: Kinds) -> None:
    good = (root / "attestations" / "A-1.yaml").read_text(encoding="utf-8")
    for name in ("B", "C"):
        text = good.replace("id: A-1", f"id: {name}").replace("part: rules", "part: no")
        (root / "attestations" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (root / "attestations" / "D.yml").write_text(good, encoding="utf-8")
    (root / "attestations" / "README.md").write_text("About\n", encoding="utf-8")
    with pytest.raises(DataError) as raised:
        read(root, demo_kinds)
    assert [Path(problem.path).name for problem in raised.value.problems] == ["B.yaml", "C.yaml", "D.yml"]
    assert catalogue.lint([root], demo_kinds) == raised.value.problems


@given(text=st.text())
def test_whatever_is_written_is_read_again(text: str) -> None:
    written = f"a: {scalar(text)}\nb: [{scalar(text)}]\nc: {{d: {scalar(text)}}}\n"
    assert parse(written, "x.yaml").value == {"a": text, "b": [text], "c": {"d": text}}


@pytest.mark.parametrize(
    "text", ["null", "No", "1.5", "2026-03-01", "a: b", "a #b", "- a", "", " a ", "a'b", "iso:5.1"]
)
def test_what_could_be_mistaken_is_quoted(text: str) -> None:
    assert parse(f"a: {scalar(text)}\n", "x.yaml").value == {"a": text}


@given(name=st.text(), unseen=st.sampled_from(["\u200b", "\u00ad", " ", "\u3164", "\u2060", "\ufe0f", "\u00a0"]))
def test_nobody_becomes_another_by_what_cannot_be_seen(name: str, unseen: str) -> None:
    assert not two_persons(name, name.swapcase().swapcase() + unseen)
    assert person(name + unseen) == person(name)
