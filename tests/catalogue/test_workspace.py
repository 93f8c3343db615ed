from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc import catalogue
from grc.catalogue.capability import names_two
from grc.catalogue.dates import end_of
from grc.catalogue.parameters import value_problem
from grc.errors import DataError
from grc.model.catalogue import Parameter, ParameterType, Position
from grc.model.identifiers import CheckId, KindName
from grc.model.kind import Kind
from grc.model.tailoring import AddressableChoice, Implementation, Inclusion, Statement
from grc.model.timezones import zone_of
from grc.model.types import Redaction
from grc.model.workspace import Accounts, Exclusion, Override, Period, TagRule
from grc.yamltext import parse

HERE = Path(__file__).parent
Kinds = Mapping[KindName, Kind]
NOWHERE = Position(path="here", line=1, column=1)


def test_a_workspace_holds_what_it_declares(root: Path) -> None:
    workspace = catalogue.load_workspace(root)
    assert workspace.organisation.name == "Demo Clinic"
    assert workspace.frameworks == ("demo",)
    assert workspace.aws is not None
    assert workspace.aws.accounts == ("111122223333",)
    assert workspace.aws.regions == ("eu-central-1",)
    assert workspace.aws.exclusions == (Exclusion(account="444455556666", region=None, reason="Sandbox"),)
    assert workspace.tags == {"personal-data": TagRule(key="DataClass", value="personal")}
    assert workspace.period == Period(first=date(2026, 1, 1), last=date(2026, 12, 31))
    assert (workspace.max_age.default_days, workspace.max_age.kinds) == (7, {"demo.bucket": 1})
    assert workspace.registers.files["people"].encoding == "windows-1252"
    assert workspace.registers.files["people"].columns == {"person_id": "Staff number"}
    assert workspace.redact.fields == {"demo.bucket": {"Name": Redaction.PSEUDONYM}}
    assert workspace.facts() == {
        "name": "Demo Clinic",
        "timezone": "Europe/Berlin",
        "tags": {"personal-data": {"key": "DataClass", "value": "personal"}},
    }


def test_what_is_not_declared_is_not_made_up(tmp_path: Path) -> None:
    (tmp_path / "grc.yaml").write_text("format: grc.workspace/1\n", encoding="utf-8")
    declared, without = catalogue.load_workspace(tmp_path), catalogue.no_workspace(tmp_path)
    for workspace in (declared, without):
        assert workspace.organisation.name is None
        assert workspace.organisation.timezone == "UTC"
        assert workspace.frameworks is None
        assert workspace.aws is None
        assert workspace.max_age.default_days is None
        assert workspace.facts() == {"timezone": "UTC", "tags": {}}
    assert (declared.file, without.file) == (tmp_path / "grc.yaml", None)


def test_accounts_may_be_those_of_the_organization(tmp_path: Path) -> None:
    text = "format: grc.workspace/1\nscope: {aws: {accounts: organization, regions: enabled}}\n"
    (tmp_path / "grc.yaml").write_text(text, encoding="utf-8")
    aws = catalogue.load_workspace(tmp_path).aws
    assert aws is not None
    assert (aws.accounts, aws.regions) == (Accounts.ORGANIZATION, None)


def test_the_template_is_a_workspace_that_declares_nothing(tmp_path: Path) -> None:
    (tmp_path / "grc.yaml").write_text(catalogue.workspace_template(), encoding="utf-8")
    workspace = catalogue.load_workspace(tmp_path)
    assert (workspace.aws, workspace.frameworks, workspace.overrides) == (None, None, ())


