"""Lists of bare values, lists below lists, and sections that one call gives for many items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aws_answers import Answer, Refused
from aws_cassette import NOW, Cassette, sessions

from grc.collect.aws import declared, kinds
from grc.collect.aws.calls import Calls
from grc.collect.aws.context import Account
from grc.collect.aws.crew import Crew
from grc.collect.aws.iam import least_privilege
from grc.collect.aws.identity import Identity
from grc.collect.aws.lint import lint
from grc.collect.aws.plan import Regions, plan
from grc.collect.aws.redact import Redactor
from grc.collect.aws.sessions import Clients
from grc.collect.aws.shapes import operation
from grc.collect.aws.work import Work
from grc.errors import DataError
from grc.kinds.loader import kind_from
from grc.model.evidence import Demand, GapReason, Population, Record
from grc.model.identifiers import KindName

IDENTITY = Identity(account="123456789012", caller="arn:aws:iam::123456789012:user/x", home="us-east-1")
ALIASES, KEYS, VOLUMES = KindName("aws.test.alias"), KindName("aws.test.key"), KindName("aws.test.volume")
USERS, MEMBERS = KindName("aws.test.user"), KindName("aws.test.membership")
FILE = """
format: grc.resources/1
service: iam
kinds:
  aws.test.alias:
    title: Alias of an account
    scope: global
    list: {op: list_account_aliases, path: AccountAliases, as: Alias, keep: [Account]}
    id: Alias
    subject: "{Account}/{Alias}"
  aws.test.user:
    title: User
    scope: global
    list: {op: get_account_authorization_details, path: UserDetailList, fixed: {Filter: [User]}}
    id: UserName
    gone-when: [NoSuchEntity]
  aws.test.key:
    title: Access key
    scope: global
    list:
      for: aws.test.user
      op: list_access_keys
      path: AccessKeyMetadata
      params: {UserName: UserName}
      keep: {UserArn: Arn, UserPath: Path}
    id: AccessKeyId
    sections:
      used:
        op: get_access_key_last_used
        path: AccessKeyLastUsed
        params: {AccessKeyId: AccessKeyId}
  aws.test.membership:
    title: Something below a key
    scope: global
    list:
      for: aws.test.key
      op: list_mfa_devices
      path: MFADevices
      params: {UserName: UserName}
      keep: [AccessKeyId, UserArn]
    id: SerialNumber
"""
BATCHED = """
format: grc.resources/1
service: cloudtrail
kinds:
  aws.test.volume:
    title: Volume
    scope: regional
    list: {service: ec2, op: describe_volumes, path: Volumes}
    id: VolumeId
    tags: tags
    gone-when: [MISSING, TrailNotFoundException]
    sections:
      trail:
        op: describe_trails
        path: trailList
        absent-when: [NONE]
        batch: {param: trailNameList, from: VolumeId, match: Name, size: 2}
      tags:
        op: describe_trails
        path: trailList
        batch: {param: trailNameList, from: VolumeId, match: Name, size: 3, value: HomeRegion}
"""


CLUSTERS = (
    BATCHED.replace("service: cloudtrail", "service: ecs")
    .replace("op: describe_trails", "op: describe_clusters")
    .replace("path: trailList", "path: clusters")
    .replace("param: trailNameList", "failures: failures, param: clusters")
    .replace("match: Name", "match: clusterArn")
    .replace("value: HomeRegion", "value: clusterName")
)
"""The same with a service that says in its answer why it leaves something out."""


FUNCTIONS = """
format: grc.resources/1
service: lambda
kinds:
  aws.test.function:
    title: Function
    scope: regional
    list: {op: list_functions, path: Functions}
    id: FunctionName
    params: {FunctionName: FunctionName}
    sections:
      aliases:
        op: list_aliases
        path: Aliases
        each:
          into: Policy
          op: get_policy
          params: {FunctionName: AliasArn}
          path: Policy
          absent-when: [ResourceNotFoundException]
"""


class Asked(Cassette):
    """A cassette that remembers the parameters of each call."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        super().__init__(answers=answers)
        self.calls: list[dict[str, Any]] = []

    def asking(self, params: dict[str, Any], **more: Any) -> None:
        with self.lock:
            self.calls.append(params)
        super().asking(params, **more)


