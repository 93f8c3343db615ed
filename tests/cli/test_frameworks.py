"""What frameworks ask, what tests it, the tables they are known by, and bringing one's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Grc = Callable[..., Any]
SAMPLE = Path(__file__).parents[1] / "catalogue" / "oscal" / "catalogue.json"
PAGE = (Path(__file__).parents[2] / "docs" / "views.md").read_text(encoding="utf-8")
VIEWS = (("soa", "iso27001"), ("addressable", "hipaa"), ("accountability", "gdpr"), ("capability", "cobit"))
ROWS = {"soa": 93, "addressable": 22, "accountability": 121, "capability": 40}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "grc.yaml").write_text("format: grc.workspace/1\n", encoding="utf-8")
    return tmp_path


def data(grc: Grc, *arguments: object) -> Any:
    ran = grc(*arguments, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


# Coverage


def test_every_part_of_a_counted_requirement_is_in_the_coverage(grc: Grc) -> None:
    listed = data(grc, "list", "requirements")
    for found in data(grc, "coverage"):
        rows = [row for row in listed if row["id"].startswith(found["framework"] + ":") and row["counted"]]
        parts = [part for row in rows if row["parts"] != "pending" for part in row["parts"]]
        assert found["requirements"]["counted"] == len(rows)
        assert found["parts"]["parts"] == len(parts)
        assert sum(found["parts"]["tested_by"].values()) == len(parts)
        numbers = found["requirements"]
        assert sum(numbers[key] for key in numbers if key != "counted") == len(rows)


def test_a_technical_part_is_never_attestable(grc: Grc) -> None:
    (found,) = data(grc, "coverage", "--framework", "iso27001")
    assert found["methods"]["technical"]["tested_by"]["technical"] > 10
    assert found["methods"]["technical"]["attestable"] == 0
    for method in ("document", "record", "interview"):
        untested = found["methods"][method]["tested_by"]["nothing"]
        assert found["methods"][method]["attestable"] == untested > 0


def test_coverage_as_text_has_a_line_a_method(grc: Grc) -> None:
    out = grc("coverage", "--framework", "hipaa").out
    assert [word for word in ("technical", "document", "record", "interview", "all") if f"\n  {word} " in out] != []
    assert grc("coverage", "--framework", "none").code == 2


# Views


@pytest.mark.parametrize("view", sorted(ROWS))
def test_a_view_has_every_row_without_a_pack(grc: Grc, view: str) -> None:
    found = data(grc, "view", view)
    assert len(found["rows"]) == ROWS[view]
    assert found["total"] == ROWS[view]
    text = grc("view", view).out.splitlines()
    assert len(text) >= ROWS[view]


def test_statuses_of_a_view_are_said_in_the_words_of_its_framework(grc: Grc, pack: Path) -> None:
    found = {row["code"]: row["engine_status"] for row in data(grc, "view", "accountability", "--pack", pack)["rows"]}
    lines = {line.split()[0]: line for line in grc("view", "accountability", "--pack", pack).out.splitlines()[2:]}
    words = {"satisfied": "evidence present", "partial": "evidence in part", "not_satisfied": "gap"}
    told = [(lines[code], words[status]) for code, status in found.items() if status in words]
    assert told
    assert all(f"  {word}  " in line for line, word in told)


@pytest.mark.parametrize("view", sorted(ROWS))
def test_a_view_of_a_pack_says_what_was_found(grc: Grc, pack: Path, view: str) -> None:
    found = data(grc, "view", view, "--pack", pack)
    assert len(found["rows"]) == ROWS[view]
    key = "with_evidence" if view == "capability" else "engine_status"
    assert any(row[key] not in (None, 0, "not_assessed") for row in found["rows"])


def test_the_demonstration_has_decided_some(grc: Grc, pack: Path) -> None:
    soa = data(grc, "view", "soa", "--pack", pack)
    assert (soa["excluded"], soa["undecided"]) == (1, 90)
    assert soa["statement"]["version"] == "1.2"
    decided = {row["code"]: row["standing"] for row in data(grc, "view", "addressable", "--pack", pack)["rows"]}
    assert decided["164.312(a)(2)(iii)"] == "alternative"
    rated = {row["code"]: row["reached"] for row in data(grc, "view", "capability", "--pack", pack)["rows"]}
    assert rated["DSS04"] == 2
    assert rated["DSS05"] is None


def test_a_statement_says_what_changed_since_an_earlier_one(grc: Grc, house: Path) -> None:
    earlier = house / "earlier.json"
    earlier.write_text(grc("view", "soa", "--workspace", house, "--format", "json").out, encoding="utf-8")
    assert data(grc, "view", "soa", "--workspace", house, "--since", earlier)["changes"] == []
    same = grc("view", "soa", "--workspace", house, "--since", earlier).out
    assert same.endswith(f"Nothing changed since {earlier}.\n")
    (house / "applicability.yaml").write_text(
        "format: grc.applicability/1\n"
        "statement: {version: v2, on: 2026-03-01, approved-by: Grace, risk-assessment: RA-7}\n"
        "decisions:\n- requirement: iso27001:A.8.30\n  applicable: false\n"
        "  reason: Nothing is developed for us\n  approved-by: Grace\n  approved-on: 2026-03-01\n",
        encoding="utf-8",
    )
    out = grc("view", "soa", "--workspace", house, "--since", earlier).out
    assert "93 rows: 92 applicable (92 of them undecided), 1 excluded\n" in out
    assert "Changed:\n" in out
    assert "iso27001:A.8.30: applicable was -, is no" in out
    assert "statement was -, is version v2, on 2026-03-01, approved by Grace, risk assessment RA-7" in out
    assert grc("view", "soa", "--since", house / "grc.yaml").code == 2


def test_explain_says_what_was_decided(grc: Grc, house: Path) -> None:
    (house / "applicability.yaml").write_text(
        "format: grc.applicability/1\ndecisions:\n- requirement: iso27001:A.8.30\n  applicable: false\n"
        "  reason: Nothing is developed for us\n  approved-by: Grace\n  approved-on: 2026-03-01\n",
        encoding="utf-8",
    )
    out = grc("explain", "A.8.30", "--workspace", house).out
    assert "Decided: does not apply, because: Nothing is developed for us" in out
    assert "approved by Grace on 2026-03-01" in out


def test_an_exclusion_without_an_approver_is_told_with_its_line(grc: Grc, house: Path) -> None:
    (house / "applicability.yaml").write_text(
        "format: grc.applicability/1\ndecisions:\n- requirement: iso27001:A.8.30\n  applicable: false\n",
        encoding="utf-8",
    )
    for command in (["lint", house], ["view", "soa"]):
        ran = grc(*command, "--workspace", house)
        assert ran.code == 2
        assert "applicability.yaml:3:3: $.decisions[0]: the key 'approved-by' is missing" in ran.out + ran.err


# One's own


def test_a_shipped_id_is_not_changed_by_a_workspace(grc: Grc, house: Path) -> None:
    (house / "controls").mkdir()
    (house / "controls" / "own.yaml").write_text(
        "format: grc.controls/1\ntheme: x\ncontrols:\n- id: crypto-at-rest\n  title: Ours\n  statement: Ours instead.\n"
        "  owner: us\n  frequency: daily\n  maps: []\n",
        encoding="utf-8",
    )
    ran = grc("list", "controls", "--workspace", house)
    assert ran.code == 2
    assert "own.yaml:4:3: $.controls[0].id: the id 'crypto-at-rest' comes with the engine" in ran.err
    assert "choose another id" in ran.err


def test_an_own_control_maps_to_a_shipped_requirement(grc: Grc, house: Path) -> None:
    (house / "controls").mkdir()
    own = (
        "format: grc.controls/1\ntheme: house\ncontrols:\n- id: house-rule\n  title: Ours\n  statement: Ours as well.\n"
        "  owner: us\n  frequency: daily\n  maps:\n  - requirement: iso27001:A.8.24\n    part: PART\n"
        "    relation: supports\n    covers: All\n    rationale: It does\n"
    )
    (house / "controls" / "own.yaml").write_text(own.replace("PART", "at-rest"), encoding="utf-8")
    assert [row["id"] for row in data(grc, "list", "controls", "--control", "house-rule", "--workspace", house)]
    (house / "controls" / "own.yaml").write_text(own.replace("PART", "none"), encoding="utf-8")
    ran = grc("list", "controls", "--workspace", house)
    assert "own.yaml:11:5: $.controls[0].maps[0].part: iso27001:A.8.24 has no part 'none'" in ran.err


def test_an_imported_catalogue_is_one_of_the_frameworks(grc: Grc, house: Path) -> None:
    ran = grc("import", "oscal", SAMPLE, "--id", "sample", "--out", house / "controls" / "sample")
    assert (ran.code, "13 rows, 5 of them counted, 1 withdrawn" in ran.out) == (0, True)
    listed = {row["id"]: row for row in data(grc, "list", "frameworks", "--workspace", house)}
    assert listed["sample"]["counted"] == {"controls": 5}
    assert len(data(grc, "view", "soa", "--framework", "sample", "--workspace", house)["rows"]) == 5
    assert grc("import", "oscal", SAMPLE, "--id", "sample", "--out", house / "controls" / "sample").code == 2


def test_a_hostile_file_is_told_with_its_line(grc: Grc, house: Path) -> None:
    (house / "x.json").write_text('{"catalog":\n {"metadata": {"title": 7}}}', encoding="utf-8")
    ran = grc("import", "oscal", house / "x.json", "--id", "x", "--out", house / "controls" / "x")
    assert ran.code == 2
    assert "x.json:2:25: $.catalog.metadata.title: must be text" in ran.err
    assert not (house / "controls").exists()


def test_themes_narrow_what_runs(grc: Grc, house: Path) -> None:
    (house / "grc.yaml").write_text("format: grc.workspace/1\nthemes: [none]\n", encoding="utf-8")
    ran = grc("list", "checks", "--workspace", house)
    assert (ran.code, "$.themes[0]: no control has the theme 'none'" in ran.err) == (2, True)


# The cache


def test_no_cache_uses_and_keeps_nothing(grc: Grc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = grc("list", "frameworks", "--no-cache").out
    assert not (tmp_path / "cache").exists()
    monkeypatch.setenv("GRC_NO_CACHE", "1")
    assert grc("list", "frameworks").out == first
    assert not (tmp_path / "cache").exists()
    monkeypatch.delenv("GRC_NO_CACHE")
    assert grc("list", "frameworks").out == first
    assert list((tmp_path / "cache" / "grc").iterdir())
    assert grc("list", "frameworks").out == first


# The page on both


def keys(value: Any) -> set[str]:
    if isinstance(value, list):
        return {key for each in value for key in keys(each)}
    return set(value) | {key for below in value.values() for key in keys(below)} if isinstance(value, dict) else set()


@pytest.mark.parametrize(
    "command", [["coverage"], *(["view", view, "--framework", name] for view, name in VIEWS)], ids=str
)
def test_the_page_names_every_key(grc: Grc, command: list[str]) -> None:
    missing = {key for key in keys(data(grc, *command)) if f"`{key}`" not in PAGE}
    assert missing == set()
