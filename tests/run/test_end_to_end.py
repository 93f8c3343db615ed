"""The main job end to end: a live API, a plan and registers in; a pack, a report and the same verdicts again out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard

from grc.cli.pack import write_report
from grc.errors import EvidenceError
from grc.evidence import open_assessment, open_pack, verify
from grc.model.assessment import Assessment
from grc.model.evidence import GapReason, Origin
from grc.model.status import Status
from grc.model.views import ProcessingView
from grc.run import assess, open_desk, reperform
from grc.run.collecting import Asked
from grc.run.reporting import report_input

OFFLINE = """
import socket, sys
for name in ("boto3", "botocore", "jinja2", "moto"):
    sys.modules[name] = None
def refuse(*_, **__):
    raise OSError("there is no network here")
socket.socket.connect = refuse
socket.create_connection = refuse
from grc.cli import main
main(["reperform", sys.argv[1], "--format", "json"])
"""


def conclusions(pack: Path) -> Assessment:
    return open_assessment(open_pack(pack)).assessment()


def text_of(pack: Path) -> str:
    """Everything that the pack says, decompressed."""
    said = []
    for path in sorted(pack.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if path.suffix == ".zst":
                data = zstandard.ZstdDecompressor().stream_reader(data).read()
            said.append(data.decode())
    return "\n".join(said)


def test_the_pack_is_what_was_sealed(pack: Path) -> None:
    result = verify(pack)
    assert result.whole, result.faults
    assert any("signature" in line for line in result.not_proven)


def test_every_verdict_is_performed_again_without_network_sdk_or_templates(pack: Path) -> None:
    run = subprocess.run([sys.executable, "-c", OFFLINE, str(pack)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert result["same"] is True
    assert result["observations"] > 100
    assert result["findings"] > 600


def test_a_changed_parameter_in_the_policy_shows(pack: Path, tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(pack, copy)
    (effective,) = copy.glob("assessments/*/policy/effective.json")
    effective.write_bytes(effective.read_bytes().replace(b'"AES256"', b'"AES257"'))
    assert not verify(copy).whole
    with pytest.raises(EvidenceError):
        reperform(copy)


def test_every_source_and_origin_is_there(pack: Path) -> None:
    populations = open_pack(pack).populations()
    sources = {population.unit.source for population in populations}
    assert sources == {"aws", "registers", "documents", "terraform-plan"}
    assert {population.origin for population in populations} == {
        Origin.LIVE,
        Origin.REGISTER,
        Origin.DOCUMENT,
        Origin.PLAN,
    }
    assert all(population.caller for population in populations)


def test_the_leaver_is_found_by_pseudonym_alone(pack: Path) -> None:
    (result,) = (r for r in conclusions(pack).checks if r.check == "register.people.leavers-have-no-aws-access")
    assert (result.status, result.failed, result.not_applicable) == (Status.NOT_SATISFIED, 1, 6)
    said = text_of(pack)
    assert "C-003" not in said
    assert "person:" in said


def test_no_secret_reaches_the_pack(pack: Path) -> None:
    said = text_of(pack)
    for secret in ("simulated-only", "Simulated-0nly", "SecretAccessKey", "secret_access_key"):
        assert secret not in said


def test_what_the_simulator_does_not_say_is_unknown_and_named(pack: Path) -> None:
    (result,) = (r for r in conclusions(pack).checks if r.check == "aws.account-region.snapshot-public-access-blocked")
    assert result.status is Status.UNKNOWN
    gaps = open_pack(pack).manifest.gaps
    assert any(gap.call == "ec2:GetSnapshotBlockPublicAccessState" and gap.permission for gap in gaps)


def test_a_plan_never_moves_a_requirement(pack: Path) -> None:
    results = {result.check: result for result in conclusions(pack).checks}
    planned = results["aws.ec2.security-group.no-open-admin-ports"]
    assert planned.ahead_status is Status.NOT_SATISFIED
    assert all(population.origin is not Origin.PLAN for population in planned.populations)
    volume = results["aws.ec2.volume.encrypted"]
    assert volume.ahead_status is Status.UNKNOWN
    (found,) = open_pack(pack).records_of(volume.check.rpartition(".")[0], "aws_ebs_volume.imaging")  # type: ignore[arg-type]
    assert [gap.reason for gap in found.gaps if gap.path == "Encrypted"] == [GapReason.UNKNOWN_UNTIL_APPLY]


def test_the_waiver_counts_and_never_satisfies(pack: Path) -> None:
    (result,) = (r for r in conclusions(pack).checks if r.check == "aws.s3.bucket.policy-not-public")
    assert (result.status, result.waived, result.failed) == (Status.WAIVED, 1, 0)


def test_an_expired_waiver_counts_as_absent(clinic: Path, pack: Path, tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(pack, copy)
    later = datetime.now(UTC) + timedelta(days=90)
    found = assess(open_desk(clinic / "workspace"), copy, Asked(), as_of=later).assessment()
    (result,) = (r for r in found.checks if r.check == "aws.s3.bucket.policy-not-public")
    assert (result.status, result.failed) == (Status.NOT_SATISFIED, 1)  # and age does not soften it
    assert {r.status for r in found.checks if r.in_scope and r.passed and not r.failed and not r.waived} <= {
        Status.STALE,
        Status.UNKNOWN,
    }


def test_a_later_day_and_other_decisions_are_no_other_policy(clinic: Path, pack: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(clinic / "workspace", workspace)
    (workspace / "waivers.yaml").unlink()
    alike = {}
    for minimum in (12, 14):
        settings = (workspace / "grc.yaml").read_text()
        (workspace / "grc.yaml").write_text(settings.replace("minimum: 12", f"minimum: {minimum}"))
        later = tmp_path / str(minimum)
        shutil.copytree(pack, later)
        assess(open_desk(workspace), later, Asked(), as_of=datetime.now(UTC) + timedelta(days=1))
        (earlier,) = report_input(later, before=(pack,)).earlier
        alike[minimum] = earlier.judged_alike
    assert alike == {12: True, 14: False}


def test_evidence_newer_than_the_instant_is_refused(clinic: Path, pack: Path, tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(pack, copy)
    with pytest.raises(EvidenceError, match="nothing can be assessed as of"):
        assess(open_desk(clinic / "workspace"), copy, Asked(), as_of=datetime.now(UTC) - timedelta(days=1))
    assert len(list((copy / "assessments").iterdir())) == 1


def test_a_narrower_selection_satisfies_nothing_more(clinic: Path, pack: Path, tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(pack, copy)
    whole = conclusions(pack)
    narrow = assess(
        open_desk(clinic / "workspace"), copy, Asked(checks=["aws.s3.bucket.versioning"]), as_of=whole.as_of
    ).assessment()
    good = {finding.requirement for finding in whole.findings if finding.engine_status is Status.SATISFIED}
    assert {f.requirement for f in narrow.findings if f.engine_status is Status.SATISFIED} <= good
    ran = [result for result in narrow.checks if result.ran]
    assert [result.check for result in ran] == ["aws.s3.bucket.versioning"]


def test_the_reports_are_made_from_the_pack_alone_and_repeat(pack: Path, tmp_path: Path) -> None:
    for form in ("html", "json"):
        first, second = tmp_path / f"1.{form}", tmp_path / f"2.{form}"
        write_report(pack, form, first)
        write_report(pack, form, second)
        assert first.read_bytes() == second.read_bytes()
    page = (tmp_path / "1.html").read_text()
    assert "clinic-research-exports" in page
    report = report_input(pack)
    for finding in report.assessment.findings:
        if finding.counted_in is not None:
            code = finding.requirement.partition(":")[2]
            assert code in page


def test_what_the_folder_shows_beyond_one_file_is_from_the_pack_too(pack: Path) -> None:
    report = report_input(pack)
    assert report.every is not None
    every = Counter(observation.check for observation in report.every())
    for result in report.assessment.checks:
        assert every[result.check] == result.subjects + sum(ahead.subjects for ahead in result.ahead)
    assert report.coverage is not None
    assert all(counts["technical"] > 0 < counts["nothing"] for counts in report.coverage.values())
    (processing,) = (view for view in report.views if isinstance(view, ProcessingView))
    rows = {row.activity: row for row in processing.rows}
    assert rows["P-1"].special_basis == "9(2)(h)"
    assert rows["P-3"].retention is None
    assert rows["P-3"].unread == frozenset()


def test_two_processes_give_the_same_bytes_as_one(clinic: Path, pack: Path, tmp_path: Path) -> None:
    when = datetime.now(UTC)
    written = []
    for jobs in (1, 2):
        copy = tmp_path / str(jobs)
        shutil.copytree(pack / "evidence", copy / "evidence")
        layer = assess(open_desk(clinic / "workspace"), copy, Asked(), as_of=when, jobs=jobs)
        written.append((layer.name, b"".join(layer.observations()), (layer.path / "findings.json").read_bytes()))
    assert written[0] == written[1]
