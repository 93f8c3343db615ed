"""Terraform plans, translated to the same kinds as live AWS."""

from grc.collect.terraform.source import PlanSource, open_plan

__all__ = ["PlanSource", "open_plan"]
