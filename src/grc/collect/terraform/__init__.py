"""Terraform's plans, states and configuration, translated to the same kinds as live AWS."""

from grc.collect.terraform.directory import open_directory, recognise
from grc.collect.terraform.source import open_file, open_plan
from grc.collect.terraform.translation import load_translations

__all__ = ["load_translations", "open_directory", "open_file", "open_plan", "recognise"]
