"""Secrets: what they look like, and the sink that keeps them out of a pack."""

from grc.collect.secrets.sink import Redacting, without_secrets
from grc.collect.secrets.texts import scrub, sorts_of

__all__ = ["Redacting", "scrub", "sorts_of", "without_secrets"]
