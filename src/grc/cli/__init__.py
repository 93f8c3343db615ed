"""The command line: a thin skin over the rooms. Parses, reads the clock, the environment and credentials, prints."""

from grc.cli.main import main

__all__ = ["main"]
