"""The policy language: CEL, its public extensions, and one documented extension for typed records."""

from grc.policy.errors import CompileError, EvaluationError
from grc.policy.program import CheckErrors, CheckProgram, ExpressionProblem, compile_check, demand
from grc.policy.typed import Program, compile  # noqa: A004 - the public name
from grc.policy.untyped import evaluate

__all__ = [
    "CheckErrors",
    "CheckProgram",
    "CompileError",
    "EvaluationError",
    "ExpressionProblem",
    "Program",
    "compile",
    "compile_check",
    "demand",
    "evaluate",
]
