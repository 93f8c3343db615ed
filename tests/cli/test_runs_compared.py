"""``grc diff`` and ``grc period`` over runs of a small register: keys, and who holds them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from keys_issued import CHECK, CHECKS, write_workspace

from grc.cli.clock import Clock

Grc = Callable[..., Any]
Scan = Callable[..., Path]

FIRST = datetime(2026, 3, 2, 3, tzinfo=UTC)
OTHER = "register.keys-issued.numbered"
BOTH = f"""{CHECKS}\
- id: {OTHER}
  title: Every key has a number
  severity: low
  kind: register.keys-issued
  assert: resource.key_id.startsWith("K-")
  fail: "{{resource.key_id}} is no number"
  remedy: {{text: Number it}}
  source: ["https://clinic.example/keys"]
"""


@pytest.fixture
def moment() -> list[datetime]:
    """The instant that it is: tests set it."""
    return [FIRST]


@pytest.fixture
def clock(moment: list[datetime]) -> Clock:
    return Clock(lambda: moment[0])


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the commands run: by the same name each time, its policy is read once for all tests."""
    monkeypatch.chdir(tmp_path)
    return write_workspace(Path(), BOTH)


@pytest.fixture
def scan(grc: Grc, workspace: Path, moment: list[datetime]) -> Scan:
    """Scan the register on a day, with these holders by key; ``text`` stands in its place as it is."""

    def run(day: int, holders: Mapping[str, str] | str, *checks: str) -> Path:
        moment[0] = FIRST + timedelta(days=day)
        rows = "".join(f"{key},{holder}\n" for key, holder in holders.items()) if not isinstance(holders, str) else ""
        text = holders if isinstance(holders, str) else f"key_id,holder\n{rows}"
        (workspace / "registers" / "keys-issued.csv").write_text(text, encoding="utf-8")
        pack = workspace / f"day-{day}"
        chosen = [it for check in checks or (CHECK, OTHER) for it in ("--check", check)]
        ran = grc("scan", "registers", "--workspace", workspace, "--out", pack, "-q", *chosen)
        assert ran.code in (0, 3, 4), ran.err
        return pack

    return run


@pytest.fixture
def diff(grc: Grc, workspace: Path) -> Grc:
    return lambda *arguments: grc("diff", "--workspace", workspace, *arguments)


@pytest.fixture
def period(grc: Grc, workspace: Path) -> Grc:
    return lambda *arguments: grc("period", "--workspace", workspace, *arguments)


