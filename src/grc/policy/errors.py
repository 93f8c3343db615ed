"""What can be wrong with an expression: before it runs, and while it runs."""

from __future__ import annotations

from grc.errors import GrcError
from grc.policy.ast import Expression


class CompileError(GrcError):
    """The source is not a valid expression. ``offset`` counts characters from 0, ``line`` and ``column`` from 1."""

    def __init__(self, message: str, offset: int, source: str) -> None:
        self.message = message
        self.offset = min(offset, len(source))
        self.source = source
        before = source[: self.offset]
        self.line = before.count("\n") + 1
        self.column = self.offset - (before.rfind("\n") + 1) + 1
        super().__init__(f"{self.line}:{self.column}: {message}")


class EvaluationError(GrcError):
    """CEL's runtime error. ``node`` is the sub-expression that raised it, when it is known."""

    def __init__(self, message: str, node: Expression | None = None) -> None:
        self.message = message
        self.node = node
        super().__init__(message)


class LimitError(EvaluationError):
    """The expression needs more work, more memory or more depth than it may have. Nothing absorbs it."""