Found = dict[str, tuple[Population, list[Record]]]


def collect(tape: Cassette, text: str, demand: Demand, folder: Path) -> Found:
    (folder / "test.yaml").write_text(text)
    resources = declared.load(folder)
    found: Found = {}
    session = sessions(tape)()
    clients = Clients(session, connections=4, attempts=1, roots={})
    account = Account(
        identity=IDENTITY,
        calls=Calls(clients),
        clock=lambda: NOW,
        redactor=Redactor(told={}, pseudonyms=None),
    )
    schemas = {name: kind_from(kinds.document(resource), name) for name, resource in resources.items()}
    units = plan(demand, resources, IDENTITY, Regions(known={"us-east-1": {}}, asked=None))
    works = iter([Work(planned, account, schemas[planned.resource.name]) for planned in units])

    def finish(work: Work) -> None:
        population, records = work.result()
        found[population.unit.kind] = (population, sorted(records, key=lambda record: record.subject))

    with ThreadPoolExecutor(4) as executor:
        Crew(partial(next, works, None), finish).run(executor, 4)
    clients.close()
    return found


@pytest.fixture
def iam(tmp_path: Path) -> Callable[..., Found]:
    def collected(demand: Demand, **other: Answer) -> Found:
        answers = {**ANSWERS, **{f"iam:{name}": answer for name, answer in other.items()}}
        return collect(Asked(answers), FILE, demand, tmp_path)

    return collected


def user(name: str) -> dict[str, str]:
    return {"UserName": name, "Arn": f"arn:aws:iam::123456789012:user/{name}", "Path": "/"}


def keys_of(parameters: dict[str, Any]) -> Answer:
    name = parameters["UserName"]
    return {"AccessKeyMetadata": [{"UserName": name, "AccessKeyId": f"AKIA000000000000{name}{n}"} for n in (1, 2)]}


def devices_of(parameters: dict[str, Any]) -> Answer:
    return {"MFADevices": [{"UserName": parameters["UserName"], "SerialNumber": "arn:aws:mfa", "EnableDate": NOW}]}


ANSWERS: Mapping[str, Answer] = {
    "iam:ListAccountAliases": {"AccountAliases": ["one", "two"], "IsTruncated": False},
    "iam:GetAccountAuthorizationDetails": {"UserDetailList": [user("anna"), user("ben")], "IsTruncated": False},
    "iam:ListAccessKeys": keys_of,
    "iam:GetAccessKeyLastUsed": {"AccessKeyLastUsed": {"Region": "N/A", "ServiceName": "N/A"}},
    "iam:ListMFADevices": devices_of,
}
EVERYTHING = {ALIASES: frozenset[str](), KEYS: frozenset({"used"}), MEMBERS: frozenset[str]()}


def test_bare_values_become_items(iam: Callable[..., Found]) -> None:
    population, records = iam(EVERYTHING)[ALIASES]
    assert [record.body for record in records] == [
        {"Account": "123456789012", "Alias": "one"},
        {"Account": "123456789012", "Alias": "two"},
    ]
    assert [record.subject for record in records] == ["123456789012/one", "123456789012/two"]
    assert population.complete
    assert population.coverage.covers("Alias")


def test_a_kind_is_listed_for_each_item_of_another(iam: Callable[..., Found]) -> None:
    found = iam(EVERYTHING)
    population, records = found[KEYS]
    assert [record.subject for record in records] == [
        "AKIA000000000000anna1",
        "AKIA000000000000anna2",
        "AKIA000000000000ben1",
        "AKIA000000000000ben2",
    ]
    assert records[0].body == {
        "AccessKeyId": "AKIA000000000000anna1",
        "UserName": "anna",
        "UserArn": "arn:aws:iam::123456789012:user/anna",
        "UserPath": "/",
        "used": {"Region": "N/A", "ServiceName": "N/A"},
    }
    assert population.complete
    assert population.query == "iam:ListAccessKeys"
    assert USERS not in found
    lowest = found[MEMBERS][1]
    assert {record.body["UserArn"] for record in lowest} <= {user("anna")["Arn"], user("ben")["Arn"]}


