from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from grc import catalogue
from grc.errors import ConfigError, DataError
from grc.model.catalogue import (
    Declined,
    Method,
    Parameter,
    ParameterType,
    Related,
    Relation,
    Requirement,
    RequirementKind,
    Severity,
    Within,
)
from grc.model.identifiers import CheckId, ControlId, FrameworkId, KindName
from grc.model.kind import Kind
from grc.model.status import Verdict

Kinds = Mapping[KindName, Kind]
DEMO = FrameworkId("demo")


def test_a_catalogue_holds_what_its_files_say(root: Path, demo_kinds: Kinds) -> None:
    demo = catalogue.load([root], demo_kinds).catalogues[DEMO]
    assert (demo.title, demo.publisher, demo.edition) == ("Demo framework", "Nobody", "1")
    assert [(each.id, each.count, each.rule) for each in demo.counted_sets] == [("rules", 3, "Every assessable row")]
    assert [row.code for row in demo.requirements] == ["1", "1.1", "1.1(a)", "1.10", "2", "3"]


def test_a_requirement_holds_what_its_row_says(root: Path, demo_kinds: Kinds) -> None:
    rows = {row.code: row for row in catalogue.load([root], demo_kinds).catalogues[DEMO].requirements}
    encryption, training = rows["1.1"], rows["1.10"]
    assert encryption.id == "demo:1.1"
    assert encryption.kind is RequirementKind.ASSESSABLE
    assert (encryption.parent, encryption.group, encryption.counted_in) == ("demo:1", "Everything", "rules")
    assert (encryption.duty_holder, encryption.aliases) == (("O",), ("old-1.1",))
    assert parts(encryption) == {"rules": Method.DOCUMENT, "at-rest": Method.TECHNICAL}
    assert encryption.position.path == str(root / "controls" / "demo" / "rows.yaml")
    assert (encryption.position.line, encryption.position.column) == (7, 3)
    assert training.group == "People"
    assert training.attributes == {"new": True, "themes": ["one", "two"], "level": 3}
    assert training.parts is not None
    assert training.parts[0].evidence == "A record of each training"


def parts(row: Requirement) -> dict[str, Method]:
    return {part.id: part.method for part in row.parts or ()}


def test_pending_is_not_the_same_as_no_parts(root: Path, demo_kinds: Kinds) -> None:
    rows = {row.code: row for row in catalogue.load([root], demo_kinds).catalogues[DEMO].requirements}
    assert rows["2"].parts is None
    assert rows["1"].parts == ()


def test_shared_parts_go_to_each_counted_row_that_is_written(root: Path, demo_kinds: Kinds) -> None:
    head = root / "controls" / "demo" / "catalogue.yaml"
    shared = "shared-parts:\n  answers:\n    method: record\n    show: Somebody answers for “{title}” {alone}\n"
    head.write_text(head.read_text(encoding="utf-8") + shared, encoding="utf-8")
    rows = {row.code: row for row in catalogue.load([root], demo_kinds).catalogues[DEMO].requirements}
    assert parts(rows["1.1"]) == {"rules": Method.DOCUMENT, "at-rest": Method.TECHNICAL, "answers": Method.RECORD}
    assert [part.show for part in rows["1.10"].parts or ()][-1] == "Somebody answers for “Training” {alone}"
    assert rows["2"].parts is None
    assert rows["1"].parts == rows["1.1(a)"].parts == rows["3"].parts == ()


def test_a_control_holds_what_its_entry_says(root: Path, demo_kinds: Kinds) -> None:
    control = catalogue.load([root], demo_kinds).controls[ControlId("crypto")]
    assert (control.owner, control.theme, control.frequency) == ("platform engineering", "cryptography", "continuous")
    assert control.deciding == ("demo.bucket.encrypted",)
    assert control.advisory == ("demo.bucket.own-key",)
    assert [(each.requirement, each.part, each.relation) for each in control.maps] == [
        ("demo:1.1", "at-rest", Relation.MEETS),
        ("demo:1.1", "rules", Relation.SUPPORTS),
    ]
    assert control.maps[0].covers == "Buckets"
    assert control.maps[1].position.line == 11


def test_a_check_holds_what_its_entry_says(root: Path, demo_kinds: Kinds) -> None:
    check = catalogue.load([root], demo_kinds).checks[CheckId("demo.bucket.own-key")]
    assert (check.severity, check.kind) == (Severity.LOW, "demo.bucket")
    assert check.parameters == (
        Parameter(name="least", type=ParameterType.INT, value=10, minimum=1, maximum=100, one_of=(), subset_of=()),
    )
    match = {"Id": "resource.Name"}
    assert check.relate == (Related(name="keys", kind=KindName("demo.key"), match=match, within=Within.ACCOUNT),)
    assert check.when == "resource.?Size.orValue(0) >= params.least"
    assert check.assertion == "keys.exists(k, k.Enabled == true)"
    assert (check.remedy.text, check.remedy.cli, check.remedy.terraform) == ("Give it a key.", "demo key", None)
    assert check.sources == ("https://demo.example/keys",)


def test_a_remedy_may_be_declined_with_its_reason(root: Path, demo_kinds: Kinds) -> None:
    file = root / "checks/demo.yaml"
    text = file.read_text().replace("cli: demo key}", "cli: demo key, terraform: {none: no resource holds a key}}")
    file.write_text(text)
    remedy = catalogue.load([root], demo_kinds).checks[CheckId("demo.bucket.own-key")].remedy
    assert (remedy.cli, remedy.terraform) == ("demo key", Declined(reason="no resource holds a key"))