def test_what_turned_is_told_by_subject_and_a_new_failure_fails_the_command(diff: Grc, scan: Scan) -> None:
    packs = (
        scan(0, {"K-1": "Ada", "K-2": "", "K-3": "", "K-5": "Ben"}),
        scan(1, {"K-1": "", "K-2": "Ada", "K-4": ""}),
    )
    ran = diff(*packs, "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 3, ran.err
    assert {(it["subject"], it["turn"], it["before"], it["now"]) for it in found["changes"]} == {
        ("K-1", "broken", "pass", "fail"),
        ("K-4", "broken", "absent", "fail"),
        ("K-2", "mended", "fail", "pass"),
        ("K-3", "gone", "fail", "absent"),
    }
    assert found["counts"] == {
        "broken": 2, "undecided": 0, "unseen": 0, "accepted": 0, "mended": 1, "decided": 0, "gone": 1,
    }  # fmt: skip
    assert found["policy"] is None
    text = diff(*packs).out
    assert "The same policy judged both." in text
    assert "2 fail and did not" in text
    assert f"  medium    {CHECK}: Every key is held by somebody" in text
    assert "    K-1 (register/keys-issued) passed. Nobody holds K-1" in text


def test_the_least_severity_that_counts_can_be_named(diff: Grc, scan: Scan) -> None:
    packs = scan(0, {"K-1": "Ada"}), scan(1, {"K-1": ""})
    assert diff(*packs, "--fail-on", "medium").code == 3
    assert diff(*packs, "--fail-on", "high").code == 0


def test_a_scan_can_be_gated_by_what_is_worse_than_before(grc: Grc, scan: Scan, workspace: Path) -> None:
    before = scan(0, {"K-1": "", "K-2": "Ada"})
    chosen = ("--check", CHECK, "--check", OTHER)
    asked = ("scan", "registers", "--workspace", workspace, "-q", *chosen, "--before", before)
    ran = grc(*asked, "--out", workspace / "same")
    assert (ran.code, "Nothing stands otherwise." in ran.out) == (0, True), ran.err
    (workspace / "registers" / "keys-issued.csv").write_text("key_id,holder\nK-1,\nK-2,\n", encoding="utf-8")
    ran = grc(*asked, "--out", workspace / "worse")
    assert (ran.code, "1 fails and did not" in ran.out) == (3, True)
    assert "Gate: a failure" in ran.out
    assert grc(*asked, "--out", workspace / "nothing", "--fail-on", "high").code == 5
    for wrong, said in (
        ((*asked, "--gate", "requirements"), "--before goes with --gate checks"),
        ((*asked[:-1], workspace), "is not a sealed pack"),
    ):
        ran = grc(*wrong, "--out", workspace / "wrong")
        assert (ran.code, said in ran.err, (workspace / "wrong").exists()) == (2, True, False)


def test_what_becomes_better_or_stays_fails_nothing(diff: Grc, scan: Scan) -> None:
    packs = scan(0, {"K-1": "", "K-2": ""}), scan(1, {"K-1": "Ada", "K-2": ""})
    ran = diff(*packs)
    assert (ran.code, "1 failed and is mended" in ran.out) == (0, True)
    ran = diff(packs[1], packs[1])
    assert (ran.code, "Nothing stands otherwise." in ran.out) == (0, True)


def test_what_is_seen_no_more_is_no_good_news(diff: Grc, scan: Scan) -> None:
    packs = scan(0, {"K-1": "", "K-2": "Ada"}), scan(1, "other,columns\n1,2\n")
    ran = diff(*packs, "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 4
    assert {(it["subject"], it["check"], it["turn"]) for it in found["changes"]} == {
        (key, check, "unseen") for key in ("K-1", "K-2") for check in (CHECK, OTHER)
    }
    assert {it["id"] for it in found["checks"]} == {CHECK, OTHER}
    assert "4 are not seen any more" in diff(*packs).out


def test_checks_that_are_not_run_any_more_are_named(diff: Grc, scan: Scan) -> None:
    packs = scan(0, {"K-1": ""}), scan(1, {"K-1": ""}, OTHER)
    ran = diff(*packs)
    assert (ran.code, f"1 check not run any more: {CHECK}" in ran.out) == (4, True)
    assert diff(*packs, "--fail-on", "high").code == 0
    back = scan(2, {"K-1": ""})
    ran = diff(packs[1], back, "--format", "json")
    (change,) = json.loads(ran.out)["changes"]
    assert (ran.code, change["before"], change["now"]) == (3, "not_run", "fail")
    assert "was not tested" in diff(packs[1], back).out


def test_another_policy_is_told_by_its_files(diff: Grc, scan: Scan, workspace: Path) -> None:
    first = scan(0, {"K-1": "Ada"})
    path = workspace / "checks" / "keys.yaml"
    path.write_text(path.read_text().replace("somebody", "a person"))
    ran = diff(first, scan(1, {"K-1": "Ada"}))
    assert ran.code == 0
    assert "not judged alike, so a change may come from there: 1 file (workspace/checks/keys.yaml)" in ran.out


def test_another_day_and_another_decision_are_no_other_policy_and_another_setting_is(
    diff: Grc, period: Grc, scan: Scan, workspace: Path
) -> None:
    packs = [scan(0, {"K-1": ""})]
    (workspace / "waivers.yaml").write_text(
        "format: grc.waivers/1\nwaivers:\n- {id: W-1, check: " + CHECK + ", reason: x, requested-by: a, "
        "approved-by: b, approved-on: 2026-03-03, until: 2026-06-01}\n"
    )
    packs.append(scan(2, {"K-1": ""}))
    ran = diff(*packs)
    assert (ran.code, "The same policy judged both." in ran.out, "1 fails, and is waived now" in ran.out) == (0, 1, 1)
    assert "Not one policy" not in period(*packs).out
    packs.append(scan(3, {"K-1": ""}, CHECK))
    assert json.loads(diff(*packs[1:], "--format", "json").out)["policy"]["settings"] == ["scope"]
    assert "Not one policy judged them but 2" in period(*packs).out


def test_packs_in_the_wrong_order_and_no_packs_are_refused(diff: Grc, scan: Scan, tmp_path: Path) -> None:
    packs = scan(0, {"K-1": "Ada"}), scan(1, {"K-1": "Ada"})
    ran = diff(*reversed(packs))
    assert (ran.code, "name the earlier pack first" in ran.err) == (2, True)
    ran = diff(packs[0], tmp_path / "none")
    assert (ran.code, "is not a sealed pack" in ran.err) == (2, True)


def test_names_cannot_drive_the_terminal(diff: Grc, scan: Scan) -> None:
    packs = scan(0, {"K-1": "Ada"}), scan(1, {"K-1": ""})
    ran = diff(packs[0], packs[1].rename(packs[1].with_name("day\u202e\x1b[2J")))
    assert (ran.code, "day\\u202e\\u001b[2J" in ran.out) == (3, True)


def test_a_failure_is_told_with_how_long_it_lasted_and_a_missing_run_too(period: Grc, scan: Scan) -> None:
    days = {0: "Ada", 1: "", 3: "", 5: "Ada"}
    packs = [scan(day, {"K-1": holder, "K-2": "Ada"}) for day, holder in days.items()]
    ran = period(*reversed(packs), "--every", "1", "--from", "2026-03-02", "--to", "2026-03-07", "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 3, ran.err
    assert [run["collected"] for run in found["runs"]] == [f"2026-03-0{2 + day}T03:00:00Z" for day in days]
    assert (found["planned"], [it["begins"] for it in found["missed"]]) == (5, [
        "2026-03-04T00:00:00Z", "2026-03-06T00:00:00Z",
    ])  # fmt: skip
    held = {it["check"]: it for it in found["checks"]}
    assert (held[CHECK]["ran"], held[CHECK]["fell_short"], held[OTHER]["fell_short"]) == (4, 2, 0)
    assert held[CHECK]["lapses"] == [
        {
            "kind": "register.keys-issued",
            "place": "register/keys-issued",
            "subject": "K-1",
            "sound_before": "2026-03-02T03:00:00Z",
            "first": "2026-03-03T03:00:00Z",
            "last": "2026-03-05T03:00:00Z",
            "ended_by": "2026-03-07T03:00:00Z",
            "ending": "mended",
        }
    ]
    text = period(*packs, "--every", "1").out
    assert "4 runs, from 2026-03-02 03:00 to 2026-03-07 03:00 (UTC)" in text
    assert "Planned runs: 5; made: 3; missing: 2" in text
    assert "fell short in 2 of 4 runs" in text
    assert "mended by 2026-03-07 03:00: 2 days to 5 days" in text


def test_period_is_a_page_too_from_the_packs_alone(period: Grc, scan: Scan, workspace: Path, tmp_path: Path) -> None:
    packs = [scan(day, {"K-1": holder, "K-2": "Ada"}) for day, holder in {0: "Ada", 1: "", 3: "Ada"}.items()]
    path = workspace / "checks" / "keys.yaml"
    path.write_text(path.read_text().replace("held by somebody", "on its hook"))
    asked = (*packs, "--every", "1", "--format", "html", "--out", tmp_path / "pages" / "period.html")
    ran = period(*asked)
    assert (ran.code, "Page: " in ran.out) == (3, True), ran.err
    page = (tmp_path / "pages" / "period.html").read_text(encoding="utf-8")
    assert "Of 3 planned runs whose days are over, 2 were made and 1 is missing; 3 runs in all." in page
    assert "Every key is held by somebody" in page
    assert "3 runs: fell short in 1, sound in 2" in page
    assert "put right by 2026-03-05 03:00" in page
    for wrong in ((*packs, "--format", "html"), (*packs, "--out", tmp_path / "x.html")):
        ran = period(*wrong)
        assert (ran.code, "--format html and --out go together" in ran.err) == (2, True)


def test_to_assess_evidence_again_makes_no_run_and_takes_no_failure_back(
    grc: Grc, period: Grc, scan: Scan, workspace: Path, moment: list[datetime]
) -> None:
    packs = [scan(day, {"K-1": holder}) for day, holder in ((0, ""), (2, "Ada"))]
    (workspace / "waivers.yaml").write_text(
        f"format: grc.waivers/1\nwaivers:\n- {{id: W-1, check: {CHECK}, reason: x, requested-by: a, "
        "approved-by: b, approved-on: 2026-03-01, until: 2026-06-01}\n"
    )
    moment[0] += timedelta(days=1)
    assert grc("assess", packs[0], "--workspace", workspace).code == 0
    ran = period(*packs, "--every", "1", "--from", "2026-03-02", "--to", "2026-03-05", "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 3
    assert [run["collected"][:10] for run in found["runs"]] == ["2026-03-02", "2026-03-04"]
    assert [it["begins"][:10] for it in found["missed"]] == ["2026-03-03"]
    (held,) = (it for it in found["checks"] if it["check"] == CHECK)
    assert [it["ending"] for it in held["lapses"]] == ["mended"]


def test_a_copy_of_a_run_counts_for_no_other(period: Grc, scan: Scan, workspace: Path) -> None:
    packs = [scan(day, {"K-1": "Ada"}) for day in (0, 1)]
    copy = shutil.copytree(packs[0], workspace / "copy")
    ran = period(*packs, copy)
    assert (ran.code, "named more than once" in ran.err) == (2, True)


def test_a_day_that_is_not_over_is_not_missed_yet(period: Grc, scan: Scan) -> None:
    pack = scan(0, {"K-1": "Ada"})
    ran = period(pack, "--every", "1", "--from", "2026-03-02", "--to", "2026-03-31")
    assert (ran.code, "Planned runs" in ran.out) == (0, False)


def test_days_that_are_to_come_are_no_time_without_a_run(period: Grc, scan: Scan, tmp_path: Path) -> None:
    packs = [scan(day, {"K-1": "Ada"}) for day in (0, 2)]
    asked = (*packs, "--from", "2026-03-02", "--to", "2026-03-31")
    assert "longest time without a run: 2 days" in period(*asked).out
    assert period(*asked, "--format", "html", "--out", tmp_path / "page.html").code == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "The period is not over: this is as of 2026-03-04 03:00." in page


def test_a_sound_period_is_whole_only_with_every_planned_run(period: Grc, scan: Scan) -> None:
    packs = [scan(day, {"K-1": "Ada"}) for day in (0, 2)]
    assert period(*packs).code == 0
    assert period(*packs, "--every", "1").code == 4
    assert period(*packs, "--every", "2").code == 0


def test_what_could_not_be_decided_in_some_run_is_told(period: Grc, scan: Scan) -> None:
    packs = [scan(0, {"K-1": "Ada"}), scan(1, "other,columns\n1,2\n")]
    ran = period(*packs)
    assert ran.code == 4
    assert f"  {CHECK}: 1 of 2 runs" in ran.out


def test_a_check_that_was_not_run_every_time_is_told(period: Grc, scan: Scan) -> None:
    packs = [scan(0, {"K-1": "Ada"}), scan(1, {"K-1": "Ada"}, CHECK)]
    text = period(*packs).out
    assert "1 check not run in every run" in text
    assert "2 sound or not applicable in every run that ran them" in text


def test_packs_of_other_times_are_left_out_and_told(period: Grc, scan: Scan) -> None:
    packs = [scan(0, {"K-1": ""}), scan(4, {"K-1": "Ada"})]
    ran = period(*packs, "--from", "2026-03-05", "--to", "2026-03-07")
    assert (ran.code, "1 pack outside the period: left out" in ran.out) == (0, True)
    assert period(*packs, "--from", "2026-04-01", "--to", "2026-04-02").code == 5


def test_the_period_of_the_workspace_is_taken(period: Grc, scan: Scan, workspace: Path) -> None:
    packs = [scan(0, {"K-1": ""}), scan(4, {"K-1": "Ada"})]
    declared = "format: grc.workspace/1\nperiod: {from: 2026-03-05, to: 2026-03-09}\n"
    (workspace / "grc.yaml").write_text(declared, encoding="utf-8")
    assert "Period: 2026-03-05 to 2026-03-09" in period(*packs).out
    assert "Period: 2026-03-02 to 2026-03-09" in period(*packs, "--from", "2026-03-02").out


def test_wrong_periods_and_packs_are_refused(period: Grc, scan: Scan) -> None:
    pack = scan(0, {"K-1": "Ada"})
    for arguments, said in (
        ((pack, "--from", "2026-03-05"), "--from and --to go together"),
        ((pack, "--from", "2026-03-05", "--to", "2026-03-01"), "before it begins"),
        ((pack, pack), "named more than once"),
        ((pack / "none",), "is not a sealed pack"),
        ((), "Missing argument"),
    ):
        ran = period(*arguments)
        assert (ran.code, said in ran.err) == (2, True), ran.err
