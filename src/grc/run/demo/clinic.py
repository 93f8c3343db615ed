"""The clinic's workspace: what it declares, its registers, waivers, statements and findings, and its next change.

Dates are reckoned from the day of the demonstration, so that it never goes stale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from grc.run.demo.attestations import attestation_files
from grc.run.demo.decisions import APPLICABILITY_YAML, capability_yaml
from grc.run.demo.findings import finding_files
from grc.run.demo.registers import register_files

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
- id: W-2
  check: aws.s3.bucket.versioning
  subjects: arn:aws:s3:::clinic-scratch-*
  reason: Scratch buckets hold nothing that is needed the next day
  risk: R-4
  requested-by: Ada Example
  approved-by: Grace Example
  approved-on: APPROVED
  until: SOON
- id: W-3
  check: aws.ec2.security-group.no-open-admin-ports
  reason: The old imaging server was maintained over the internet until its replacement
  requested-by: Ada Example
  approved-by: Grace Example
  approved-on: LONG_AGO
  until: ENDED
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
    waived = {
        "APPROVED": today - timedelta(days=30),
        "UNTIL": today + timedelta(days=60),
        "SOON": today + timedelta(days=12),
        "LONG_AGO": today - timedelta(days=200),
        "ENDED": today - timedelta(days=20),
    }
    kept = register_files(today)
    return {
        "grc.yaml": _dated(GRC_YAML, days),
        "waivers.yaml": _dated(WAIVERS_YAML, waived),
        "applicability.yaml": _dated(APPLICABILITY_YAML, waived),
        "capability.yaml": _dated(capability_yaml(), waived),
        **kept,
        **attestation_files(today, kept),
        **finding_files(today),
        "infra/plan.json": json.dumps(_plan(), indent=2) + "\n",
    }


def _dated(text: str, days: Mapping[str, date]) -> str:
    for word, day in days.items():
        text = text.replace(word, day.isoformat())
    return text


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
            {"id": True, "vpc_id": True},
            {"ingress": []},
        ),
        "aws_ebs_volume.imaging": ({"size": 200, "type": "gp3"}, {"id": True, "encrypted": True}, {}),
        "aws_db_instance.imaging": (
            {
                "identifier": "imaging",
                "engine": "postgres",
                "username": "imaging_owner",
                "storage_encrypted": True,
                "publicly_accessible": False,
                "backup_retention_period": 14,
            },
            {"arn": True, "engine_version": True},
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