def test_a_gap_above_is_a_hole_below(iam: Callable[..., Found]) -> None:
    refused = Refused("AccessDenied", 403)
    found = iam(EVERYTHING, GetAccountAuthorizationDetails=refused)
    for kind in (KEYS, MEMBERS):
        population, records = found[kind]
        assert not records
        assert not population.complete
        assert [(gap.call, gap.reason) for gap in population.gaps] == [
            ("iam:GetAccountAuthorizationDetails", GapReason.ACCESS_DENIED)
        ]


def test_a_list_denied_for_one_item_above_is_a_hole_too(iam: Callable[..., Found]) -> None:
    def denied(parameters: dict[str, Any]) -> Answer:
        return Refused("AccessDenied", 403) if parameters["UserName"] == "ben" else keys_of(parameters)

    population, records = iam(EVERYTHING, ListAccessKeys=denied)[KEYS]
    assert [record.subject for record in records] == ["AKIA000000000000anna1", "AKIA000000000000anna2"]
    assert [(gap.call, gap.reason) for gap in population.gaps] == [("iam:ListAccessKeys", GapReason.ACCESS_DENIED)]


def test_an_item_above_that_is_gone_is_a_fact(iam: Callable[..., Found]) -> None:
    def gone(parameters: dict[str, Any]) -> Answer:
        return Refused("NoSuchEntity", 404) if parameters["UserName"] == "ben" else keys_of(parameters)

    population, records = iam(EVERYTHING, ListAccessKeys=gone)[KEYS]
    assert len(records) == 2
    assert population.complete
    assert [fact.fact for fact in population.facts] == ["subject-gone"]


def test_a_field_that_the_item_above_lacks_is_a_gap(iam: Callable[..., Found]) -> None:
    users = {"UserDetailList": [{"Arn": "arn:aws:iam::1:user/nobody"}, user("anna")], "IsTruncated": False}
    population, records = iam(EVERYTHING, GetAccountAuthorizationDetails=users)[KEYS]
    assert len(records) == 2
    assert [gap.detail for gap in population.gaps] == ["the listed item lacks UserName"]


def test_the_policy_allows_listing_what_is_above(tmp_path: Path) -> None:
    (tmp_path / "test.yaml").write_text(FILE)
    policy = least_privilege({MEMBERS: frozenset()}, declared.load(tmp_path))
    assert policy["Statement"][0]["Action"] == [
        "iam:GetAccountAuthorizationDetails",
        "iam:ListAccessKeys",
        "iam:ListMFADevices",
    ]


