"""The clinic's workspace: what it declares, its registers, its waiver and the plan of its next change.

Dates are reckoned from the day of the demonstration, so that it never goes stale.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

GRC_YAML: Final = """\
# The demonstration's workspace. `grc init` makes one of your own, with every choice explained.
format: grc.workspace/1
organisation:
  name: Example Clinic
  timezone: Europe/Berlin
  contacts: {security: security@clinic.example, privacy: dpo@clinic.example}
scope:
  aws: {regions: [eu-central-1]}
  paths: [infra/plan.json]
period: {from: FROM, to: TO}
params:
  aws.account.password-length: {minimum: 12}
"""

WAIVERS_YAML: Final = """\
format: grc.waivers/1
waivers:
- id: W-1
  check: aws.s3.bucket.policy-not-public
  subject: arn:aws:s3:::clinic-website
  reason: The bucket holds the public web site and nothing else
  requested-by: Ada Example
  approved-by: Grace Example
  approved-on: APPROVED
  until: UNTIL
"""


def write_workspace(folder: Path, today: date) -> None:
    """Write the workspace into a folder, over an earlier demonstration's."""
    for name, text in _files(today).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _files(today: date) -> Mapping[str, str]:
    year = today.replace(month=1, day=1)
    days = {"FROM": year, "TO": year.replace(month=12, day=31)}
    waived = {"APPROVED": today - timedelta(days=30), "UNTIL": today + timedelta(days=60)}
    return {
        "grc.yaml": _dated(GRC_YAML, days),
        "waivers.yaml": _dated(WAIVERS_YAML, waived),
        "registers/people.csv": _csv(_people(today)),
        "registers/training.csv": _csv(_training(today)),
        "registers/continuity-tests.csv": _csv(_continuity_tests(today)),
        "infra/plan.json": json.dumps(_plan(), indent=2) + "\n",
    }


def _dated(text: str, days: Mapping[str, date]) -> str:
    for word, day in days.items():
        text = text.replace(word, day.isoformat())
    return text


def _csv(rows: Sequence[Mapping[str, object]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _people(today: date) -> list[dict[str, object]]:
    """Three people at work and one who left six weeks ago and whose IAM user nobody disabled."""

    def person(number: int, role: str, user: str, joined: int, left: int | None = None) -> dict[str, object]:
        start = today - timedelta(days=joined)
        return {
            "person_id": f"C-{number:03}",
            "role": role,
            "manager": "C-001",
            "start_on": start,
            "end_on": "" if left is None else today - timedelta(days=left),
            "employment_type": "employee",
            "screened_on": start - timedelta(days=14),
            "nda_signed_on": start,
            "aws_user": user,
            "exported_on": today - timedelta(days=1),
        }

    return [
        person(1, "head of platform", "ada", 900),
        person(2, "database administrator", "grace", 400),
        person(3, "web developer", "charlie", 700, left=42),
        person(4, "practice manager", "", 45),
    ]


def _training(today: date) -> list[dict[str, object]]:
    """The practice manager is new and has not finished the course; the administrator's is overdue."""

    def course(number: int, assigned: int, completed: int | None) -> dict[str, object]:
        return {
            "person_id": f"C-{number:03}",
            "course_id": "privacy-and-security",
            "course_version": "2026",
            "assigned_on": today - timedelta(days=assigned),
            "completed_on": "" if completed is None else today - timedelta(days=completed),
            "score": "" if completed is None else 92,
            "expires_on": "" if completed is None else today - timedelta(days=completed) + timedelta(days=365),
            "exported_on": today - timedelta(days=2),
        }

    return [course(1, 120, 100), course(2, 410, 398), course(3, 300, 290), course(4, 44, None)]


def _continuity_tests(today: date) -> list[dict[str, object]]:
    def test(name: str, service: str, ago: int, result: str, found: int) -> dict[str, object]:
        return {
            "test_id": name,
            "service": service,
            "plan_id": f"BCP-{service}",
            "type": "restore",
            "performed_on": today - timedelta(days=ago),
            "achieved_rto_minutes": 95,
            "target_rto_minutes": 120,
            "achieved_rpo_minutes": 10,
            "target_rpo_minutes": 15,
            "result": result,
            "findings_open": found,
            "witness": "C-002",
            "reported_on": today - timedelta(days=3),
        }

    return [
        test("T-1", "patient-records", 80, "passed", 0),
        test("T-2", "appointments", 120, "passed-with-findings", 1),
    ]


def _plan() -> dict[str, Any]:
    """The next change as `terraform show -json` prints it: a bucket, a group that lets the world in, a volume."""
    new: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, list[str]]]] = {
        "aws_s3_bucket.imaging": (
            {"bucket": "clinic-imaging", "tags_all": {"DataClass": "personal"}},
            {"id": True},
            {},
        ),
        "aws_s3_bucket_server_side_encryption_configuration.imaging": (
            {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}]},
            {"bucket": True, "rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}]},
            {"bucket": ["aws_s3_bucket.imaging.id", "aws_s3_bucket.imaging"]},
        ),
        "aws_s3_bucket_versioning.imaging": (
            {"versioning_configuration": [{"status": "Enabled"}]},
            {"bucket": True},
            {"bucket": ["aws_s3_bucket.imaging.id", "aws_s3_bucket.imaging"]},
        ),
        "aws_security_group.imaging": (
            {
                "name": "clinic-imaging",
                "description": "viewer",
                "ingress": [{"protocol": "tcp", "from_port": 3389, "to_port": 3389, "cidr_blocks": ["0.0.0.0/0"]}],
            },
            {"id": True},
            {"ingress": []},
        ),
        "aws_ebs_volume.imaging": ({"size": 200, "type": "gp3"}, {"id": True, "encrypted": True}, {}),
        "aws_db_instance.imaging": (
            {
                "identifier": "imaging",
                "engine": "postgres",
                "storage_encrypted": True,
                "publicly_accessible": False,
                "backup_retention_period": 14,
            },
            {"arn": True},
            {},
        ),
    }
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": [_planned(name, new[name][0]) for name in new]}},
        "resource_changes": [
            {"address": name, "change": {"actions": ["create"], "after_unknown": unknown}}
            for name, (_, unknown, _) in new.items()
        ],
        "configuration": {
            "root_module": {
                "resources": [_configured(name, values, refers) for name, (values, _, refers) in new.items()]
            }
        },
    }


def _planned(address: str, values: Mapping[str, Any]) -> dict[str, Any]:
    type_, _, name = address.partition(".")
    return {"address": address, "mode": "managed", "type": type_, "name": name, "values": dict(values)}


def _configured(address: str, values: Mapping[str, Any], refers: Mapping[str, list[str]]) -> dict[str, Any]:
    constants = {argument: {"constant_value": value} for argument, value in values.items()}
    references = {argument: {"references": names} for argument, names in refers.items()}
    return {"address": address, "expressions": {**constants, **references}}
