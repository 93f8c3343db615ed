"""The one reader of our own YAML: the safe subset, with a position for every entry."""

from grc.yamltext.reader import Document, Mark, json_path, parse, read

__all__ = ["Document", "Mark", "json_path", "parse", "read"]
