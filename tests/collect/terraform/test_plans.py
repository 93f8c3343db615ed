"""Terraform plans: what is known becomes fact, what is not known a gap at its exact path."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from terraform_plans import plan, resource

from grc.collect.terraform import open_plan
from grc.errors import ConfigError
from grc.model.evidence import GapReason, Origin, Population, Record, Unit
from grc.model.identifiers import KindName

BUCKET = KindName("aws.s3.bucket")
GROUP = KindName("aws.ec2.security-group")
VOLUME = KindName("aws.ec2.volume")
DATABASE = KindName("aws.rds.instance")


@dataclass
class Held:
    """A sink and a progress that keep what they are given."""

    units: dict[KindName, tuple[Population, Sequence[Record]]] = field(default_factory=dict)

    def has(self, unit: Unit) -> bool:
        return unit.kind in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.units[population.unit.kind] = (population, records)

    def planned(self, units: int) -> None:
        assert units == 1

    def done(self, unit: Unit) -> None:
        assert unit.kind in self.units


def translate(folder: Path, document: object, kind: KindName) -> tuple[Population, Sequence[Record]]:
    path = folder / "plan.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    source = open_plan(path, "infra/plan.json", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    held = Held()
    source.collect({kind: frozenset()}, held, held)
    return held.units[kind]


def one(folder: Path, kind: KindName, *resources: dict[str, Any]) -> Record:
    _, (record,) = translate(folder, plan(*resources), kind)
    return record


def encryption(algorithm: str) -> dict[str, Any]:
    return {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": algorithm}]}]}


def test_a_bucket_and_what_is_attached_to_it_are_one_record(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        BUCKET,
        resource("aws_s3_bucket.logs", {"bucket": "logs", "tags_all": {"Team": "ops"}}, unknown={"id": True}),
        resource(
            "aws_s3_bucket_server_side_encryption_configuration.logs",
            encryption("aws:kms"),
            unknown={"bucket": True},
            refers={"bucket": ["aws_s3_bucket.logs.id", "aws_s3_bucket.logs"]},
        ),
        resource(
            "aws_s3_bucket_versioning.logs", {"bucket": "logs", "versioning_configuration": [{"status": "Enabled"}]}
        ),
    )
    assert record.subject == "aws_s3_bucket.logs"
    assert record.origin is Origin.PLAN
    assert record.tags == {"Team": "ops"}
    assert record.body["encryption"] == {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    assert record.body["versioning"] == {"Status": "Enabled"}
    assert record.gaps == ()


def test_a_new_bucket_that_sets_nothing_has_the_defaults_of_aws(tmp_path: Path) -> None:
    record = one(tmp_path, BUCKET, resource("aws_s3_bucket.plain", {"bucket": "plain"}))
    assert record.body["public_access_block"]["BlockPublicAcls"] is True
    assert record.body["versioning"] == {}
    assert "logging" not in record.body
    assert record.gaps == ()


def test_of_an_existing_bucket_nothing_is_assumed(tmp_path: Path) -> None:
    record = one(tmp_path, BUCKET, resource("aws_s3_bucket.old", {"bucket": "old"}, action="update"))
    assert {gap.reason for gap in record.gaps} == {GapReason.NOT_TRANSLATED}
    assert {gap.path for gap in record.gaps} >= {"encryption", "public_access_block", "versioning"}
    assert "encryption" not in record.body


def test_an_attachment_of_unknown_owner_makes_every_bucket_uncertain(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        BUCKET,
        resource("aws_s3_bucket.logs", {"bucket": "logs"}),
        resource("aws_s3_bucket_policy.p", {}, unknown={"bucket": True, "policy": True}, refers={"bucket": ["var.b"]}),
    )
    assert [gap.path for gap in record.gaps] == ["access", "policy"]
    assert all("aws_s3_bucket_policy.p may set it" in (gap.detail or "") for gap in record.gaps)


def test_a_value_known_only_after_apply_is_a_gap_at_its_path(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        BUCKET,
        resource("aws_s3_bucket.logs", {"bucket": "logs"}),
        resource(
            "aws_s3_bucket_server_side_encryption_configuration.logs",
            {"bucket": "logs", "rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}]},
            unknown={"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}]},
        ),
    )
    (gap,) = record.gaps
    assert gap.path == "encryption.Rules[0].ApplyServerSideEncryptionByDefault.KMSMasterKeyID"
    assert gap.reason is GapReason.UNKNOWN_UNTIL_APPLY


def test_count_and_for_each_pair_instance_with_instance(tmp_path: Path) -> None:
    resources = [resource(f"aws_s3_bucket.b[{n}]", {"bucket": f"b{n}"}) for n in (0, 1)]
    resources += [
        resource(
            f"aws_s3_bucket_versioning.v[{n}]",
            {"versioning_configuration": [{"status": status}]},
            unknown={"bucket": True},
            refers={"bucket": ["aws_s3_bucket.b", "count.index"]},
        )
        for n, status in ((0, "Enabled"), (1, "Suspended"))
    ]
    _, records = translate(tmp_path, plan(*resources), BUCKET)
    assert [record.body["versioning"] for record in records] == [{"Status": "Enabled"}, {"Status": "Suspended"}]


def test_two_attachments_of_one_setting_are_not_guessed_between(tmp_path: Path) -> None:
    twice = [
        resource(f"aws_s3_bucket_versioning.{name}", {"bucket": "b", "versioning_configuration": [{"status": status}]})
        for name, status in (("x", "Enabled"), ("y", "Suspended"))
    ]
    record = one(tmp_path, BUCKET, resource("aws_s3_bucket.b", {"bucket": "b"}), *twice)
    assert [gap.path for gap in record.gaps] == ["versioning"]


@pytest.mark.parametrize("type_", ["aws_security_group_rule", "aws_vpc_security_group_ingress_rule"])
def test_rules_of_their_own_join_their_group(tmp_path: Path, type_: str) -> None:
    values = {
        "aws_security_group_rule": {"type": "ingress", "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]},
        "aws_vpc_security_group_ingress_rule": {"ip_protocol": "tcp", "cidr_ipv4": "0.0.0.0/0"},
    }[type_]
    refers = {"security_group_id": ["aws_security_group.web.id", "aws_security_group.web"]}
    record = one(
        tmp_path,
        GROUP,
        resource("aws_security_group.web", {"name": "web"}, unknown={"id": True, "ingress": True}),
        resource(f"{type_}.ssh", {**values, "from_port": 22, "to_port": 22}, refers=refers),
    )
    assert record.body["IpPermissions"] == [
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ]
    assert [gap.path for gap in record.gaps] == ["GroupId"]


def test_an_egress_rule_is_not_an_ingress_rule(tmp_path: Path) -> None:
    refers = {"security_group_id": ["aws_security_group.web.id"]}
    values = {"type": "egress", "protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}
    record = one(
        tmp_path,
        GROUP,
        resource("aws_security_group.web", {"name": "web"}, unknown={"ingress": True}),
        resource("aws_security_group_rule.out", values, refers=refers),
    )
    assert record.body["IpPermissions"] == []


def test_an_address_known_only_after_apply_is_a_gap_in_its_rule(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        GROUP,
        resource(
            "aws_security_group.web",
            {"name": "web", "ingress": [{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": [None]}]},
            unknown={"ingress": [{"cidr_blocks": [True]}]},
        ),
    )
    assert [gap.path for gap in record.gaps] == ["IpPermissions[0].IpRanges[0].CidrIp"]


@pytest.mark.parametrize(
    ("address", "block", "kind", "gap"),
    [
        ("aws_lb.dyn", "access_logs", "aws.elbv2.load-balancer", "attributes[0].Value"),
        ("aws_s3_bucket.dyn", "versioning", "aws.s3.bucket", None),
        ("aws_security_group.dyn", "ingress", "aws.ec2.security-group", None),
    ],
)
def test_a_block_that_is_marked_may_be_dynamic_where_the_provider_fills_nothing_in(
    tmp_path: Path, address: str, block: str, kind: str, gap: str | None
) -> None:
    """A plan names no dynamic block: that nothing is seen to set it does not say that nothing does."""
    record = one(tmp_path, KindName(kind), resource(address, {}, unknown={block: True}))
    assert [one.path for one in record.gaps if "known after apply" in (one.detail or "")] == [gap] * (gap is not None)


LIST = resource("terraform_data.l", {}, unknown={"id": True, "output": True})
TABLE = resource("aws_dynamodb_table.t", {"name": "t"}, unknown={"server_side_encryption": True})
DEFAULTED = "table.SSEDescription"


READ = {"values": {"root_module": {"resources": [{"address": "data.aws_subnets.all", "mode": "data"}]}}}


@pytest.mark.parametrize(
    ("rests_on", "read", "hidden"),
    [
        ([("terraform_data.l", "output")], {}, True),
        ([("terraform_data.l", "id")], {}, True),
        ([("terraform_data.l", "input")], {}, False),
        ([("terraform_data.l", None)], {}, True),
        ([("terraform_data.whole", "output")], {}, True),
        ([("data.aws_subnets.all", "ids")], {}, True),
        ([("data.aws_subnets.all", "ids")], READ, False),
        ([], {}, False),
    ],
)
@pytest.mark.parametrize("elsewhere", [(), ("terraform_data.l.output", "terraform_data.l")])
def test_a_block_is_no_default_where_the_plan_rests_on_what_is_not_known(
    tmp_path: Path, rests_on: list[tuple[str, str]], read: dict[str, Any], hidden: bool, elsewhere: tuple[str, ...]
) -> None:
    """As Terraform 1.11 plans a ``dynamic`` block: by its mark alone, whatever else is seen to refer to its list."""
    other = resource("aws_sns_topic.o", {}, refers={"name": [*elsewhere, "data.aws_subnets.all.ids"]})
    document = plan(TABLE, LIST, other, resource("terraform_data.whole", {}))
    document["resource_changes"][-1]["change"]["after_unknown"] = True
    document["relevant_attributes"] = [
        {"resource": at, "attribute": [] if name is None else [name, 0]} for at, name in rests_on
    ]
    document["prior_state"] = read
    _, (record,) = translate(tmp_path, document, KindName("aws.dynamodb.table"))
    assert (DEFAULTED in {gap.path for gap in record.gaps}) is hidden


@pytest.mark.parametrize("version", ["1.1.9", "0.15.5", ""])
@pytest.mark.parametrize("unknown", [True, False])
def test_of_a_plan_that_does_not_say_what_it_rests_on_all_that_is_not_known_counts(
    tmp_path: Path, version: str, unknown: bool
) -> None:
    document = {**plan(TABLE, *([LIST] if unknown else [])), "terraform_version": version}
    if not unknown:
        document["resource_changes"][0]["change"]["after_unknown"] = {}
    _, (record,) = translate(tmp_path, document, KindName("aws.dynamodb.table"))
    assert (DEFAULTED in {gap.path for gap in record.gaps}) is unknown


POLICY = "aws_dynamodb_resource_policy.p"


@pytest.mark.parametrize(
    ("refers", "clear"),
    [
        ({POLICY: ["aws_dynamodb_table.t.arn", "aws_dynamodb_table.t"]}, True),
        ({POLICY: ["data.x.y.json", "data.x.y"], "data.x.y": ["aws_dynamodb_table.t"]}, True),
        ({POLICY: ["data.x.y.json", "data.x.y"], "data.x.y": ["aws_sns_topic.o.arn"]}, False),
        ({POLICY: ["local.arn"]}, False),
        ({POLICY: [POLICY, "aws_sns_topic.o"], "aws_sns_topic.o": [POLICY]}, False),
    ],
)
def test_what_depends_on_a_resource_decides_none_of_its_blocks(
    tmp_path: Path, refers: dict[str, list[str]], clear: bool
) -> None:
    """Terraform refuses loops: what needs the table cannot be what the table's blocks are made of."""
    policy = resource(POLICY, {}, unknown={"id": True}, refers={"resource_arn": refers.pop(POLICY)})
    document = plan(TABLE, policy)
    document["relevant_attributes"] = [
        {"resource": "aws_dynamodb_table.t", "attribute": ["arn"]},
        {"resource": POLICY, "attribute": ["id"]},
    ]
    document["resource_changes"][0]["change"]["after_unknown"] = {"server_side_encryption": True, "arn": True}
    document["configuration"]["root_module"]["resources"] += [
        {"address": address, "expressions": {"x": {"references": names}}} for address, names in refers.items()
    ]
    _, (record,) = translate(tmp_path, document, KindName("aws.dynamodb.table"))
    assert (DEFAULTED not in {gap.path for gap in record.gaps}) is clear


