"""The one tree of errors. A message says what was wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class GrcError(Exception):
    """Base of every error that a user can act on. A bug is not one of these: it crashes with its traceback."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing wrong with one data file.

    ``line`` and ``column`` count from 1; ``at`` is a JSON path (``$.checks[3].id``).
    """

    path: str
    line: int
    column: int
    at: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.at}: {self.message}"


class DataError(GrcError):
    """A data file is wrong. Carries *all* problems found, sorted, one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConfigError(GrcError):
    """The workspace, the command line or the environment asks for something that cannot be done."""


class NothingToAssessError(GrcError):
    """What was named was read, and there is nothing in it that any check is about."""


class EvidenceError(GrcError):
    """A pack is missing, incomplete, changed since it was sealed, or cannot be written."""


class ReportError(GrcError):
    """A report cannot be made from this pack or with these templates."""
