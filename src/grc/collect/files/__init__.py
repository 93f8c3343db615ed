"""A directory as sources find it: what is in it, what is left out and why, and how a file of it is read."""

from grc.collect.files.tree import Claim, Skipped, Tree, UnreadableError, find, readable

__all__ = ["Claim", "Skipped", "Tree", "UnreadableError", "find", "readable"]
