"""Secrets planted in every source that a workspace has: none reaches a pack, and each is counted."""

from __future__ import annotations

import base64
import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from campaign import Recorded, desk, made_up_credentials
from canaries import PLANTED
from pack_scanner import contents, packs_in, secrets_in
from terraform_plans import plan, resource

from grc.collect.secrets import Redacting, sorts_of
from grc.errors import ConfigError, DataError
from grc.evidence import open_pack, verify
from grc.model.assessment import Effective, Scope
from grc.model.evidence import Population, Record, Unit
from grc.run import Reach, assess, collect, open_desk
from grc.run.collecting import Asked
from grc.run.demo.clinic import write_workspace
from grc.run.reporting import report_input
from grc.run.starting.workspace import policy_templates
from grc.run.withheld import refuse_secrets

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
EVERY = " ; ".join(text for sort, text in PLANTED.items() if sort != "private-key")


CONTROL = """format: grc.controls/1
theme: premises
controls:
- id: people-named
  title: People are named
  statement: Each person has a name
  owner: practice manager
  frequency: monthly
  maps: []
  checks: {deciding: [register.people.named-here]}
"""


class Silent:
    """Progress that nobody watches."""

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A clinic's registers, policies and a plan, each with every canary."""
    folder = tmp_path / "clinic"
    write_workspace(folder, NOW.date())
    (folder / "policies" / "a.md").write_text(policy_templates()["access-control.md"])
    for path in (folder / "registers").glob("*.csv"):
        _plant_row(path)
    page = folder / "policies" / "a.md"
    head, _, body = page.read_text().partition("\ntitle:")
    head = head.replace("status: template", "status: draft")
    page.write_text(f"{head}\ntitle: Access {PLANTED['github-token']}" + body[body.index("\n") :] + EVERY)
    values = {"bucket": "b", "tags": {"note": EVERY, "db-password": "swordfish"}}
    data = {"ami": "a", "user_data_base64": base64.b64encode(EVERY.encode()).decode(), "tags": {"x": EVERY}}
    told = plan(resource("aws_s3_bucket.b", values), resource("aws_instance.i", data))
    (folder / "plan.json").write_text(json.dumps(told))
    named = f"organisation: {{name: Clinic {PLANTED['github-token']}}}"
    (folder / "grc.yaml").write_text(f"format: grc.workspace/1\n{named}\nscope: {{paths: [plan.json]}}\n")
    return folder


def _plant_row(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = list(csv.reader(file))
    rows += [[EVERY for _ in head], *([PLANTED["stripe-key"] for _ in head] for _ in "a")]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])


def test_no_secret_of_any_source_reaches_a_pack(planted: Path, tmp_path: Path) -> None:
    here, pack = open_desk(planted), tmp_path / "pack"
    collect(here, Reach(), pack, Asked(), clock=lambda: NOW, progress=Silent())
    few = Asked(checks=["register.people.complete"])
    with pytest.raises(ConfigError, match=r"org\.name holds what looks like a secret \(github-token\)"):
        assess(here, pack, few, as_of=NOW)
    settings = planted / "grc.yaml"
    settings.write_text(settings.read_text().replace(PLANTED["github-token"], "Example"))
    assess(open_desk(planted), pack, few, as_of=NOW)
    assert list(packs_in(tmp_path)) == [pack]
    assert secrets_in(pack) == {}
    assert "swordfish" not in "".join(contents(path).decode() for path in pack.rglob("*") if path.is_file())
    result = verify(pack)
    assert result.whole, result.faults


@pytest.mark.parametrize("sort", PLANTED)
def test_a_secret_among_what_a_workspace_decided_is_found_as_by_itself(sort: str) -> None:
    scope = Scope(frameworks=(), providers=frozenset(), checks=frozenset())
    told = {"a": "before it", "b": {"c": ["x", PLANTED[sort]]}, "d": "after it"}
    decided = Effective(as_of=NOW, scope=scope, parameters={}, org=told, max_age_days={})
    if sort in sorts_of([PLANTED[sort]]):
        with pytest.raises(ConfigError, match=rf"org\.b\.c\[1\] holds what looks like a secret \({sort}\)"):
            refuse_secrets({}, decided)
    else:
        refuse_secrets({}, decided)