def test_the_kind_says_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "test.yaml").write_text(FILE)
    (tmp_path / "batched.yaml").write_text(BATCHED)
    resources = declared.load(tmp_path)
    key = kinds.document(resources[KEYS])
    assert key["calls"] == {
        "": ["iam:ListAccessKeys", "iam:GetAccountAuthorizationDetails"],
        "used": ["iam:GetAccessKeyLastUsed"],
    }
    assert key["schema"]["properties"]["UserArn"] == {"type": "string"}
    assert kinds.document(resources[ALIASES])["schema"]["properties"] == {
        "Account": {"type": "string"},
        "Alias": {"type": "string"},
    }
    volume = kinds.document(resources[VOLUMES])
    assert volume["schema"]["properties"]["trail"]["properties"]["Name"] == {"type": "string"}


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("for: aws.test.user", "for: aws.test.nobody", "there is no such kind"),
        ("for: aws.test.user", "for: aws.test.membership", "that is a circle"),
    ],
)
def test_loading_refuses_a_line_without_a_beginning(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    (tmp_path / "test.yaml").write_text(FILE.replace(right, wrong))
    with pytest.raises(DataError, match=message):
        declared.load(tmp_path)


WRONG = [
    (FILE, "as: Alias, ", "", "name them with `as`"),
    (FILE, "path: AccessKeyMetadata", "path: AccessKeyMetadata\n      as: Key", "leave `as` out"),
    (FILE, "for: aws.test.user", "for: aws.test.nobody", "there is no kind aws.test.nobody"),
    (FILE, "for: aws.test.user", "for: aws.test.membership", "is listed for itself in the end"),
    (FILE, "keep: [Account]", "keep: [Acount]", "has no field 'Acount'"),
    (FILE, "{UserArn: Arn,", "{UserName: Arn,", "has a field 'UserName' already"),
    (FILE, "params: {UserName: UserName}\n      keep: {", "params: {UserName: User}\n      keep: {", "no field 'User'"),
    (FILE, "path: UserDetailList", "path: UserDetailLists", "the listing of aws.test.user is wrong itself"),
    (FILE, "Access key\n    scope: global", "Access key\n    scope: regional", "must be too"),
    (FILE, "op: list_access_keys\n", "op: list_access_keys\n      regions: each\n", "listed where aws.test.user is"),
    (BATCHED, "from: VolumeId, match: Name, size: 2", "from: Volume, match: Name, size: 2", "no field 'Volume'"),
    (BATCHED, "match: Name, size: 2", "match: Nam, size: 2", "an element of the answer has no 'Nam'"),
    (BATCHED, "value: HomeRegion", "value: Homeregion", "an element of the answer has no 'Homeregion'"),
    (BATCHED, "size: 2}", "size: 2, failures: failed}", "the answer of DescribeTrails has no 'failed'"),
    (
        BATCHED,
        "{param: trailNameList, from: VolumeId, match: Name, size: 2",
        "{param: trails, from: VolumeId, match: Name, size: 2",
        "has no parameter 'trails'",
    ),
    (
        BATCHED,
        "{param: trailNameList, from: VolumeId, match: Name, size: 2",
        "{param: includeShadowTrails, from: VolumeId, match: Name, size: 2",
        "takes no list",
    ),
    (BATCHED, "size: 2}", "size: 1}", "1 is less than the minimum of 2"),
]


@pytest.mark.parametrize(("text", "right", "wrong", "message"), WRONG)
def test_the_lint_proves_it(tmp_path: Path, text: str, right: str, wrong: str, message: str) -> None:
    assert right in text
    (tmp_path / "test.yaml").write_text(text)
    assert not [problem for problem in lint(tmp_path) if problem.path.endswith("test.yaml")]
    (tmp_path / "test.yaml").write_text(text.replace(right, wrong))
    problems = [problem for problem in lint(tmp_path) if problem.path.endswith("test.yaml")]
    assert any(message in problem.message for problem in problems), "\n".join(map(str, problems))
    assert all(problem.line > 1 for problem in problems)


def test_a_batch_is_no_longer_than_the_service_takes(tmp_path: Path) -> None:
    text = (
        BATCHED.replace("service: cloudtrail", "service: codebuild")
        .replace("op: describe_trails", "op: batch_get_projects")
        .replace("path: trailList", "path: projects")
        .replace("param: trailNameList", "failures: projectsNotFound, param: names")
        .replace("match: Name", "match: name")
        .replace("value: HomeRegion", "value: arn")
    )
    most = operation("codebuild", "BatchGetProjects").input_shape.members["names"].metadata["max"]
    for size in (most, most + 1):
        (tmp_path / "test.yaml").write_text(text.replace("size: 2", f"size: {size}"))
        problems = [problem.message for problem in lint(tmp_path) if problem.path.endswith("test.yaml")]
        assert problems == ([] if size == most else [f"BatchGetProjects takes at most {most} at once"])


def volumes(count: int) -> Answer:
    return {"Volumes": [{"VolumeId": f"v{number}"} for number in range(count)]}


def trails(parameters: dict[str, Any]) -> Answer:
    return {"trailList": [{"Name": name, "HomeRegion": f"r-{name}"} for name in parameters["trailNameList"][::-1]]}


def batched(tmp_path: Path, told: Answer, count: int = 5) -> tuple[Asked, Population, list[Record]]:
    tape = Asked({"ec2:DescribeVolumes": volumes(count), "cloudtrail:DescribeTrails": told})
    found = collect(tape, BATCHED, {VOLUMES: frozenset({"trail"})}, tmp_path)
    return (tape, *found[VOLUMES])


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (2, [2]), (5, [1, 2, 2])])
def test_a_section_is_read_for_many_at_once(tmp_path: Path, count: int, sizes: list[int]) -> None:
    tape, population, records = batched(tmp_path, trails, count)
    asked = [call["trailNameList"] for call in tape.calls if "trailNameList" in call]
    assert sorted(map(len, asked)) == sizes
    assert [record.body["trail"]["Name"] for record in records] == [f"v{number}" for number in range(count)]
    assert population.complete
    assert population.coverage.covers("trail.Name")