def test_the_template_with_everything_taken_is_a_workspace_too(tmp_path: Path) -> None:
    lines = catalogue.workspace_template().splitlines()
    taken = [re.sub(r"^#(?! \S)", "", line) for line in lines]
    (tmp_path / "grc.yaml").write_text("\n".join(taken), encoding="utf-8")
    workspace = catalogue.load_workspace(tmp_path)
    assert workspace.organisation.name == "Example Clinic"
    assert set(parse("\n".join(taken), "x").value) == {
        *(
            "format",
            "organisation",
            "frameworks",
            "themes",
            "scope",
            "period",
            "params",
            "max-age",
            "registers",
            "documents",
            "redact",
            "signing",
            "vault",
        ),
    }


def test_values_of_the_workspace_take_effect_by_id_and_by_alias(root: Path, demo_kinds: Kinds) -> None:
    policy = catalogue.load([root], demo_kinds)
    changed = catalogue.with_parameters(policy, catalogue.load_workspace(root).overrides)
    assert changed.checks[CheckId("demo.bucket.own-key")].parameters[0].value == 20
    assert changed.checks[CheckId("demo.bucket.encrypted")].parameters[0].value == ("KMS",)
    assert policy.checks[CheckId("demo.bucket.own-key")].parameters[0].value == 10


def test_every_value_out_of_bounds_is_named(root: Path, demo_kinds: Kinds) -> None:
    overrides = [
        Override(check="demo.bucket.own-key", parameter="least", value=0, position=NOWHERE),
        Override(check="demo.bucket.encrypted", parameter="algorithms", value=("DES",), position=NOWHERE),
        Override(check="demo.bucket.nothing", parameter="least", value=1, position=NOWHERE),
    ]
    with pytest.raises(DataError) as caught:
        catalogue.with_parameters(catalogue.load([root], demo_kinds), overrides)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        (ParameterType.INT, [0, -5, 2**63 - 1], ["1", True, ("1",), 2**63]),
        (ParameterType.DAYS, [0, 36500], ["1d", True, 36501, -36501]),
        (ParameterType.STRING, ["", "x"], [1, False, ("x",)]),
        (ParameterType.BOOL, [True, False], [0, 1, "true"]),
        (ParameterType.LIST, [("a",)], ["a", (), 1, True]),
    ],
)
def test_a_value_is_of_its_parameters_type(type_: ParameterType, good: list[object], bad: list[object]) -> None:
    parameter = Parameter(name="p", type=type_, value=1)
    assert [value_problem(parameter, value) for value in good] == [None] * len(good)  # type: ignore[arg-type]
    assert None not in [value_problem(parameter, value) for value in bad]  # type: ignore[arg-type]


@given(st.integers(-200, 200), st.none() | st.integers(-100, 100), st.none() | st.integers(-100, 100))
def test_a_number_is_within_its_bounds(value: int, minimum: int | None, maximum: int | None) -> None:
    parameter = Parameter(name="p", type=ParameterType.INT, value=0, minimum=minimum, maximum=maximum)
    within = (minimum is None or value >= minimum) and (maximum is None or value <= maximum)
    assert (value_problem(parameter, value) is None) == within


def test_a_day_ends_at_midnight_where_the_organisation_is() -> None:
    berlin = zone_of("Europe/Berlin")
    assert end_of("2026-03-28", berlin) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert end_of("2026-03-29", berlin) == datetime(2026, 3, 29, 22, tzinfo=UTC)  # summer time begins that day
    assert end_of("2026-12-31", zone_of("UTC")) == datetime(2027, 1, 1, tzinfo=UTC)
    assert end_of("2026-03-28T12:00:00+02:00", berlin) == datetime(2026, 3, 28, 10, tzinfo=UTC)
    assert end_of("2026-03-28T12:00:00Z", berlin).tzinfo is UTC


def test_waivers_come_by_id_with_the_present_name_of_their_check(root: Path, demo_kinds: Kinds) -> None:
    first, second = catalogue.load_waivers(root, catalogue.load([root], demo_kinds), "Europe/Berlin")
    assert (first.id, first.subject, first.tracking) == ("W-1", None, None)
    assert first.until == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert (second.check, second.subject) == ("demo.bucket.encrypted", "arn:demo:a")
    assert second.until == datetime(2026, 9, 1, 22, tzinfo=UTC)
    assert second.approved_on == date(2026, 3, 1)