def test_a_dependency_within_a_module_is_that_of_its_own_resources(tmp_path: Path) -> None:
    """By the path of its module; the same name elsewhere is another."""
    document = plan(TABLE)
    inner = {"address": "aws_vpc.v", "depends_on": ["aws_dynamodb_table.t"]}
    document["configuration"]["root_module"]["module_calls"] = {"m": {"module": {"resources": [inner]}}}
    document["configuration"]["root_module"]["resources"].append({**inner, "address": "aws_vpc.w"})
    for name, hidden in (("module.m[0].aws_vpc.v[1]", True), ("aws_vpc.w[0]", False)):
        document["relevant_attributes"] = [{"resource": name, "attribute": ["cidr_blocks"]}]
        _, (record,) = translate(tmp_path, document, KindName("aws.dynamodb.table"))
        assert (DEFAULTED in {gap.path for gap in record.gaps}) is hidden


def test_what_may_decide_a_default_is_marked_too(tmp_path: Path) -> None:
    database = resource("aws_db_instance.d", {"identifier": "d"}, unknown={"s3_import": True})
    record = one(tmp_path, DATABASE, database)
    assert record.body["StorageEncrypted"] is False
    assert "BackupRetentionPeriod" in {gap.path for gap in record.gaps}


def test_policies_of_a_role_s_own_are_told_beside_those_that_are_not_known(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        KindName("aws.iam.role"),
        resource("aws_iam_role.r", {"name": "r"}, unknown={"inline_policy": True}),
        resource("aws_iam_role_policy.p", {"role": "r", "name": "p", "policy": '{"Version": "2012-10-17"}'}),
    )
    assert record.body["RolePolicyList"][0] == {}
    assert record.body["RolePolicyList"][1]["PolicyName"] == "p"
    assert "RolePolicyList[0]" in {gap.path for gap in record.gaps}


