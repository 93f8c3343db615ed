"""The life of a finding on record over packs: raised, overdue, closed, shown to be over, and opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from grc.errors import ConfigError
from grc.evidence import findings_bytes, open_assessment, open_pack
from grc.model.evidence import Unit
from grc.model.identifiers import CheckId
from grc.model.raised import FindingClass, FindingState, RaisedResult
from grc.run import Desk, Reach, assess, collect, open_desk, reperform
from grc.run.collecting import Asked
from grc.run.raising import Raising, Treatment, draft_closing, draft_finding, findings_in, place_finding

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHECK = "register.attestations.valid"
ASKED = Asked(checks=(CheckId(CHECK),))
HEAD = (
    "id,statement,statement_sha256,requirement_ids,signer,role,signed_on,valid_until,evidence_refs,method,reviewed_by\n"
)
GOOD = f"A-1,It is so,{'a' * 64},iso27001:A.5.1,P-1,head,2026-02-01,2026-12-31,E-1,document,P-2\n"
WRONG = GOOD.replace("P-2", "P-1")
SAID = Raising(
    id=None,
    class_=FindingClass.MAJOR,
    condition="One person signs and reviews",
    check=CHECK,
    requirement="iso27001:A.5.1",
    raised_by="Grace",
    raised_on=date(2026, 3, 2),
    owner="Ada",
    due=date(2026, 3, 20),
    repeats=None,
    treatment=Treatment(cause="Nobody else was asked"),
)
DONE = Treatment(correction="Reviewed anew", corrective_action="Two names", proof=(CHECK, date(2026, 4, 1)))


class Silent:
    """Progress that nobody watches."""

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "registers").mkdir()
    (tmp_path / "grc.yaml").write_text("format: grc.workspace/1\n", encoding="utf-8")
    return open_desk(tmp_path)


def assessed(desk: Desk, row: str, day: int) -> tuple[Path, RaisedResult]:
    """A pack of a day after the start, and where the only finding stands in it."""
    workspace, now = desk.workspace.folder, START + timedelta(days=day)
    (workspace / "registers" / "attestations.csv").write_text(HEAD + row, encoding="utf-8")
    pack = workspace / f"pack-{day}"
    collect(desk, Reach(names=("registers",)), pack, ASKED, clock=lambda: now, progress=Silent())
    assess(desk, pack, ASKED, as_of=now)
    as_of, (only,) = findings_in(pack)
    assert as_of == now
    return pack, only


@pytest.mark.slow
def test_from_its_raising_to_its_return(desk: Desk) -> None:
    place_finding(draft_finding(desk, SAID))
    states = [assessed(desk, WRONG, 0)[1].state, assessed(desk, WRONG, 19)[1].state]
    place_finding(draft_closing(desk, "F-2026-001", DONE, "Grace", date(2026, 3, 24)))
    lives = [assessed(desk, GOOD, 25), assessed(desk, GOOD, 31), assessed(desk, WRONG, 32)]
    assert [*states, *(each.state for _, each in lives)] == [
        FindingState.OPEN,
        FindingState.OVERDUE,
        FindingState.UNSHOWN,
        FindingState.CLOSED,
        FindingState.REOPENED,
    ]
    (desk.workspace.folder / "findings" / "F-2026-001.yaml").unlink()
    assert reperform(lives[-1][0]).same


def test_only_what_is_said_of_findings_differs_between_with_and_without(desk: Desk) -> None:
    pack, _ = assessed_with(desk)
    with_it = open_assessment(open_pack(pack)).assessment()
    (desk.workspace.folder / "findings" / "F-2026-001.yaml").unlink()
    layer = assess(desk, pack, ASKED, as_of=START)
    without = layer.assessment()
    assert b'"raised":' not in findings_bytes(without)
    assert replace(with_it, raised=(), policy_digest=without.policy_digest) == without


def assessed_with(desk: Desk) -> tuple[Path, RaisedResult]:
    place_finding(draft_finding(desk, SAID))
    return assessed(desk, WRONG, 0)


def test_a_file_that_changed_meanwhile_is_not_written_over(desk: Desk) -> None:
    place_finding(draft_finding(desk, SAID))
    drafted = draft_closing(desk, "F-2026-001", DONE, "Grace", date(2026, 3, 24))
    path = desk.workspace.folder / "findings" / "F-2026-001.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a word\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="has changed just now"):
        place_finding(drafted)
    assert path.read_text(encoding="utf-8").endswith("# a word\n")
