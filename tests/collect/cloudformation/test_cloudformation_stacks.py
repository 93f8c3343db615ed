"""Templates in a directory: records with their places, and a gap for everything that could not be seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cloudformation_trees import collected, put

from grc.collect.cloudformation import recognise
from grc.collect.cloudformation.stacks import Library, stacks_of
from grc.collect.files import find
from grc.model.evidence import Gap, GapReason, Origin, Record
from grc.model.identifiers import KindName

BUCKET = KindName("aws.s3.bucket")
GROUP = KindName("aws.ec2.security-group")
FUNCTION = KindName("aws.lambda.function")
KEY = KindName("aws.kms.key")


def buckets(folder: Path, template: str, **others: str) -> tuple[tuple[Gap, ...], list[Record]]:
    files = {"a.yaml": template, **{name.replace("_", ".").replace("..", "/"): text for name, text in others.items()}}
    population, records = collected(folder, files)[BUCKET]
    assert population.complete is not bool(population.gaps)
    return population.gaps, list(records)


def resources(*lines: str) -> str:
    return "Resources:\n" + "".join(f"  {line}\n" for line in lines)


def test_a_resource_is_a_record_at_its_line(tmp_path: Path) -> None:
    gaps, (record,) = buckets(tmp_path, resources("A: {Type: 'AWS::SNS::Topic'}", "B: {Type: 'AWS::S3::Bucket'}"))
    assert gaps == ()
    assert (record.subject, record.place, record.origin) == ("a.yaml:B", "file/infra", Origin.TEMPLATE)
    assert (record.file, record.line) == ("a.yaml", 3)
    assert record.body["public_access_block"]["BlockPublicAcls"] is True  # type: ignore[index]


def test_a_bucket_and_its_policy_are_one_record(tmp_path: Path) -> None:
    allow = "{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: !Sub '${B.Arn}/*'}"
    _, (record,) = buckets(
        tmp_path,
        resources(
            "B: {Type: 'AWS::S3::Bucket'}",
            "P: {Type: 'AWS::S3::BucketPolicy', Properties: {Bucket: !Ref B, PolicyDocument: {Statement: ["
            f"{allow}]}}}}}}",
        ),
    )
    body: Any = record.body
    assert body["policy"]["Statement"][0]["Resource"] == ["arn:aws:template::000000000000:B.Arn/*"]
    assert body["access"]["Public"] is True


@pytest.mark.parametrize("document", ["!Ref Given", "{Statement: [{Effect: Deny, Principal: !Ref Given}]}"])
def test_a_policy_that_is_not_known_whole_is_a_gap(tmp_path: Path, document: str) -> None:
    _, (record,) = buckets(
        tmp_path,
        "Parameters: {Given: {Type: String}}\n"
        + resources(
            "B: {Type: 'AWS::S3::Bucket'}",
            f"P: {{Type: 'AWS::S3::BucketPolicy', Properties: {{Bucket: !Ref B, PolicyDocument: {document}}}}}",
        ),
    )
    assert {gap.path for gap in record.gaps} >= {"policy", "access"}
    assert not {"policy", "access"} & record.body.keys()


def test_an_identity_provider_that_is_not_known_opens_no_policy(tmp_path: Path) -> None:
    trust = "{Statement: [{Effect: Allow, Principal: {Federated: !Ref X}, Action: 'sts:AssumeRoleWithWebIdentity'}]}"
    told = resources(
        "X: {Type: 'AWS::IAM::OIDCProvider'}",
        f"R: {{Type: 'AWS::IAM::Role', Properties: {{AssumeRolePolicyDocument: {trust}}}}}",
    )
    _, (record,) = collected(tmp_path, {"a.yaml": told})[KindName("aws.iam.role")]
    assert "trust" in {gap.path for gap in record.gaps}


def test_a_policy_of_an_owner_elsewhere_makes_every_bucket_uncertain(tmp_path: Path) -> None:
    _, (record,) = buckets(
        tmp_path,
        resources(
            "B: {Type: 'AWS::S3::Bucket'}",
            "P: {Type: 'AWS::S3::BucketPolicy', Properties: {Bucket: !ImportValue x, PolicyDocument: {Statement: []}}}",
        ),
    )
    assert {"policy", "access"} <= {gap.path for gap in record.gaps}


def test_conditions_decide_what_there_is(tmp_path: Path) -> None:
    gaps, records = buckets(
        tmp_path,
        "Parameters: {Open: {Type: String}}\n"
        "Conditions: {Yes: !Equals [a, a], No: !Equals [a, b], Open: !Equals [!Ref Open, a]}\n"
        + resources(*(f"{name}: {{Type: 'AWS::S3::Bucket', Condition: {name}}}" for name in ("Yes", "No", "Open"))),
    )
    assert [record.subject for record in records] == ["a.yaml:Yes"]
    (gap,) = gaps
    assert gap.reason is GapReason.NOT_PROVIDED
    assert (gap.detail or "").startswith("a.yaml:6: whether it is made is not known")


def test_a_rule_that_may_not_be_there_leaves_its_group_open_to_doubt(tmp_path: Path) -> None:
    rule = "{GroupId: !Ref G, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}"
    told = (
        "Parameters: {Open: {Type: String}}\nConditions: {Open: !Equals [!Ref Open, a]}\n"
        + resources(
            "G: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: x}}",
            f"I: {{Type: 'AWS::EC2::SecurityGroupIngress', Condition: Open, Properties: {rule}}}",
        )
    )  # fmt: skip
    _, (record,) = collected(tmp_path, {"a.yaml": told})[GROUP]
    assert "IpPermissions" in {gap.path for gap in record.gaps}


def test_scalars_are_of_the_type_of_their_field(tmp_path: Path) -> None:
    told = "Parameters: {Port: {Type: Number, Default: 22}}\n" + resources(
        "G: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: x, SecurityGroupIngress: ["
        "{IpProtocol: -1, FromPort: !Ref Port, ToPort: '23', CidrIp: 0.0.0.0/0}]}}"
    )
    _, (record,) = collected(tmp_path, {"a.yaml": told})[GROUP]
    rule: Any = record.body["IpPermissions"]
    assert (rule[0]["IpProtocol"], rule[0]["FromPort"], rule[0]["ToPort"]) == ("-1", 22, 23)


def test_a_list_with_a_member_that_is_not_known_is_not_known(tmp_path: Path) -> None:
    told = "Parameters: {Open: {Type: String}}\nConditions: {Open: !Equals [!Ref Open, a]}\n" + resources(
        "G: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: x, SecurityGroupIngress: ["
        "!If [Open, {IpProtocol: -1, CidrIp: 0.0.0.0/0}, !Ref 'AWS::NoValue']]}}"
    )
    _, (record,) = collected(tmp_path, {"a.yaml": told})[GROUP]
    assert "IpPermissions" not in record.body
    assert "IpPermissions" in {gap.path for gap in record.gaps}


def test_a_secret_in_plain_text_is_found_and_dropped(tmp_path: Path) -> None:
    told = resources(
        "F: {Type: 'AWS::Lambda::Function', Properties: {Environment: {Variables: {DB_PASSWORD: hunter2-hunter2}}}}"
    )
    _, (record,) = collected(tmp_path, {"a.yaml": told})[FUNCTION]
    assert record.body["open_secrets"]["Names"] == ["DB_PASSWORD"]  # type: ignore[index]
    assert "hunter2" not in repr(record)


def test_a_parameter_without_echo_reaches_no_record(tmp_path: Path) -> None:
    told = "Parameters: {Name: {Type: String, NoEcho: true, Default: hush}}\n" + resources(
        "B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref Name}}",
        "C: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'x-${Name}'}}",
    )
    (tmp_path / "a.parameters.json").write_text(json.dumps({"Parameters": {"Name": "hush"}}))
    units = collected(tmp_path, {"a.yaml": told})
    assert "hush" not in repr(units)
    gaps = [gap for record in units[BUCKET][1] for gap in record.gaps]
    assert [(gap.path, gap.reason) for gap in gaps] == [("Name", GapReason.NOT_PROVIDED)] * 2
    assert {gap.detail for gap in gaps} == {"the parameter Name is declared NoEcho"}


LISTED = (
    '[{"ParameterKey": "Name", "ParameterValue": "given"}, {"ParameterKey": "AWS::Region", "ParameterValue": "r1"}]'
)
OBJECT = '{"Parameters": {"Name": "given", "AWS::Region": "r1"}}'


@pytest.mark.parametrize("beside", ["a.parameters.json", "a.yaml.parameters.json"])
@pytest.mark.parametrize("content", [LISTED, OBJECT])
def test_parameters_beside_a_template_are_its_own(tmp_path: Path, beside: str, content: str) -> None:
    (tmp_path / beside).write_text(content)
    told = "Parameters: {Name: {Type: String, Default: x}}\n" + resources(
        "B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${Name}-${AWS::Region}'}}"
    )
    _, (record,) = buckets(tmp_path, told)
    assert record.body["Name"] == "given-r1"


@pytest.mark.parametrize("content", ["{", "[1]", "7", '[{"ParameterKey": "Name", "UsePreviousValue": true}]'])
def test_parameters_that_cannot_be_used_hide_the_defaults(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.parameters.json").write_text(content)
    told = "Parameters: {Name: {Type: String, Default: x}}\n" + resources(
        "B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref Name}}"
    )
    _, (record,) = buckets(tmp_path, told)
    assert "Name" in {gap.path for gap in record.gaps}


CHILD = (
    "AWSTemplateFormatVersion: 2010-09-09\nParameters: {Name: {Type: String}, Bucket: {Type: String, Default: ''}}\n"
    "Resources:\n  B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref Name}}\n"
)
PARENT = resources(
    "One: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: child/b.yaml, Parameters: {Name: first}}}",
    "Two: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./child/b.yaml, Parameters: {Name: second}}}",
)


def test_nested_stacks_are_made_for_each_that_holds_them(tmp_path: Path) -> None:
    gaps, records = buckets(tmp_path, PARENT, child__b_yaml=CHILD)
    assert gaps == ()
    assert [(record.subject, record.body["Name"], record.file) for record in records] == [
        ("a.yaml:One.B", "first", "child/b.yaml"),
        ("a.yaml:Two.B", "second", "child/b.yaml"),
    ]


def test_a_policy_in_a_nested_stack_finds_the_bucket_above(tmp_path: Path) -> None:
    child = (
        "AWSTemplateFormatVersion: 2010-09-09\nParameters: {Bucket: {Type: String}}\nResources:\n"
        "  P: {Type: 'AWS::S3::BucketPolicy', Properties: {Bucket: !Ref Bucket, PolicyDocument: {Statement: []}}}\n"
    )
    parent = resources(
        "B: {Type: 'AWS::S3::Bucket'}",
        "N: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: n.yaml, Parameters: {Bucket: !Ref B}}}",
    )
    _, (record,) = buckets(tmp_path, parent, n_yaml=child)
    assert record.body["policy"] == {"Statement": []}


def stack(name: str, template: str, **parameters: str) -> str:
    given = ", ".join(f"{key}: {value}" for key, value in parameters.items())
    return (
        f"{name}: {{Type: 'AWS::CloudFormation::Stack', "
        f"Properties: {{TemplateURL: {template}, Parameters: {{{given}}}}}}}"
    )


def putting_out(*outputs: str, told: str = "B: {Type: 'AWS::S3::Bucket'}") -> str:
    return resources(told) + "Outputs:\n" + "".join(f"  {one}\n" for one in outputs)


@pytest.mark.parametrize(
    "taken", ["!GetAtt One.Outputs.Name", "!Sub '${One.Outputs.Name}'", "{'Fn::GetAtt': [One, Outputs.Name]}"]
)
def test_what_a_nested_stack_puts_out_is_its_value(tmp_path: Path, taken: str) -> None:
    parent = resources(
        f"C: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: {taken}}}}}",
        stack("One", "n.yaml", Env="prod"),
    )
    child = "Parameters: {Env: {Type: String}}\n" + putting_out("Name: {Value: !Sub '${Env}-logs'}")
    _, records = buckets(tmp_path, parent, n_yaml=child)
    assert {record.subject: record.body.get("Name") for record in records}["a.yaml:C"] == "prod-logs"


@pytest.mark.parametrize(("output", "joined"), [("!Ref B", True), ("!Sub '${B}-x'", False)])
def test_a_policy_finds_the_bucket_that_a_nested_stack_puts_out(tmp_path: Path, output: str, joined: bool) -> None:
    parent = resources(
        "P: {Type: 'AWS::S3::BucketPolicy', Properties: "
        "{Bucket: !GetAtt One.Outputs.Bucket, PolicyDocument: {Statement: []}}}",
        stack("One", "n.yaml"),
    )
    _, (record,) = buckets(tmp_path, parent, n_yaml=putting_out(f"Bucket: {{Value: {output}}}"))
    assert record.body.get("policy") == ({"Statement": []} if joined else None)
    assert ("policy" in {gap.path for gap in record.gaps}) is not joined


def test_outputs_are_handed_on_from_stack_to_stack_in_any_order(tmp_path: Path) -> None:
    child = "Parameters: {Name: {Type: String}}\n" + putting_out(
        "Name: {Value: !Sub '${Name}x'}", told="B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref Name}}"
    )
    last = 40
    chain = [stack(f"N{n:02}", "n.yaml", Name=f"!GetAtt N{n + 1:02}.Outputs.Name") for n in range(last)]
    _, records = buckets(tmp_path, resources(*chain, stack(f"N{last}", "n.yaml", Name="b")), n_yaml=child)
    assert [record.body["Name"] for record in records] == ["b" + "x" * n for n in reversed(range(last + 1))]


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("Other: {Value: x}", GapReason.PARSE_ERROR),
        ("Name: {}", GapReason.PARSE_ERROR),
        ("Name: {Value: [x]}", GapReason.PARSE_ERROR),
        ("Name: {Value: x, Condition: Never}", GapReason.PARSE_ERROR),
        ("Name: {Value: x, Condition: Perhaps}", GapReason.NOT_PROVIDED),
        ("Name: {Value: !Ref Hushed}", GapReason.NOT_PROVIDED),
        ("Name: {Value: !ImportValue x}", GapReason.UNKNOWN_UNTIL_APPLY),
    ],
)
def test_what_a_nested_stack_does_not_put_out_is_a_gap(tmp_path: Path, output: str, reason: GapReason) -> None:
    parent = resources(
        stack("One", "n.yaml"), "C: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !GetAtt One.Outputs.Name}}"
    )
    child = (
        "Parameters: {Unset: {Type: String}, Hushed: {Type: String, NoEcho: true, Default: hush}}\n"
        "Conditions: {Never: !Equals [a, b], Perhaps: !Equals [a, !Ref Unset]}\n"
    ) + putting_out(output)
    _, records = buckets(tmp_path, parent, n_yaml=child)
    (record,) = (one for one in records if one.subject == "a.yaml:C")
    assert "Name" not in record.body
    assert {gap.path: gap.reason for gap in record.gaps}["Name"] is reason


@pytest.mark.parametrize("url", ["https://s3.amazonaws.com/x/n.yaml", "list.yaml"])
def test_what_a_stack_puts_out_whose_template_is_not_read_is_not_known(tmp_path: Path, url: str) -> None:
    parent = resources(
        stack("One", url), "C: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !GetAtt One.Outputs.Name}}"
    )
    _, (record,) = buckets(tmp_path, parent, list_yaml="- 1\n")
    assert {gap.path: gap.reason for gap in record.gaps}["Name"] is GapReason.UNKNOWN_UNTIL_APPLY


def test_stacks_that_are_given_each_other_s_outputs_are_a_loop(tmp_path: Path) -> None:
    child = "Parameters: {Name: {Type: String}}\n" + putting_out("Name: {Value: !Ref Name}")
    parent = resources(
        stack("One", "n.yaml", Name="!GetAtt Two.Outputs.Name"),
        stack("Two", "n.yaml", Name="!GetAtt One.Outputs.Name"),
        "C: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !GetAtt One.Outputs.Name}}",
    )
    _, records = buckets(tmp_path, parent, n_yaml=child)
    (record,) = (one for one in records if one.subject == "a.yaml:C")
    (gap,) = (gap for gap in record.gaps if gap.path == "Name")
    assert (gap.reason, "depends on itself" in (gap.detail or "")) == (GapReason.PARSE_ERROR, True)


def test_a_resource_that_a_stack_is_given_and_that_takes_its_output_is_a_loop(tmp_path: Path) -> None:
    child = "Parameters: {Name: {Type: String}}\n" + putting_out("Name: {Value: x}")
    parent = resources(
        stack("One", "n.yaml", Name="!Ref C"),
        "C: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !GetAtt One.Outputs.Name}}",
    )
    gaps, _ = buckets(tmp_path, parent, n_yaml=child)
    assert ["in a loop" in (gap.detail or "") for gap in gaps] == [True]


@pytest.mark.parametrize(
    "url",
    ["https://s3.amazonaws.com/x/b.yaml", "!Sub 'https://${X}/b.yaml'", "/b.yaml", "../b.yaml", "missing.yaml", "7"],
)
def test_a_stack_of_a_template_elsewhere_is_a_gap_on_every_kind(tmp_path: Path, url: str) -> None:
    told = resources(f"N: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {url}}}}}")
    put(tmp_path, {"b.yaml": CHILD, "in/a.yaml": told})
    for population, _ in collected(tmp_path / "in", {}).values():
        assert [gap.reason for gap in population.gaps] == [GapReason.NOT_PROVIDED]


def test_templates_that_hold_each_other_are_told_and_followed_once(tmp_path: Path) -> None:
    def holding(other: str) -> str:
        return resources(
            "B: {Type: 'AWS::S3::Bucket'}",
            f"N: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {other}}}}}",
        )

    gaps, records = buckets(tmp_path, holding("b.yaml"), b_yaml=holding("a.yaml"))
    assert [record.subject for record in records] == ["a.yaml:B", "a.yaml:N.B"]
    assert ["in a loop" in (gap.detail or "") for gap in gaps] == [True]


def test_stacks_that_multiply_are_bounded(tmp_path: Path) -> None:
    def twice(other: str) -> str:
        return resources(
            *(f"N{n}: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {other}}}}}" for n in range(8))
        )

    files = {f"t{n:02}.yaml": twice(f"t{n + 1:02}.yaml") for n in range(12)}
    population, _ = collected(tmp_path, {**files, "t12.yaml": CHILD})[BUCKET]
    assert GapReason.BUDGET in {gap.reason for gap in population.gaps}


def test_the_cdk_names_the_file_of_a_nested_stack(tmp_path: Path) -> None:
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::Region}/x.json"}, "Parameters": {"Name": "x"}},
        "Metadata": {"aws:asset:path": "Inner.nested.template.json", "aws:asset:property": "TemplateURL"},
    }
    inner = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "Name"}}}},
    }
    files = {
        "cdk.out/App.template.json": json.dumps({"Resources": {"Inner": nested}}, indent=1),
        "cdk.out/Inner.nested.template.json": json.dumps(inner, indent=1),
        "cdk.out/manifest.json": json.dumps({"version": "36.0.0", "artifacts": {}}),
    }
    population, (record,) = collected(tmp_path, files)[BUCKET]
    assert population.gaps == ()
    assert (record.subject, record.line) == ("cdk.out/App.template.json:Inner.B", 8)


def test_a_macro_beside_the_properties_of_a_resource_may_change_it(tmp_path: Path) -> None:
    macro = "'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: 's3://a/b'}}"
    text = resources(f"A: {{Type: 'AWS::S3::Bucket', {macro}}}", "B: {Type: 'AWS::S3::Bucket'}")
    population, (record,) = collected(tmp_path, {"a.yaml": text})[BUCKET]
    assert record.subject == "a.yaml:B"
    assert ["a macro may change it" in (gap.detail or "") for gap in population.gaps] == [True]


def test_a_macro_may_write_anything_and_change_what_is_written(tmp_path: Path) -> None:
    written = resources("B: {Type: 'AWS::S3::Bucket'}")
    units = collected(tmp_path / "own", {"a.yaml": "Transform: [AWS::LanguageExtensions, Own]\n" + written})
    assert all(population.gaps for population, _ in units.values())
    assert len(units[BUCKET][1]) == 0
    assert "a.yaml:3: whether it is made is not known: a macro may change it" in [
        gap.detail for gap in units[BUCKET][0].gaps
    ]


def test_what_is_included_stands_beside_what_is_written(tmp_path: Path) -> None:
    included = "Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://b/k'}}\n"
    units = collected(tmp_path, {"a.yaml": included + resources("B: {Type: 'AWS::S3::Bucket'}")})
    assert all(population.gaps for population, _ in units.values())
    assert len(units[BUCKET][1]) == 1


def test_serverless_resources_are_told_on_the_kinds_they_become(tmp_path: Path) -> None:
    told = "Transform: AWS::Serverless-2016-10-31\n" + resources(
        "F: {Type: 'AWS::Serverless::Function'}", "B: {Type: 'AWS::S3::Bucket'}"
    )
    units = collected(tmp_path, {"a.yaml": told})
    assert (
        units[FUNCTION][0].gaps[0].detail == "a.yaml:3: AWS::Serverless::Function becomes other resources at deployment"
    )
    assert units[BUCKET][0].gaps == units[KEY][0].gaps == ()


def test_language_extensions_are_written_out(tmp_path: Path) -> None:
    told = (
        "Transform: [AWS::LanguageExtensions]\nResources:\n  Fn::ForEach::Each:\n  - Name\n  - [a, b]\n"
        "  - 'B${Name}': {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'logs-${Name}'}}\n"
    )
    gaps, records = buckets(tmp_path, told)
    assert gaps == ()
    assert [(record.subject, record.body["Name"]) for record in records] == [
        ("a.yaml:Ba", "logs-a"),
        ("a.yaml:Bb", "logs-b"),
    ]


def test_a_loop_that_is_not_written_out_may_be_anything(tmp_path: Path) -> None:
    told = "Resources:\n  Fn::ForEach::Each:\n  - Name\n  - [a, b]\n  - 'B${Name}': {Type: 'AWS::S3::Bucket'}\n"
    gaps, _ = buckets(tmp_path, told)
    assert [gap.reason for gap in gaps] == [GapReason.PARSE_ERROR]


def test_resources_in_a_loop_are_told(tmp_path: Path) -> None:
    gaps, records = buckets(
        tmp_path,
        resources(
            "B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref K}}",
            "K: {Type: 'AWS::KMS::Key', Properties: {Description: !Ref B}}",
        ),
    )
    assert len(records) == 1
    assert ["in a loop" in (gap.detail or "") for gap in gaps] == [True]


@pytest.mark.parametrize(
    "resource", ["7", "{}", "{Type: 7}", "{Type: [a]}", "[a]", "{Type: 'Own::Small::Thing::MODULE'}"]
)
def test_what_is_no_plain_resource_may_be_any(tmp_path: Path, resource: str) -> None:
    gaps, (record,) = buckets(tmp_path, resources("B: {Type: 'AWS::S3::Bucket'}", f"X: {resource}"))
    assert record.subject == "a.yaml:B"
    assert len(gaps) == 1


@pytest.mark.parametrize("properties", ["7", "[a]", "!Ref X", "{'Fn::Transform': {Name: x}}"])
def test_a_resource_whose_properties_are_not_known_is_a_gap(tmp_path: Path, properties: str) -> None:
    gaps, records = buckets(
        tmp_path, resources(f"B: {{Type: 'AWS::S3::Bucket', Properties: {properties}}}", "X: {Type: 'A::B::C'}")
    )
    assert records == []
    assert len(gaps) == 1


def test_a_file_that_cannot_be_parsed_leaves_the_rest(tmp_path: Path) -> None:
    gaps, records = buckets(
        tmp_path,
        resources("B: {Type: 'AWS::S3::Bucket'}"),
        bad_yaml="AWSTemplateFormatVersion: x\nResources: [secret\n",
    )
    assert [record.subject for record in records] == ["a.yaml:B"]
    assert [(gap.reason, gap.detail) for gap in gaps] == [
        (GapReason.PARSE_ERROR, "bad.yaml:3: it is not YAML: did not find expected")
    ]


def test_names_with_markup_stay_text(tmp_path: Path) -> None:
    told = resources(
        "B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: '<script>alert(1)</script>'}}", "'<b>': {Type: x}"
    )
    gaps, (record,) = buckets(tmp_path, told)
    assert record.body["Name"] == "<script>alert(1)</script>"
    assert "<b>" not in repr(gaps)


def test_two_templates_with_one_logical_id_are_two(tmp_path: Path) -> None:
    told = resources("B: {Type: 'AWS::S3::Bucket'}")
    _, records = buckets(tmp_path, told, b_yaml=told)
    assert [record.subject for record in records] == ["a.yaml:B", "b.yaml:B"]


PLAIN = resources("B:", "  Type: AWS::S3::Bucket")


@pytest.mark.parametrize(
    ("name", "content", "claimed"),
    [
        ("a.yaml", PLAIN, True),
        ("a.yml", "# words\n" + PLAIN, True),
        ("a.template", PLAIN, True),
        ("a.yaml", "AWSTemplateFormatVersion: 2010-09-09\n", True),
        ("a.yaml", "Description: x\nMetadata:\n" + "  a: b\n" * 2000 + PLAIN, True),
        ("a.json", json.dumps({"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}), True),
        (
            "a.json",
            json.dumps({"Description": "x" * 5000, "Resources": {"B": {"Type": "AWS::S3::Bucket"}}}, indent=2),
            True,
        ),
        ("a.json", "\ufeff" + json.dumps({"AWSTemplateFormatVersion": "x"}), True),
        ("a.txt", PLAIN, False),
        (
            "a.yaml",
            "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    Resources:\n      B: {Type: 'AWS::S3::Bucket'}\n",
            False,
        ),
        ("serverless.yml", "service: x\nresources:\n  Resources:\n    B:\n      Type: AWS::S3::Bucket\n", False),
        ("a.json", json.dumps({"artifacts": {"Resources": {"Type": "AWS::S3::Bucket"}}}), False),
        ("package.json", json.dumps({"name": "x", "Resources": []}), False),
        ("a.parameters.json", json.dumps({"Parameters": {"Type": "AWS::S3::Bucket"}}), False),
        ("a.yaml", "Resources:\n  cpu: 1\n", False),
        ("a.yaml", "", False),
    ],
)
def test_templates_are_told_from_other_files(tmp_path: Path, name: str, content: str, claimed: bool) -> None:
    put(tmp_path, {name: content})
    assert bool(recognise(find(tmp_path)).paths) is claimed


def test_a_file_that_only_looks_like_a_template_is_none(tmp_path: Path) -> None:
    told = json.dumps({"Description": "x", "in": {"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}})
    population, records = collected(tmp_path, {"a.json": told})[BUCKET]
    assert (population.gaps, list(records)) == ((), [])
    assert [fact.detail for fact in population.facts] == ["a.json"]


def test_a_huge_file_is_told_and_not_read(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": b"Resources:\n" + b"#" * (50 * 2**20)})
    claim = recognise(find(tmp_path))
    assert [one.path for one in claim.skipped] == ["a.yaml"]


def test_a_huge_template_is_a_gap(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": PLAIN.encode() + b"#" * (50 * 2**20)})
    units = collected(tmp_path, {})
    assert [gap.reason for gap in units[BUCKET][0].gaps] == [GapReason.PARSE_ERROR]


def test_a_file_that_went_away_is_a_gap(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": PLAIN})
    tree = find(tmp_path)
    claim = recognise(tree)
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "a.yaml").symlink_to("/etc/passwd")
    (stack,) = stacks_of(Library(tree), claim.paths)
    assert [hole.detail for hole in stack.holes] == ["a.yaml:1: it cannot be read: Too many levels of symbolic links"]


@pytest.mark.parametrize(
    ("written", "told"), [("6", "tcp"), ("-1", "-1"), ("'17'", "udp"), ("tcp", "tcp"), ("50", None)]
)
def test_a_protocol_by_its_number_is_the_one_of_its_name(tmp_path: Path, written: str, told: str | None) -> None:
    template = resources(
        "G: {Type: 'AWS::EC2::SecurityGroup', Properties: {GroupDescription: x, SecurityGroupIngress: ["
        f"{{IpProtocol: {written}, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}}]}}}}"
    )
    _, (record,) = collected(tmp_path, {"a.yaml": template})[GROUP]
    rules: Any = record.body["IpPermissions"]
    assert rules[0].get("IpProtocol") == told
    assert ("IpPermissions[0].IpProtocol" in {gap.path for gap in record.gaps}) is (told is None)


POLICY = "{Type: 'AWS::IAM::Policy', Properties: {PolicyName: x, Roles: [%s], PolicyDocument: {Statement: []}}}"
ROLES = ("A: {Type: 'AWS::IAM::Role'}", "B: {Type: 'AWS::IAM::Role', Properties: {RoleName: b}}")


@pytest.mark.parametrize(
    ("owners", "uncertain"),
    [("!Ref A", False), ("b", False), ("!Ref A, b", True), ("!Ref A, !Ref P", True), ("!Sub '${A}-x'", True)],
)
def test_a_policy_of_an_owner_that_cannot_be_told_may_be_of_any(tmp_path: Path, owners: str, uncertain: bool) -> None:
    template = "Parameters: {P: {Type: String}}\n" + resources(*ROLES, f"C: {POLICY % owners}")
    _, records = collected(tmp_path, {"a.yaml": template})[KindName("aws.iam.role")]
    for record in records:
        assert ("RolePolicyList" in {gap.path for gap in record.gaps}) is uncertain
