"""Any structured file: JSON, YAML, TOML and CSV as records of kinds that the workspace declares itself."""

from grc.collect.structured.source import FileSource, open_files, recognise

__all__ = ["FileSource", "open_files", "recognise"]
