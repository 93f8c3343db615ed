"""The schemas of the evidence kinds: data, with a loader."""

from grc.kinds.loader import SHIPPED, kind_from, load

__all__ = ["SHIPPED", "kind_from", "load"]
