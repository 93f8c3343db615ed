"""Regular expressions by RE2: the time to match grows with the text, never exponentially."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import re2

from grc.policy.errors import EvaluationError

MAX_PATTERN: Final = 10_000
"""Characters."""


def matches(text: str, pattern: str) -> bool:
    """Whether the pattern is found anywhere in the text.

    Raises:
        EvaluationError: RE2 refuses the pattern, or the text is not valid Unicode.
    """
    try:
        return bool(compiled(pattern).search(text))
    except UnicodeEncodeError:
        raise EvaluationError("half a surrogate pair is not text") from None


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """RE2's program for a pattern.

    Raises:
        EvaluationError: RE2 refuses the pattern.
    """
    if len(pattern) > MAX_PATTERN:
        raise EvaluationError(f"the regular expression is longer than {MAX_PATTERN} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise EvaluationError(f"not a regular expression of RE2: {error}") from None