def test_what_the_answer_does_not_hold_is_a_gap(tmp_path: Path) -> None:
    _, population, records = batched(tmp_path, lambda asked: {"trailList": [{"Name": "v1"}, {"Name": "other"}]})
    assert [(record.subject, "trail" in record.body, len(record.gaps)) for record in records] == [
        (f"v{number}", number == 1, number != 1) for number in range(5)
    ]
    gap = records[0].gaps[0]
    assert (gap.path, gap.reason, gap.call) == ("trail", GapReason.NOT_PROVIDED, "cloudtrail:DescribeTrails")
    assert gap.detail == "the answer does not hold it"
    assert population.complete


def test_of_the_elements_of_a_list_what_one_does_not_have_is_absent_and_what_is_denied_a_gap(tmp_path: Path) -> None:
    policies = {
        "one": {"Policy": "{}"},
        "none": Refused("ResourceNotFoundException", 404),
        "denied": Refused("AccessDeniedException", 403),
    }
    tape = Asked(
        {
            "lambda:ListFunctions": {"Functions": [{"FunctionName": "f"}]},
            "lambda:ListAliases": {"Aliases": [{"AliasArn": f"f:{name}", "Name": name} for name in policies]},
            "lambda:GetPolicy": lambda parameters: policies[parameters["FunctionName"].removeprefix("f:")],
        }
    )
    function = KindName("aws.test.function")
    (record,) = collect(tape, FUNCTIONS, {function: frozenset({"aliases"})}, tmp_path)[function][1]
    assert record.body["aliases"] == [
        {"AliasArn": "f:one", "Name": "one", "Policy": "{}"},
        {"AliasArn": "f:none", "Name": "none"},
        {"AliasArn": "f:denied", "Name": "denied"},
    ]
    assert [(gap.path, gap.reason) for gap in record.gaps] == [("aliases[2].Policy", GapReason.ACCESS_DENIED)]


def test_a_batch_that_is_denied_is_a_gap_of_each(tmp_path: Path) -> None:
    _, _, records = batched(tmp_path, Refused("AccessDenied", 403))
    assert [[gap.reason for gap in record.gaps] for record in records] == [[GapReason.ACCESS_DENIED]] * 5


def test_one_that_is_gone_does_not_take_the_batch_with_it(tmp_path: Path) -> None:
    def told(parameters: dict[str, Any]) -> Answer:
        return Refused("TrailNotFoundException", 404) if "v2" in parameters["trailNameList"] else trails(parameters)

    _, population, records = batched(tmp_path, told)
    assert [record.subject for record in records] == ["v0", "v1", "v3", "v4"]
    assert all("trail" in record.body for record in records)
    assert [fact.fact for fact in population.facts] == ["subject-gone"]


@pytest.mark.parametrize(
    ("entry", "kept", "reasons"),
    [
        ({"arn": "v0", "reason": "MISSING"}, False, []),
        ({"arn": "v0", "reason": "NONE"}, True, []),
        ({"arn": "v0", "reason": "AccessDenied"}, True, [GapReason.ACCESS_DENIED]),
        ({"arn": "v0", "reason": "Because", "detail": "of much"}, True, [GapReason.NOT_PROVIDED]),
        ({"arn": "v9", "reason": "MISSING"}, True, [GapReason.NOT_PROVIDED]),
    ],
)
def test_failures_say_why(tmp_path: Path, entry: dict[str, str], kept: bool, reasons: list[GapReason]) -> None:
    tape = Asked({"ec2:DescribeVolumes": volumes(1), "ecs:DescribeClusters": {"clusters": [], "failures": [entry]}})
    population, records = collect(tape, CLUSTERS, {VOLUMES: frozenset({"trail"})}, tmp_path)[VOLUMES]
    assert bool(records) is kept
    assert [gap.reason for record in records for gap in record.gaps] == reasons
    assert [fact.fact for fact in population.facts] == ([] if kept else ["subject-gone"])


