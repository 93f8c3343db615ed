"""The commands on the demonstration's pack: what scripts and people rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Grc = Callable[..., Any]
KEYS = {
    "frameworks": {"id", "title"},
    "requirements": {"id", "title", "counted", "assessable", "parts"},
    "controls": {"id", "title", "checks"},
    "checks": {"id", "title", "severity", "kind", "equivalents"},
    "mappings": {"control", "requirement", "part", "relation", "covers", "rationale"},
    "kinds": {"id", "title", "provider", "scope"},
    "collectors": {"id", "reads", "origin", "kinds"},
    "registers": {"id", "title", "file", "columns"},
}


def rows(grc: Grc, *arguments: object) -> list[dict[str, Any]]:
    ran = grc("list", *arguments, "--format", "json")
    assert ran.code == 0
    found: list[dict[str, Any]] = json.loads(ran.out)
    return found


@pytest.mark.parametrize("what", sorted(KEYS))
def test_each_listing_has_its_keys_as_json_and_a_line_a_row_as_text(grc: Grc, what: str) -> None:
    found = rows(grc, what)
    assert found
    assert all(KEYS[what] <= row.keys() for row in found)
    entries = [line for line in grc("list", what).out.splitlines() if line and not line.startswith(" ")]
    assert len(entries) == len(found)


def test_a_framework_narrows_requirements_and_mappings(grc: Grc) -> None:
    counted = [row for row in rows(grc, "requirements", "--framework", "iso27001") if row["counted_in"] == "annex-a"]
    assert len(counted) == 93
    assert {row["requirement"].partition(":")[0] for row in rows(grc, "mappings", "--framework", "gdpr")} == {"gdpr"}


def test_a_kind_and_a_control_narrow_the_checks(grc: Grc) -> None:
    assert {row["kind"] for row in rows(grc, "checks", "--kind", "aws.kms.key")} == {"aws.kms.key"}
    control = rows(grc, "controls", "--kind", "aws.kms.key")[0]
    listed = {row["id"] for row in rows(grc, "checks", "--control", control["id"])}
    assert listed == {*control["checks"]["deciding"], *control["checks"]["advisory"]}


@pytest.mark.parametrize("name", ["iso27001:A.8.24", "A.8.24", "a.8.24", "Art. 32(1)(a)", "164.312(d)", "DSS05.04"])
def test_a_requirement_is_found_as_auditors_write_it(grc: Grc, name: str) -> None:
    ran = grc("explain", name)
    assert ran.code == 0
    assert "counted" in ran.out


def test_a_conclusion_is_traced_down_to_the_call(grc: Grc, pack: Path) -> None:
    whole = grc("explain", "A.8.24", "--pack", pack).out
    assert "aws.s3.bucket.default-encryption is" in whole
    assert whole.splitlines()[3].startswith("  iso27001:A.8.24 is ")  # the conclusion first
    assert whole.index("aws.s3.bucket.default-encryption is") < whole.index("Typical evidence:")
    ran = grc("explain", "aws.s3.bucket.versioning", "--pack", pack, "--subject", "arn:aws:s3:::clinic-website")
    assert ran.code == 0
    for said in ("fail", "s3:ListBuckets", "s3:GetBucketVersioning", "sha256:", "paging finished", "versioning.Status"):
        assert said in ran.out


def test_a_gap_names_the_call_and_the_permission(grc: Grc, pack: Path) -> None:
    out = grc("explain", "aws.account-region.snapshot-public-access-blocked", "--pack", pack).out
    assert "ec2:GetSnapshotBlockPublicAccessState, needs ec2:GetSnapshotBlockPublicAccessState" in out


def test_explain_gives_the_remedy_as_code_or_says_why_there_is_none(grc: Grc) -> None:
    given = grc("explain", "aws.s3.bucket.versioning").out
    assert "  with the command line:\n    aws s3api put-bucket-versioning" in given
    assert '  with Terraform:\n    resource "aws_s3_bucket_versioning" "example" {\n' in given
    declined = " ".join(grc("explain", "aws.account.root-mfa").out.split())
    assert "with Terraform: none, because" in declined


def test_explain_as_json_is_data(grc: Grc) -> None:
    found = json.loads(grc("explain", "aws.s3.bucket.versioning", "--format", "json").out)
    assert found["id"] == "aws.s3.bucket.versioning"
    assert found["mappings"]


@pytest.mark.parametrize(
    ("expression", "value", "kind"),
    [
        ("[1, 2, 3].exists(x, x > 2)", True, "bool"),
        ("{'a': 1u}['a']", 1, "uint"),
        ("timestamp('2026-01-01T00:00:00Z') + duration('36h')", "2026-01-02T12:00:00Z", None),
        ("optional.none()", "none", "optional_type"),
        ("b'\\x01'", "01", "bytes"),
    ],
)
def test_an_expression_has_a_value_and_a_type(grc: Grc, expression: str, value: object, kind: str | None) -> None:
    found = json.loads(grc("eval", expression, "--format", "json").out)
    assert found["value"] == value
    assert kind in (None, found["type"])


def test_an_expression_reads_its_input(grc: Grc, tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("user: {name: ada, ids: [5.10]}\n")
    ran = grc("eval", "user.name + user.ids[0]", "--input", tmp_path / "data.yaml", "--format", "json")
    assert json.loads(ran.out) == {"value": "ada5.10", "type": "string", "reads": ["user.ids", "user.name"]}


@pytest.mark.parametrize(
    ("expression", "value", "kind"),
    [
        ('resource.?versioning.?Status.orValue("none")', "none", "string"),
        ("resource.policy", None, "null_type"),  # the policy was read: there is none
        ("subject.place", "aws/123456789012", "string"),
    ],
)
def test_an_expression_is_asked_of_a_subject(
    grc: Grc, pack: Path, expression: str, value: str | None, kind: str
) -> None:
    subject = "arn:aws:s3:::clinic-research-exports"
    ran = grc("eval", expression, "--pack", pack, "--subject", subject, "--format", "json")
    found = json.loads(ran.out)
    assert (found["value"], found["type"]) == (value, kind)


def test_the_iam_policy_asks_for_no_more_than_the_check_reads(grc: Grc) -> None:
    policy = json.loads(grc("iam-policy", "--check", "aws.s3.bucket.versioning").out)
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert {"s3:ListAllMyBuckets", "s3:GetBucketVersioning"} <= actions
    assert all(action.startswith(("s3:", "sts:", "ec2:DescribeRegions")) for action in actions)
    whole = json.loads(grc("iam-policy").out)
    assert not any("*" in action for statement in whole["Statement"] for action in statement["Action"])


def test_what_enters_the_accounts_of_a_workspace_is_a_policy_of_its_own(grc: Grc, tmp_path: Path) -> None:
    declared = tmp_path / "grc.yaml"
    declared.write_text(
        "format: grc.workspace/1\nscope: {aws: {accounts: organization, role: reader}}\n", encoding="utf-8"
    )
    policy = json.loads(grc("iam-policy", "--enter", "--workspace", tmp_path).out)
    assert [statement["Sid"] for statement in policy["Statement"]] == ["GrcEntersAccounts", "GrcListsAccounts"]
    ran = grc("iam-policy", "--enter", "--workspace", tmp_path, "--check", "aws.s3.bucket.versioning")
    assert (ran.code, "leave --check" in ran.err) == (2, True)
    declared.write_text("format: grc.workspace/1\n", encoding="utf-8")
    ran = grc("iam-policy", "--enter", "--workspace", tmp_path)
    assert (ran.code, "needs `accounts` and `role`" in ran.err) == (2, True)


def test_verify_and_reperform_say_what_holds(grc: Grc, pack: Path) -> None:
    ran = grc("verify", pack)
    assert ran.code == 0
    assert "Not proven by this:" in ran.out
    assert json.loads(grc("verify", pack, "--format", "json").out)["whole"] is True
    ran = grc("reperform", pack)
    assert (ran.code, "the same byte for byte" in ran.out) == (0, True)


@pytest.mark.parametrize("command", ["report", "verify", "reperform"])
@pytest.mark.parametrize("within", [".", "packs"])
def test_a_folder_of_packs_is_told_from_a_pack(
    grc: Grc, clinic: Path, pack: Path, tmp_path: Path, command: str, within: str
) -> None:
    given = ("--out", tmp_path / "r.html") if command == "report" else ()
    ran = grc(command, clinic / within, *given)
    assert ran.code == (2 if command == "report" else 3)
    assert f"name one, such as {clinic / 'packs' / pack.name}" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_lint_and_test_pass_on_what_is_shipped(grc: Grc) -> None:
    assert grc("lint").code == 0
    ran = grc("test", Path(__file__).parents[2] / "checks" / "aws" / "kms.yaml")
    assert ran.code == 0
    assert "6 checks, " in ran.out
    assert ", 0 failures" in ran.out


def test_checks_are_tested_by_id_or_file_and_a_name_that_is_none_is_refused(grc: Grc) -> None:
    named = "aws.s3.bucket.versioning"
    ran = grc("test", named, Path(__file__).parents[2] / "checks" / "aws" / "kms.yaml", "--format", "json")
    tested = [one["check"] for one in json.loads(ran.out)]
    assert len(tested) == 7
    assert named in tested
    for nothing in ("aws.s3.bucket.versionning", "checks/no-such.yaml", Path(__file__).parent):
        ran = grc("test", named, nothing)
        assert (ran.code, "no check is called" in ran.err) == (2, True)
    assert grc("lint", "no-such.yaml").code == 2


def test_the_checks_of_a_workspace_are_tested_from_within_it(
    grc: Grc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "grc.yaml").write_text("format: grc.workspace/1\n", encoding="utf-8")
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "keys.yaml").write_text(
        "format: grc.checks/1\n"
        "checks:\n"
        "- id: aws.kms.key.named\n"
        "  title: Keys bear a name\n"
        "  severity: low\n"
        "  kind: aws.kms.key\n"
        '  assert: resource.?KeyId.orValue("") == "named"\n'
        "  fail: Key {resource.KeyId} bears no name\n"
        "  remedy: {text: Name it}\n"
        "  source: [https://clinic.example/keys]\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    ran = grc("test", "checks")
    assert ran.code == 3
    assert "aws.kms.key.named: no example" in ran.out


def test_report_writes_json_and_html(grc: Grc, pack: Path, tmp_path: Path) -> None:
    assert grc("report", pack, "--format", "json", "--out", tmp_path / "r.json").code == 0
    assert json.loads((tmp_path / "r.json").read_text())["format"] == "grc.report/1"
    assert grc("report", pack, "--out", tmp_path / "r.html").code == 0
    assert b"<!doctype html>" in (tmp_path / "r.html").read_bytes()[:100].lower()


@pytest.mark.slow
def test_report_as_a_folder_is_compared_with_an_earlier_pack(
    grc: Grc, clinic: Path, pack: Path, tmp_path: Path
) -> None:
    import shutil

    later, out = tmp_path / "pack", tmp_path / "site"
    shutil.copytree(pack, later)
    assert grc("assess", later, "--workspace", clinic / "workspace").code == 3
    ran = grc("report", later, "--format", "site", "--before", pack, "--out", out)
    assert ran.code == 0
    assert f"Report: {out / 'index.html'}" in ran.out
    assert 'id="report/changes"' in (out / "index.html").read_text()
    assert "technical check" in (out / "index.html").read_text()
    assert (out / "tables" / "observations.csv").read_text().count(",pass,") > 500
    assert grc("report", pack, "--format", "site", "--out", out).code == 0  # in its place
    assert 'id="report/changes"' not in (out / "index.html").read_text()
    refused = grc("report", pack, "--format", "site", "--before", later, "--out", out)
    assert refused.code == 2
    assert "is not before" in refused.err


def test_report_goes_nowhere_that_it_does_not_belong(grc: Grc, pack: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for form in ("html", "site"):
        ran = grc("report", pack, "--format", form, "--out", tmp_path)
        assert ran.code == 2
        assert str(tmp_path) in ran.err
    assert grc("report", pack, "--before", pack, "--out", tmp_path / "r.html").code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_assessing_again_under_a_requirement_gate(grc: Grc, clinic: Path, pack: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "pack"
    shutil.copytree(pack, copy)
    ran = grc("assess", copy, "--workspace", clinic / "workspace", "--gate", "requirements", "--framework", "gdpr")
    assert ran.code == 3
    assert "GDPR" in ran.out
    assert "HIPAA" not in ran.out


def test_a_reader_who_goes_away_is_no_crash() -> None:
    command = [sys.executable, "-c", "from grc.cli import main; main(['list', 'frameworks'])"]
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")
