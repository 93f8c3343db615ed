"""Workflow files of GitHub Actions: workflows, their jobs and their steps, each with its line."""

from grc.collect.workflows.source import WORKFLOWS, recognise

__all__ = ["WORKFLOWS", "recognise"]
