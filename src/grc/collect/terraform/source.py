"""A Terraform plan as a source: the records that a live scan would give after apply, as far as the plan knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from grc.collect.terraform.plan import Plan, read_plan
from grc.collect.terraform.translation import load_translations
from grc.collect.translated import Declared, DeclaredSource, Estate, Wording
from grc.model.evidence import Origin

QUERY: Final = "terraform show -json"
PLAN: Final = Wording(call="terraform plan", noun="plan")


def open_plan(path: Path, root: str, clock: Callable[[], datetime]) -> DeclaredSource:
    """Open a plan file as a source. ``root`` names it in places: ``file/<root>``.

    Raises:
        ConfigError: the file is not the JSON of a Terraform plan.
    """
    return DeclaredSource(
        name="terraform-plan",
        version="1",
        estates=(plan_estate(read_plan(path, root), root),),
        translations=load_translations(),
        clock=clock,
    )


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