def test_what_was_taken_out_is_listed_with_its_rule_and_count(planted: Path, tmp_path: Path) -> None:
    pack = collect(open_desk(planted), Reach(), tmp_path / "pack", Asked(), clock=lambda: NOW, progress=Silent())
    listed = {(one.kind.partition(".")[0], one.rule) for one in pack.manifest.redactions if one.how == "secret"}
    assert {("aws", "github-token"), ("register", "stripe-key"), ("document", "github-token")} <= listed
    assert all(one.count for one in pack.manifest.redactions if one.rule)
    people = [one for one in pack.manifest.redactions if one.kind == "register.people" and one.how == "pseudonym"]
    assert any(one.count > 3 for one in people)


def test_a_report_tells_the_rules(pack: Path) -> None:
    told = report_input(pack).redactions
    assert any("pseudonym, " in line and " times" in line for line in told)
    assert any(line.endswith("(drop)") or "secret" in line for line in told) or told


def test_a_secret_in_a_file_that_judges_is_refused_where_it_stands(planted: Path, tmp_path: Path) -> None:
    (planted / "grc.yaml").write_text("format: grc.workspace/1\nscope: {paths: [plan.json]}\n")
    (planted / "checks").mkdir()
    (planted / "controls").mkdir()
    (planted / "controls" / "own.yaml").write_text(CONTROL)
    check = planted / "checks" / "own.yaml"
    check.write_text(
        "format: grc.checks/1\nchecks:\n- id: register.people.named-here\n  title: Named\n  severity: low\n"
        "  kind: register.people\n  assert: size(resource.person_id) > 0\n  fail: Nobody\n"
        f"  remedy: {{text: 'ask {PLANTED['github-token']}'}}\n  source: ['https://clinic.example/x']\n"
    )
    here, pack = open_desk(planted), tmp_path / "pack"
    collect(here, Reach(names=["registers"]), pack, Asked(), clock=lambda: NOW, progress=Silent())
    with pytest.raises(DataError, match=r"checks/own\.yaml:9:1: \$: looks like a secret \(github-token\)"):
        assess(here, pack, Asked(), as_of=NOW)
    assert not (pack / "assessments").exists()


class Same:
    """A sink that wants what it is given to be what was collected."""

    def __init__(self, wanted: dict[Unit, tuple[Population, list[Record]]]) -> None:
        self.wanted = wanted

    def has(self, unit: Unit) -> bool:
        return False

    def write(self, population: Population, records: list[Record]) -> None:
        before, given = self.wanted[population.unit]
        assert list(records) == list(given)
        assert [one for one in population.removals if one.how != "pseudonym"] == []
        assert before.gaps == population.gaps


@pytest.mark.slow
def test_nothing_of_the_estate_is_taken_for_a_secret(estate: Recorded) -> None:
    with made_up_credentials():
        units = {**estate.rows.units, **estate.collected().units}
    assert len(units) > 100
    for told, records in units.values():
        Redacting(Same(units), desk().kinds).write(told, records)  # type: ignore[arg-type]


def test_the_demonstration_holds_none_for_another_scanner_either(pack: Path) -> None:
    scan = pytest.importorskip("detect_secrets.core.scan")
    settings = pytest.importorskip("detect_secrets.settings")
    chosen = [
        "AWSKeyDetector",
        "AzureStorageKeyDetector",
        "BasicAuthDetector",
        "GitHubTokenDetector",
        "GitLabTokenDetector",
    ]
    chosen += ["JwtTokenDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector"]
    chosen += ["SendGridDetector", "SlackDetector", "StripeDetector", "TwilioKeyDetector", "DiscordBotTokenDetector"]
    with settings.transient_settings({"plugins_used": [{"name": name} for name in chosen]}):
        assert any(scan.scan_line(PLANTED["github-token"]))
        for path in (path for path in open_pack(pack).path.rglob("*") if path.is_file() and "policy" not in path.parts):
            for line in contents(path).decode("utf-8", "replace").splitlines():
                assert not list(scan.scan_line(line)), path