def test_examples_are_read_only_when_asked_for(root: Path, demo_kinds: Kinds) -> None:
    name = CheckId("demo.bucket.own-key")
    assert catalogue.load([root], demo_kinds).checks[name].examples == ()
    examples = catalogue.load([root], demo_kinds, examples=True).checks[name].examples
    assert [example.expected for example in examples] == [
        Verdict.PASS,
        Verdict.FAIL,
        Verdict.UNKNOWN,
        Verdict.NOT_APPLICABLE,
    ]
    assert examples[0].related == {"keys": ({"Id": "k", "Enabled": True},)}
    assert examples[2].holes == ("keys",)


def test_a_broken_example_does_not_stop_a_run(root: Path, demo_kinds: Kinds) -> None:
    (root / "checks" / "demo.examples.yaml").write_text("format: [", encoding="utf-8")
    assert catalogue.load([root], demo_kinds).checks
    with pytest.raises(DataError):
        catalogue.load([root], demo_kinds, examples=True)


def test_a_workspace_adds_to_what_is_shipped(root: Path, tmp_path: Path, demo_kinds: Kinds) -> None:
    own = tmp_path / "own"
    (own / "controls" / "house").mkdir(parents=True)
    (own / "controls" / "house" / "catalogue.yaml").write_text(
        (root / "controls/demo/catalogue.yaml")
        .read_text(encoding="utf-8")
        .replace("id: demo", "id: house")
        .replace("count: 3", "count: 1"),
        encoding="utf-8",
    )
    (own / "controls" / "house" / "rows.yaml").write_text(
        "format: grc.catalogue/1\ngroup: All\nrequirements:\n"
        "- {id: H1, title: House rule, kind: assessable, counted: rules, parts: pending}\n",
        encoding="utf-8",
    )
    policy = catalogue.load([root, own], demo_kinds)
    assert list(policy.catalogues) == ["demo", "house"]
    assert policy.catalogues[FrameworkId("house")].requirements[0].id == "house:H1"


@pytest.mark.parametrize("name", ["controls", "checks"])
def test_a_workspace_never_changes_what_is_shipped(root: Path, tmp_path: Path, demo_kinds: Kinds, name: str) -> None:
    own = tmp_path / "own"
    shutil.copytree(root / name, own / name)
    with pytest.raises(DataError) as caught:
        catalogue.load([root, own], demo_kinds)
    messages = [problem.message for problem in caught.value.problems]
    ours = [message for message in messages if "comes with the engine" in message]
    assert ours
    assert all("choose another id" in message for message in ours)
    assert all(problem.path.startswith(str(own)) for problem in caught.value.problems)


def test_a_root_that_is_given_twice_is_read_once(root: Path, demo_kinds: Kinds) -> None:
    assert catalogue.load([root, root / "checks" / ".."], demo_kinds) == catalogue.load([root], demo_kinds)


def test_the_order_of_a_policy_is_fixed(root: Path, tmp_path: Path, demo_kinds: Kinds) -> None:
    entries = (root / "controls/common/base.yaml").read_text(encoding="utf-8").split("- id: ")[1:]
    random.Random(3).shuffle(entries)
    turned = "format: grc.controls/1\ntheme: t\ncontrols:\n" + "".join(f"- id: {entry}" for entry in entries)
    (root / "controls/common/base.yaml").write_text(turned, encoding="utf-8")
    policy = catalogue.load([root], demo_kinds)
    assert list(policy.controls) == ["crypto", "rules-kept", "training"]
    assert list(policy.checks) == ["demo.bucket.encrypted", "demo.bucket.own-key", "register.people.trained"]


def test_all_problems_of_all_files_come_at_once(root: Path, demo_kinds: Kinds) -> None:
    for name in ("controls/demo/rows.yaml", "checks/demo.yaml"):
        path = root / name
        path.write_text(path.read_text(encoding="utf-8").replace("title:", "titel:"), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        catalogue.load([root], demo_kinds)
    assert len(caught.value.problems) == 2 * (6 + 2)
    assert list(caught.value.problems) == sorted(caught.value.problems)


def test_no_policy_at_all_is_an_error(tmp_path: Path, demo_kinds: Kinds) -> None:
    with pytest.raises(ConfigError, match="there is no policy: no file in controls/ or checks/ of"):
        catalogue.load([tmp_path], demo_kinds)


def test_a_root_that_is_not_there_is_a_problem(tmp_path: Path, demo_kinds: Kinds) -> None:
    with pytest.raises(DataError, match="is not a folder"):
        catalogue.load([tmp_path / "nowhere"], demo_kinds)


def test_the_files_that_are_read_can_be_listed(root: Path) -> None:
    assert [path.relative_to(root).as_posix() for path in catalogue.data_files([root])] == [
        "controls/common/base.yaml",
        "controls/common/rules.yaml",
        "controls/demo/catalogue.yaml",
        "controls/demo/rows.yaml",
        "checks/demo.examples.yaml",
        "checks/demo.yaml",
        "checks/people.examples.yaml",
        "checks/people.yaml",
    ]


def test_what_is_shipped_is_found() -> None:
    assert (catalogue.shipped() / "controls").is_dir()