def test_decisions_come_by_requirement(root: Path, demo_kinds: Kinds) -> None:
    first, second = catalogue.load_applicability(root, catalogue.load([root], demo_kinds))
    assert (first.requirement, first.applicable, first.approved_by) == ("demo:1.1", True, "Grace")
    assert (second.requirement, second.applicable, second.reason) == ("demo:1.10", False, "Nobody works here")


def test_a_decision_holds_what_its_entry_says(root: Path, demo_kinds: Kinds) -> None:
    shutil.copy(HERE / "good" / "applicability.yaml" / "everything.yaml", root / "applicability.yaml")
    policy = catalogue.load([root], demo_kinds)
    scoped_out, training = catalogue.load_applicability(root, policy)
    assert (scoped_out.applicable, scoped_out.implemented, scoped_out.included_for) == (False, None, ())
    assert training.included_for == (Inclusion.LAW, Inclusion.RISK)
    assert (training.implemented, training.planned_for) == (Implementation.PLANNED, date(2026, 9, 1))
    assert (training.how, training.owner, training.reviewed_on) == (
        "By a course every year",
        "people",
        date(2026, 2, 1),
    )
    assert (training.references, training.risks, training.evidence) == (("DOC-1",), ("R-1", "R-2"), ("E-1",))


def test_tailoring_holds_what_two_files_say(root: Path, demo_kinds: Kinds) -> None:
    policy = catalogue.load([root], demo_kinds)
    assert catalogue.load_tailoring(root, policy) is None
    shutil.copy(HERE / "good" / "applicability.yaml" / "everything.yaml", root / "applicability.yaml")
    shutil.copy(HERE / "good" / "capability.yaml" / "targets-and-ratings.yaml", root / "capability.yaml")
    made = catalogue.load_tailoring(root, policy)
    assert made is not None
    assert made.statement == Statement(version="2", on=date(2026, 3, 1), approved_by="Grace", risk_assessment="RA-1")
    (addressable,) = made.addressable
    assert (addressable.choice, addressable.rationale) == (AddressableChoice.ALTERNATIVE, "It is dear")
    assert (addressable.alternative, addressable.review_on) == ("A lock", date(2027, 3, 1))
    assert [(target.objective, target.level, target.accountable) for target in made.targets] == [("demo:1", 3, "Ada")]
    assert [(rating.level, rating.achieved) for rating in made.ratings] == [(2, 70), (3, 0)]


def test_a_workspace_without_decisions_has_none(tmp_path: Path, root: Path, demo_kinds: Kinds) -> None:
    policy = catalogue.load([root], demo_kinds)
    assert catalogue.load_waivers(tmp_path, policy, "UTC") == ()
    assert catalogue.load_applicability(tmp_path, policy) == ()
    assert catalogue.load_tailoring(tmp_path, policy) is None


def test_text_is_one_of_those_allowed() -> None:
    free = Parameter(name="p", type=ParameterType.STRING, value="a")
    bound = Parameter(name="p", type=ParameterType.STRING, value="a", one_of=("a", "b"))
    assert value_problem(free, "c") is None
    assert value_problem(bound, "b") is None
    assert value_problem(bound, "c") == "is 'c': must be one of a, b"


@pytest.mark.parametrize(
    ("accountable", "two"),
    [
        ("CIO and CFO", True),
        ("Head of People & Head of IT", True),
        ("the board and the chief risk officer", True),
        ("CISO/DPO", True),
        ("Head of People and Culture", False),
        ("chief information and security officer", False),
        ("Director of Research and Development", False),
        ("Director, IT", False),
        ("Anderson Sandoval", False),
        ("Ada", False),
    ],
)
def test_a_text_that_plainly_names_two_roles(accountable: str, two: bool) -> None:
    assert names_two(accountable) is two
