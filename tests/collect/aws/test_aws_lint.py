"""The lint is clean on what is shipped, and each of its rules can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from grc.collect.aws import allowlist, declared
from grc.collect.aws.lint import lint
from grc.errors import ConfigError, DataError

S3 = (declared.SHIPPED / "s3.yaml").read_text()


def test_what_is_shipped_is_clean() -> None:
    assert lint() == ()


WRONG = [
    ("s3", "format: grc.resources/1", "format: grc.resources/2", "'grc.resources/1' was expected"),
    ("s3", "scope: global", "scope: everywhere", "'everywhere' is not one of"),
    ("s3", "scope: global\n", "scope: global\n    colour: red\n", "'colour' was unexpected"),
    ("s3", "op: list_buckets", "op: list_bucket", "s3 has no operation 'list_bucket'"),
    ("s3", "path: Buckets", "path: Bucket", "the answer of ListBuckets has no 'Bucket'"),
    ("s3", "id: Name", "id: Nam", "the listed item has no field 'Nam'"),
    ("s3", ":::{Name}", ":::{Nam}", "the listed item has no field 'Nam'"),
    ("s3", "region: BucketRegion", "region: Region", "the listed item has no field 'Region'"),
    ("s3", "tags: tags", "tags: labels", "neither a field nor a section is named 'labels'"),
    ("s3", "params: {Bucket: Name}", "params: {Bukket: Name}", "has no parameter 'Bukket'"),
    ("s3", "params: {Bucket: Name}", "params: {Bucket: Nam}", "the listed item has no field 'Nam'"),
    ("s3", "    params: {Bucket: Name}\n", "", "needs the parameter 'Bucket'"),
    ("s3", "path: PolicyStatus", "path: PolicyState", "the answer of GetBucketPolicyStatus has no 'PolicyState'"),
    ("s3", "        root: PolicyStatus\n", "", "say with which root element"),
    ("s3", "require: [Grants]", "require: [Grant]", "the answer of GetBucketAcl has no 'Grant'"),
    ("s3", "op: get_bucket_policy\n", "op: get_object\n", "GetObject is not on the list"),
    ("s3", "acl.Owner.DisplayName: drop", "acls.Owner: drop", "there is no 'acls.Owner'"),
    (
        "s3",
        "op: list_buckets, path: Buckets,",
        "op: get_bucket_location, path: LocationConstraint,",
        "takes no page size",
    ),
    ("ec2", "disableApiTermination", "userData", "only with Attribute in disableApiTermination"),
    ("iam", "{AccessKeyId: AccessKeyId}", "{AccessKeyId: KeyId}", "the listed item has no field 'KeyId'"),
    ("iam", "derive: person", "derive: persons", "there is no derivation 'persons'"),
    ("ecs", "definitions_in_use", "definitions", "nothing finds further items by the name 'definitions'"),
    ("ecs", "ecs:DescribeTasks", "ecs:RunTask", "ecs:RunTask is not on the list of reviewed reads"),
    ("iam", "schema: text", "schema: prose", "there is no shape 'prose'"),
    ("kms", "        op: list_aliases\n        path: Aliases\n", "        op: list_aliases\n", "comes in pages"),
    ("kms", "service: kms", "service: kmss", "kmss has no operation"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "message"), WRONG)
def test_each_rule_refuses_and_says_where(tmp_path: Path, name: str, right: str, wrong: str, message: str) -> None:
    text = (declared.SHIPPED / f"{name}.yaml").read_text()
    assert right in text
    (tmp_path / f"{name}.yaml").write_text(text.replace(right, wrong))
    problems = [
        problem
        for problem in lint(tmp_path)
        if problem.path.endswith(f"{name}.yaml") and "allowlist" not in problem.path
    ]
    assert any(message in problem.message for problem in problems), "\n".join(map(str, problems))
    assert all(problem.line > 1 or problem.at in ("$.format", "$") for problem in problems)


WRONG_READS = [
    ("ListBuckets:", "ListBucketz:", "s3 has no operation 'ListBucketz'"),
    (", reason: the one listing of S3 that has a name of its own}", "}", "give a reason"),
    ('"*:GetSecretValue"', '"s3:ListBuckets"', "both allowed and forbidden"),
    (
        "    ListBuckets:",
        '    ListMultipartUploads: {action: "s3:ListMultipartUploads"}\n    ListBuckets:',
        "nothing calls it",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "message"), WRONG_READS)
def test_the_list_of_reads_is_proven_too(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    text = allowlist.SHIPPED.read_text()
    assert right in text
    path = tmp_path / "allowlist.yaml"
    path.write_text(text.replace(right, wrong))
    assert any(message in str(problem) for problem in lint(reads=path))


def test_a_file_that_is_not_yaml_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "s3.yaml").write_text("a: [\n")
    assert [problem.line for problem in lint(tmp_path)] == [2]


def test_loading_refuses_what_is_not_a_reviewed_read(tmp_path: Path) -> None:
    (tmp_path / "s3.yaml").write_text(S3.replace("op: get_bucket_policy\n", "op: get_object\n"))
    with pytest.raises(ConfigError, match="s3:get_object is not on the list of reviewed reads"):
        declared.load(tmp_path)


def test_loading_refuses_what_is_never_called(tmp_path: Path) -> None:
    path = tmp_path / "allowlist.yaml"
    path.write_text(allowlist.SHIPPED.read_text().replace('"*:GetSecretValue"', '"s3:ListBuckets"'))
    with pytest.raises(ConfigError, match="s3:ListBuckets is never called: it gives a secret"):
        allowlist.load(path).read("s3", "list_buckets")


def test_loading_refuses_another_format_and_a_kind_declared_twice(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(S3)
    (tmp_path / "b.yaml").write_text(S3)
    (tmp_path / "c.yaml").write_text(S3.replace("grc.resources/1", "grc.resources/9"))
    with pytest.raises(DataError) as raised:
        declared.load(tmp_path)
    assert [problem.message for problem in raised.value.problems] == [
        "the kind aws.s3.bucket is declared twice",
        "this engine reads grc.resources/1",
    ]
