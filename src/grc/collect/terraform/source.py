"""Terraform as a source: plans, states and directories of its language, as the records that a live scan would give."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from grc.collect.terraform.plan import Plan, plan_of, read_document, read_plan
from grc.collect.terraform.state import NoStateError, read_state
from grc.collect.terraform.translation import load_translations
from grc.collect.translated import Declared, DeclaredSource, Estate, Wording
from grc.errors import ConfigError
from grc.model.evidence import Origin

QUERY: Final = "terraform show -json"
PLAN: Final = Wording(call="terraform plan", noun="plan")
STATE: Final = Wording(call="terraform state", noun="state")


def open_plan(path: Path, root: str, clock: Callable[[], datetime]) -> DeclaredSource:
    """Open a plan file as a source. ``root`` names it in places: ``file/<root>``.

    Raises:
        ConfigError: the file is not the JSON of a Terraform plan.
    """
    return _source("terraform-plan", plan_estate(read_plan(path, root), root), clock)


def open_file(path: Path, root: str, clock: Callable[[], datetime]) -> DeclaredSource:
    """Open a plan or a state as a source, whichever the file is.

    Raises:
        ConfigError: the file is neither, or of a version that is not read.
    """
    document = read_document(path)
    if not is_state(document):
        return _source("terraform-plan", plan_estate(plan_of(document, str(path), root), root), clock)
    return _source("terraform-state", state_estate(document, str(path), root, root), clock)


def is_state(document: Any) -> bool:
    """Whether a document is a state and not a plan, by its keys."""
    if not isinstance(document, dict) or "planned_values" in document:
        return False
    return "values" in document or {"version", "lineage"} <= document.keys()


def plan_estate(plan: Plan, root: str) -> Estate:
    """What a plan tells, as an estate of that name."""
    return Estate(
        root=root,
        origin=Origin.PLAN,
        query=QUERY,
        parameters={"terraform": plan.terraform_version},
        wording=PLAN,
        declared=Declared(resources=plan.resources),
    )


def state_estate(document: Any, name: str, file: str, root: str) -> Estate:
    """What a state tells, as an estate of that name.

    Raises:
        ConfigError: it is no state, or of a version that is not read.
    """
    try:
        version, declared = read_state(document, file)
    except NoStateError as error:
        raise ConfigError(f"{name} {error}: make it with `terraform show -json > state.json`") from error
    return Estate(
        root=root,
        origin=Origin.STATE,
        query=QUERY,
        parameters={"terraform": version},
        wording=STATE,
        declared=declared,
    )


def _source(name: str, estate: Estate, clock: Callable[[], datetime]) -> DeclaredSource:
    return DeclaredSource(name=name, version="1", estates=(estate,), translations=load_translations(), clock=clock)
