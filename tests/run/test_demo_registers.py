"""The clinic's registers: every one is filled, can be read whole, and has real faults to find."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from grc import kinds
from grc.evidence import Pack
from grc.model.evidence import Unit
from grc.model.status import Status
from grc.model.waiver import WaiverStanding
from grc.run import Reach, collect, open_desk, reperform
from grc.run.assessing import assess
from grc.run.collecting import Asked
from grc.run.demo.clinic import write_workspace
from grc.run.stated import decided_by

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KINDS = kinds.load()
REGISTERS = {name for name, kind in KINDS.items() if kind.provider == "register"}


class Silent:
    """Progress that nobody watches."""

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic")
    write_workspace(folder, NOW.date())
    return folder


@pytest.fixture(scope="module")
def pack(clinic: Path) -> Pack:
    desk = open_desk(clinic)
    names = tuple(sorted(name for name, check in desk.policy.checks.items() if check.kind.startswith(("reg", "doc"))))
    asked = Asked(checks=names)
    return collect(
        desk, Reach(names=("registers", "documents")), clinic / "p", asked, clock=lambda: NOW, progress=Silent()
    )


def test_every_register_is_filled_and_read_whole(pack: Pack) -> None:
    populations = {population.unit.kind: population for population in pack.populations()}
    assert {name for name in populations if name.startswith("register.")} == REGISTERS
    for population in populations.values():
        assert population.count
        assert not population.gaps
        assert not population.facts
        assert population.coverage.paths == frozenset(KINDS[population.unit.kind].shape.fields)
    assert not pack.manifest.gaps


def test_the_statement_of_applicability_has_all_rows(pack: Pack) -> None:
    count = {population.unit.kind: population.count for population in pack.populations()}
    assert count["register.soa"] == 93
    assert count["register.addressable-decisions"] == 22


def test_each_register_is_tested_and_many_have_a_fault(clinic: Path, pack: Pack) -> None:
    layer = assess(open_desk(clinic), clinic / "p", Asked(), as_of=NOW)
    verdicts: dict[str, set[str]] = {}
    for chunk in layer.observations():
        for line in chunk.splitlines():
            seen = json.loads(line)
            for one in seen["observations"]:
                verdicts.setdefault(seen["kind"], set()).add(one["verdict"])
    assert verdicts.keys() == REGISTERS | {"document.policy"}
    assert all({"pass", "fail"} & found for found in verdicts.values())
    assert sum("fail" in found for found in verdicts.values()) >= 25
    assert sum("pass" in found for found in verdicts.values()) >= 30


def test_nobody_is_named_in_the_pack(clinic: Path, pack: Pack) -> None:
    for population in pack.populations():
        for chunk in pack.lines(population):
            assert b"C-00" not in chunk, population.unit.kind


def test_what_people_state_is_sealed_and_performed_again_without_its_files(clinic: Path, pack: Pack) -> None:
    made = assess(open_desk(clinic), pack.path, Asked(), as_of=NOW)
    found = {result.attestation.id: result for result in made.assessment().attestations}
    standings = {name: result.standing.value for name, result in found.items()}
    assert standings == {
        "access-rules": "changed",
        "clear-desk-round": "counts",
        "continuity-plans-last-year": "expired",
        "duties-not-separated": "counts",
        "policy-in-force": "counts",
        "risks-accepted": "unreviewed",
        "roles-in-writing": "counts",
    }
    assert made.effective().period is not None
    moved = pack.path.parent.parent / "elsewhere"
    shutil.copytree(pack.path, moved)
    exhibit = clinic / "exhibits" / "clear-desk-round.csv"
    kept = exhibit.read_bytes()
    exhibit.write_bytes(b"changed since")
    try:
        assert reperform(moved, made.name).same
        again = assess(open_desk(clinic), pack.path, Asked(), as_of=NOW + timedelta(hours=1))
    finally:
        exhibit.write_bytes(kept)
    later = {result.attestation.id: result.standing.value for result in again.assessment().attestations}
    assert later["clear-desk-round"] == "changed"
    assert again.manifest.policy != made.manifest.policy


def test_what_is_on_record_stands_somewhere_else_each(clinic: Path, pack: Pack) -> None:
    found = assess(open_desk(clinic), pack.path, Asked(), as_of=NOW).assessment().raised
    assert {each.finding.id: each.state.value for each in found} == {
        "admin-ports-open": "unshown",  # reopened where the account is read too
        "buckets-without-versions": "open",
        "continuity-plan-too-old": "overdue",
        "reviews-left-out-accounts": "closed",
        "suppliers-not-asked": "unshown",
    }


def test_the_demonstration_states_the_same_on_every_day_of_the_year(tmp_path: Path) -> None:
    for day in (date(2026, 1, 1), date(2026, 12, 31), date(2028, 2, 29)):
        folder = tmp_path / day.isoformat()
        write_workspace(folder, day)
        desk = open_desk(folder)
        as_of = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        answered = {name for name, found in decided_by(desk, as_of).items() if found.status is Status.SATISFIED}
        assert len(answered) == 15


AFTER_BERLIN = datetime(2026, 12, 1, 23, tzinfo=UTC)
"""The instant at which 1 December ends where the clinic is."""
BY_HAND = """\
format: grc.waivers/1
waivers:
- {{id: W-1, check: {check}, reason: r, requested-by: a, approved-by: b, approved-on: 2026-11-01, until: 2026-12-01,
   risk: {risk}, compensating: {{control: c, check: {instead}}}}}
"""


@pytest.mark.parametrize("satisfied", [True, False])
def test_a_compensating_control_has_to_hold_for_a_waiver_to_count(
    clinic: Path, pack: Pack, tmp_path: Path, *, satisfied: bool
) -> None:
    before = assess(open_desk(clinic), pack.path, Asked(), as_of=NOW).assessment()
    wanted = Status.SATISFIED if satisfied else Status.NOT_SATISFIED
    failing = next(each for each in before.checks if each.status is Status.NOT_SATISFIED)
    instead = next(each.check for each in before.checks if each.status is wanted and each.check != failing.check)
    folder = tmp_path / "workspace"
    shutil.copytree(clinic, folder, ignore=shutil.ignore_patterns("p"))
    risk = "R-4" if satisfied else "R-99"
    text = BY_HAND.format(check=failing.check, instead=instead, risk=risk)
    (folder / "waivers.yaml").write_text(text, encoding="utf-8")
    moved = tmp_path / "pack"
    shutil.copytree(pack.path, moved)
    layer = assess(open_desk(folder), moved, Asked(), as_of=NOW)
    (result,) = layer.assessment().waiver_results
    found = next(each for each in layer.assessment().checks if each.check == failing.check)
    marked = [each for each in layer.observed() if each.waiver is not None]
    assert result.risk_known is satisfied
    assert found.status is (Status.WAIVED if satisfied and not found.unknown else failing.status)
    assert result.standing is (WaiverStanding.COUNTS if satisfied else WaiverStanding.UNCOMPENSATED)
    assert len(marked) == (failing.failed if satisfied else 0)
    assert reperform(moved, layer.name).same
    (late,) = assess(open_desk(folder), moved, Asked(), as_of=AFTER_BERLIN).assessment().waiver_results
    assert late.standing is WaiverStanding.EXPIRED
