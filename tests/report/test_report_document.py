"""The JSON report: documented keys, every row, the same bytes."""

import json
import re
from dataclasses import replace

import pytest

from grc.canonical import encode
from grc.model.status import Status, Verdict
from grc.report import ReportInput, document, render_json


@pytest.fixture(scope="module")
def made(report: ReportInput) -> dict[str, object]:
    return json.loads(render_json(report))


def test_keys_are_the_documented_ones(made: dict[str, object]) -> None:
    documented = re.findall(r"^``([a-z_]+)``$", document.__doc__ or "", flags=re.MULTILINE)
    assert sorted(documented) == sorted(made)


@pytest.mark.parametrize("name", ["requirements", "controls", "checks", "gaps", "scope", "frameworks"])
def test_keys_of_the_entries_are_documented(made: dict[str, object], name: str) -> None:
    (block,) = re.findall(rf"^``{name}``\n((?:    .*\n)+)", document.__doc__ or "", flags=re.MULTILINE)
    entry = made[name] if isinstance(made[name], dict) else made[name][0]
    counts = {"subjects", "passed", "failed", "unknown", "not_applicable", "waived"} if name == "checks" else set()
    also = {"severity", "frameworks"} if name == "gaps" else set()
    assert set(entry) - counts - also <= set(re.findall(r"``([a-z_]+)``", block))


def test_bytes_are_canonical_and_repeat(report: ReportInput, made: dict[str, object]) -> None:
    assert render_json(report) == encode(made) + b"\n"
    backwards = replace(report, observations=lambda: reversed(list(report.observations())))
    assert render_json(backwards) == render_json(report)


def test_every_row_and_every_observation_that_is_not_a_pass_is_there(
    report: ReportInput, made: dict[str, object]
) -> None:
    assert len(made["requirements"]) == sum(len(it.requirements) for it in report.policy.catalogues.values())
    assert len(made["observations"]) == sum(1 for _ in report.observations())
    assert {it["verdict"] for it in made["observations"]} == {Verdict.FAIL.value, Verdict.UNKNOWN.value}


def test_status_is_the_findings_and_the_conclusion_is_left_to_a_person(
    report: ReportInput, made: dict[str, object]
) -> None:
    told = {it["id"]: it["engine_status"] for it in made["requirements"]}
    assert told == {it.requirement: it.engine_status.value for it in report.assessment.findings}
    assert {it["assessor_conclusion"] for it in made["requirements"]} == {None}


def test_counts_are_whole(made: dict[str, object]) -> None:
    for framework in made["frameworks"]:
        for counted in framework["sets"]:
            assert sum(counted["counts"].values()) == counted["total"]
            assert set(counted["counts"]) == {status.value for status in Status}
