"""The one canonical form of everything that is hashed or compared byte for byte (docs/format.md)."""

from __future__ import annotations

import hashlib
import json

import msgspec


def encode(value: object) -> bytes:
    """Encode JSON data, or values of the model, canonically.

    UTF-8 without escapes beyond JSON's own, keys in code-point order, no white space, integers exact, floats in
    their shortest form, timestamps as RFC 3339 in UTC. No newline at the end.

    Raises:
        ValueError: the value holds NaN or an infinity.
        UnicodeEncodeError: the text holds half a surrogate pair.
    """
    plain = msgspec.to_builtins(value, str_keys=True, order="sorted")
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def digest(data: bytes) -> str:
    """The SHA-256 of the bytes, as ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(data).hexdigest()
