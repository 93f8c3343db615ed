"""Workflow files of GitHub Actions: workflows, their jobs and their steps, each with its line."""

from grc.collect.workflows.source import open_workflows, recognise

__all__ = ["open_workflows", "recognise"]
