"""A new workspace, or what an older one lacks: files that explain themselves, made from the schemas."""

from grc.run.starting.workspace import Begun, begin, policy_templates

__all__ = ["Begun", "begin", "policy_templates"]