def test_encryption_of_a_volume_is_not_known_where_the_account_decides(tmp_path: Path) -> None:
    record = one(tmp_path, VOLUME, resource("aws_ebs_volume.v", {"size": 8}, unknown={"encrypted": True, "id": True}))
    assert {gap.path for gap in record.gaps} == {"Encrypted", "VolumeId"}
    assert "Encrypted" not in record.body


def test_a_database_that_says_nothing_is_not_encrypted(tmp_path: Path) -> None:
    record = one(tmp_path, DATABASE, resource("aws_db_instance.d", {"identifier": "d", "storage_encrypted": None}))
    assert record.body["StorageEncrypted"] is False


def test_a_sensitive_argument_does_not_reach_the_record(tmp_path: Path) -> None:
    record = one(
        tmp_path, DATABASE, resource("aws_db_instance.d", {"identifier": "hush"}, sensitive={"identifier": True})
    )
    assert "hush" not in repr(record)
    assert [gap.path for gap in record.gaps] == ["DBInstanceIdentifier"]


def test_a_policy_that_is_not_json_is_a_gap(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        BUCKET,
        resource("aws_s3_bucket.b", {"bucket": "b"}),
        resource("aws_s3_bucket_policy.p", {"bucket": "b", "policy": "{nope"}),
    )
    reason = GapReason.PARSE_ERROR
    assert [(gap.path, gap.reason) for gap in record.gaps] == [("access", reason), ("policy", reason)]


