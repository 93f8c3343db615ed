"""The encoders extension library: base64."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from grc.policy.errors import EvaluationError
from grc.policy.functions.overload import BYTES, STRING, Overload, function


def encode(value: bytes) -> str:
    """Base64 with padding."""
    return base64.b64encode(value).decode("ascii")


def decode(text: str) -> bytes:
    """Base64, with padding or altogether without."""
    padding = "" if text.endswith("=") else "=" * (-len(text) % 4)
    try:
        return base64.b64decode(text + padding, validate=True)
    except (binascii.Error, ValueError):
        raise EvaluationError("not base64") from None


OVERLOADS: Final[tuple[Overload, ...]] = (
    function("base64.encode", (BYTES,), STRING, encode),
    function("base64.decode", (STRING,), BYTES, decode),
)
