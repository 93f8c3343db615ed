"""Terraform plans, translated to the same kinds as live AWS."""

from grc.collect.terraform.source import open_plan
from grc.collect.terraform.translation import load_translations

__all__ = ["load_translations", "open_plan"]