def test_a_plan_without_the_kind_is_a_proven_empty_population(tmp_path: Path) -> None:
    population, records = translate(tmp_path, plan(), BUCKET)
    assert (population.count, population.complete, tuple(records)) == (0, True, ())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not JSON"),
        ("{" * 5000, "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "format version missing"),
        ('{"format_version": "2.0"}', "format version 2.0"),
        ('{"format_version": "1.2", "values": {}}', "holds no planned values"),
        ('{"format_version": "1.2", "planned_values": [1]}', "is not the JSON of a Terraform plan"),
        ('{"format_version": "1.2", "planned_values": {}, "errored": true}', "failed or was narrowed"),
        ('{"format_version": "1.2", "planned_values": {"root_module": {"resources": [{}, 7]}}}', "is not the JSON"),
        (
            json.dumps(
                {
                    "format_version": "1.2",
                    "planned_values": {
                        "root_module": {
                            "resources": [
                                {"mode": "managed", "address": "a.b", "type": ["a"], "name": "b", "values": {}}
                            ]
                        }
                    },
                    "resource_changes": [{"address": "a.b", "change": {"actions": ["create"]}}],
                }
            ),
            "a type is a text",
        ),
    ],
)
def test_what_is_not_a_plan_is_refused_with_advice(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as refused:
        translate(tmp_path, content, BUCKET)
    assert "terraform" in str(refused.value) or "-target" in str(refused.value)


STATEMENT = '{"Statement": {"Effect": "Allow", "Principal": %s, "Action": "s3:GetObject", "Resource": "*"}}'


@pytest.mark.parametrize(("principal", "public"), [('"*"', True), ('{"AWS": "444455556666"}', False)])
def test_whom_a_policy_lets_in_is_computed_as_for_live_aws(tmp_path: Path, principal: str, public: bool) -> None:
    record = one(
        tmp_path,
        BUCKET,
        resource("aws_s3_bucket.b", {"bucket": "b"}),
        resource("aws_s3_bucket_policy.p", {"bucket": "b", "policy": STATEMENT % principal}),
    )
    access: Any = record.body["access"]
    assert access["Public"] is public
    if not public:
        assert [(gap.path, gap.reason) for gap in record.gaps] == [("access.OtherAccounts", GapReason.NOT_PROVIDED)]


def test_what_an_older_configuration_sets_on_the_bucket_itself_is_seen(tmp_path: Path) -> None:
    record = one(
        tmp_path,
        BUCKET,
        resource(
            "aws_s3_bucket.b",
            {"bucket": "b", "policy": STATEMENT % '"*"', "versioning": [{"enabled": True}], "lifecycle_rule": [{}]},
        ),
    )
    access: Any = record.body["access"]
    assert access["Public"] is True
    assert record.body["versioning"] == {"Status": "Enabled"}
    assert [gap.path for gap in record.gaps] == ["lifecycle"]


def test_a_type_by_its_other_name_is_the_same(tmp_path: Path) -> None:
    kind = KindName("aws.elbv2.load-balancer")
    record = one(
        tmp_path,
        kind,
        resource("aws_alb.b", {"internal": True}),
        resource("aws_alb_listener.l", {"protocol": "HTTP"}, refers={"load_balancer_arn": ["aws_alb.b.arn"]}),
    )
    assert record.body["Scheme"] == "internal"
    assert [one["Protocol"] for one in record.body["listeners"]] == ["HTTP"]


def test_what_is_left_to_destroy_is_not_taken_for_what_is_planned(tmp_path: Path) -> None:
    document = plan(
        resource("aws_s3_bucket_policy.b", {"bucket": "b"}, unknown={"policy": True}, refers={"policy": ["x"]}),
        resource("aws_s3_bucket.b", {"bucket": "b"}),
    )
    deposed = {
        "address": "aws_s3_bucket_policy.b",
        "deposed": "1a2b3c4d",
        "change": {"actions": ["delete"], "after_unknown": {}},
    }
    document["resource_changes"].append(deposed)
    _, (record,) = translate(tmp_path, document, BUCKET)
    assert "policy" in [gap.path for gap in record.gaps]


BLOCK = {
    "block_public_acls": True,
    "block_public_policy": True,
    "ignore_public_acls": True,
    "restrict_public_buckets": True,
}


def blocked(folder: Path, attached: dict[str, Any], *buckets: dict[str, Any]) -> dict[str, Any]:
    """What is told of the public access of each bucket that exists already: the section, or None for a gap."""
    _, records = translate(folder, plan(attached, *buckets), BUCKET)
    return {str(record.subject): record.body.get("public_access_block") for record in records}


def test_a_known_value_says_which_owner_a_choice_came_to(tmp_path: Path) -> None:
    names = {"bucket": ["var.other", "aws_s3_bucket.a.id", "aws_s3_bucket.a"]}
    attached = resource("aws_s3_bucket_public_access_block.x", {"bucket": "b", **BLOCK}, refers=names)
    old = [resource(f"aws_s3_bucket.{name}", {"bucket": name, "id": name}, action="no-op") for name in "ab"]
    found = blocked(tmp_path, attached, *old)
    assert found["aws_s3_bucket.a"] is None
    assert found["aws_s3_bucket.b"] is not None
    assert blocked(tmp_path, attached, old[0]) == {"aws_s3_bucket.a": None}


@pytest.mark.parametrize("other", ["module.logs.id", "data.aws_s3_bucket.old.id", "local.bucket", "each.value.bucket"])
def test_a_choice_with_something_else_that_is_not_known_names_no_owner(tmp_path: Path, other: str) -> None:
    names = {"bucket": [other, "aws_s3_bucket.a.id", "aws_s3_bucket.a"]}
    attached = resource("aws_s3_bucket_public_access_block.x", BLOCK, unknown={"bucket": True}, refers=names)
    old = resource("aws_s3_bucket.a", {"bucket": "a"}, action="no-op")
    assert blocked(tmp_path, attached, old) == {"aws_s3_bucket.a": None}


@pytest.mark.parametrize("beside", ["var.on", "each.key", "count.index", "each.value"])
def test_what_is_known_before_apply_does_not_blur_an_owner(tmp_path: Path, beside: str) -> None:
    names = {"bucket": [beside, "aws_s3_bucket.a.id", "aws_s3_bucket.a"]}
    attached = resource("aws_s3_bucket_public_access_block.x", BLOCK, unknown={"bucket": True}, refers=names)
    old = resource("aws_s3_bucket.a", {"bucket": "a"}, action="no-op")
    assert blocked(tmp_path, attached, old)["aws_s3_bucket.a"] is not None


@pytest.mark.parametrize("index", ["", "[0]", "[1]"])
def test_an_index_that_is_written_goes_before_the_attached_resource_s_own(tmp_path: Path, index: str) -> None:
    names = {"bucket": ["aws_s3_bucket.a[0].id", "aws_s3_bucket.a[0]", "aws_s3_bucket.a"]}
    attached = resource(f"aws_s3_bucket_public_access_block.x{index}", BLOCK, unknown={"bucket": True}, refers=names)
    old = [resource(f"aws_s3_bucket.a[{at}]", {"bucket": f"a{at}"}, action="no-op") for at in (0, 1)]
    found = blocked(tmp_path, attached, *old)
    assert found["aws_s3_bucket.a[0]"] is not None
    assert found["aws_s3_bucket.a[1]"] is None


ENABLED = {"versioning_configuration": [{"status": "Enabled"}]}


@pytest.mark.parametrize(
    ("named", "joined"),
    [
        (["aws_s3_bucket.a.id", "aws_s3_bucket.a"], False),
        (["aws_s3_bucket.a.bucket", "aws_s3_bucket.a"], False),
        (["local.name"], False),
        (["each.value.name", "each.value"], False),
        (["random_id.r.hex", "random_id.r"], True),
        (["aws_s3_bucket.other.id", "aws_s3_bucket.other"], True),
    ],
)
def test_what_may_be_the_name_of_something_named_after_a_bucket_is_not_taken_for_the_bucket(
    tmp_path: Path, named: list[str], joined: bool
) -> None:
    """A plan says that an argument refers to a bucket's id, and not whether it is that id or a name made of it."""
    refers = {"bucket": ["aws_s3_bucket.a.id", "aws_s3_bucket.a"]}
    _, records = translate(
        tmp_path,
        plan(
            resource("aws_s3_bucket.a", {}, unknown={"id": True, "bucket": True}),
            resource("aws_s3_bucket.logs", {}, unknown={"id": True, "bucket": True}, refers={"bucket": named}),
            resource("aws_s3_bucket_versioning.v", ENABLED, unknown={"bucket": True}, refers=refers),
        ),
        BUCKET,
    )
    told = [record.subject for record in records if "versioning" in record.body]
    assert told == (["aws_s3_bucket.a", "aws_s3_bucket.logs"] if joined else [])


def test_a_bucket_that_a_local_names_is_meant_by_what_refers_to_it_where_no_other_is(tmp_path: Path) -> None:
    named = {"bucket": ["local.name"]}
    refers = {"bucket": ["aws_s3_bucket.a.id", "aws_s3_bucket.a"]}
    attached = resource("aws_s3_bucket_versioning.v", ENABLED, unknown={"bucket": True}, refers=refers)
    record = one(tmp_path, BUCKET, resource("aws_s3_bucket.a", {}, unknown={"bucket": True}, refers=named), attached)
    assert record.body["versioning"] == {"Status": "Enabled"}


def test_a_text_made_of_a_bucket_s_name_is_not_the_bucket(tmp_path: Path) -> None:
    policy = resource(
        "aws_s3_bucket_policy.p", {"bucket": "a-x", "policy": "{}"}, refers={"bucket": ["aws_s3_bucket.a.bucket"]}
    )
    record = one(tmp_path, BUCKET, resource("aws_s3_bucket.a", {"bucket": "a"}), policy)
    assert "policy" in {gap.path for gap in record.gaps}


def test_what_aws_tells_as_the_same_kind_and_is_not_translated_is_a_gap_of_the_population(tmp_path: Path) -> None:
    group = resource("aws_default_security_group.d", {"vpc_id": "v"})
    population, records = translate(tmp_path, plan(group), GROUP)
    assert (population.complete, records) == (False, [])
    assert "aws_default_security_group.d" in (population.gaps[0].detail or "")
