"""The schemas of the evidence kinds: data, with a loader."""

from grc.kinds.loader import SHIPPED, is_regional, kind_from, load
from grc.kinds.own import load_with, own_files

__all__ = ["SHIPPED", "is_regional", "kind_from", "load", "load_with", "own_files"]