DEFINITIONS = """
format: grc.resources/1
service: ecs
kinds:
  aws.test.definition:
    title: Task definition
    scope: regional
    list:
      op: list_task_definitions
      path: taskDefinitionArns
      as: taskDefinitionArn
      also:
        derive: definitions_in_use
        calls: [ecs:ListClusters, ecs:ListServices, ecs:DescribeServices, ecs:ListTasks, ecs:DescribeTasks]
    id: taskDefinitionArn
"""
DEFINITION = KindName("aws.test.definition")
OF_SERVICE = {
    "serviceArn": "s",
    "taskDefinition": "web:2",
    "deployments": [{"taskDefinition": "web:2"}, {"taskDefinition": "web:1"}],
    "taskSets": [{"taskDefinition": "web:0"}],
}
RUNNING: Mapping[str, Answer] = {
    "ecs:ListTaskDefinitions": {"taskDefinitionArns": ["web:2", "idle:1"]},
    "ecs:ListClusters": {"clusterArns": ["c"]},
    "ecs:ListServices": {"serviceArns": ["s", "went"]},
    "ecs:DescribeServices": {"services": [OF_SERVICE], "failures": [{"arn": "went", "reason": "MISSING"}]},
    "ecs:ListTasks": {"taskArns": ["t", "u"]},
    "ecs:DescribeTasks": {
        "tasks": [{"taskArn": "t", "taskDefinitionArn": "job:3"}, {"taskArn": "u", "taskDefinitionArn": "web:2"}]
    },
}
ACCESS_DENIED, CLUSTER_GONE = Refused("AccessDeniedException", 403), Refused("ClusterNotFoundException", 400)


def definitions(folder: Path, **other: Answer) -> tuple[Population, list[str]]:
    tape = Asked({**RUNNING, **{f"ecs:{name}": answer for name, answer in other.items()}})
    population, records = collect(tape, DEFINITIONS, {DEFINITION: frozenset[str]()}, folder)[DEFINITION]
    return population, [str(record.subject) for record in records]


def test_what_the_list_leaves_out_and_something_runs_is_found_too(tmp_path: Path) -> None:
    population, found = definitions(tmp_path)
    assert found == ["idle:1", "job:3", "web:0", "web:1", "web:2"]
    assert (population.complete, population.count, population.gaps) == (True, 5, ())


def test_where_nothing_runs_the_list_is_all_there_is(tmp_path: Path) -> None:
    population, found = definitions(tmp_path, ListClusters={"clusterArns": []})
    assert (population.complete, found) == (True, ["idle:1", "web:2"])


def test_a_cluster_that_goes_meanwhile_runs_nothing(tmp_path: Path) -> None:
    population, found = definitions(tmp_path, ListTasks=CLUSTER_GONE)
    assert (population.complete, found) == (True, ["idle:1", "web:2"])


@pytest.mark.parametrize("name", ["ListClusters", "ListServices", "DescribeServices", "ListTasks", "DescribeTasks"])
def test_what_runs_and_could_not_be_read_is_a_hole(name: str, tmp_path: Path) -> None:
    population, found = definitions(tmp_path, **{name: ACCESS_DENIED})
    assert found == ["idle:1", "web:2"]
    assert not population.complete
    assert [(gap.call, gap.reason) for gap in population.gaps] == [(f"ecs:{name}", GapReason.ACCESS_DENIED)]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("DescribeServices", {"services": [OF_SERVICE], "failures": []}),
        ("DescribeTasks", {"tasks": [{"taskArn": "t", "taskDefinitionArn": "job:3"}]}),
        ("DescribeTasks", {"tasks": [{"taskArn": "t", "taskDefinitionArn": "job:3"}, {"taskArn": "u"}]}),
    ],
)
def test_what_runs_and_is_not_told_whole_is_a_hole(name: str, answer: Answer, tmp_path: Path) -> None:
    population, _ = definitions(tmp_path, **{name: answer})
    assert [(gap.call, gap.reason) for gap in population.gaps] == [(f"ecs:{name}", GapReason.MALFORMED)]


def test_the_policy_allows_what_further_items_are_found_by(tmp_path: Path) -> None:
    (tmp_path / "test.yaml").write_text(DEFINITIONS)
    policy = least_privilege({DEFINITION: frozenset[str]()}, declared.load(tmp_path))
    allowed = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert {"ecs:DescribeServices", "ecs:DescribeTasks", "ecs:ListTasks"} <= allowed
