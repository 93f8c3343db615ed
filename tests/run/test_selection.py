"""Which checks run: narrowed by framework, by theme and by name, and never by what a control requires."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from grc import catalogue, kinds
from grc.model.catalogue import Policy
from grc.model.identifiers import CheckId, ControlId, FrameworkId, KindName
from grc.run.selection import select

BASE = Path(__file__).parents[1] / "catalogue"
ALL = frozenset({KindName("demo.bucket"), KindName("register.people"), KindName("demo.key")})


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    root = tmp_path_factory.mktemp("selection") / "root"
    shutil.copytree(BASE / "base", root)
    return catalogue.load([root], kinds.load([BASE / "kinds"]))


def chosen(policy: Policy, **narrowed: object) -> set[CheckId]:
    asked = {"checks": (), "frameworks": (FrameworkId("demo"),), "kinds": ALL, **narrowed}
    return {check.id for check in select(policy, **asked)}  # type: ignore[arg-type]  # the names are those of select


def test_without_themes_every_check_of_the_frameworks_runs(policy: Policy) -> None:
    kinds_had = {check.id for check in policy.checks.values() if check.kind in ALL}
    assert chosen(policy) == chosen(policy, themes=None) == kinds_had


def test_a_theme_narrows_to_its_controls(policy: Policy) -> None:
    crypto = policy.controls[ControlId("crypto")]
    assert chosen(policy, themes=("cryptography",)) == {*crypto.deciding, *crypto.advisory}
    assert chosen(policy, themes=()) == set()


def test_a_check_by_name_runs_whatever_its_theme(policy: Policy) -> None:
    name = policy.controls[ControlId("crypto")].deciding[0]
    assert chosen(policy, checks=(name,), themes=("people",)) == {name}


def test_a_control_without_maps_runs_under_its_theme_alone(policy: Policy) -> None:
    bare = replace(policy.controls[ControlId("crypto")], maps=(), theme="other")
    changed = replace(policy, controls={**policy.controls, bare.id: bare})
    assert not chosen(changed, themes=("people",)) & set(bare.deciding)
    assert set(bare.deciding) <= chosen(changed, themes=("other",))
