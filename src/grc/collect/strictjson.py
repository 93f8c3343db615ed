"""JSON from strangers, read strictly: what no record could hold is refused where it is read, not where it is sealed."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

HALVES: Final = re.compile(rb"\\u[dD][89a-fA-F]")
"""What may be half a surrogate pair; most are halves of whole ones."""


def read_json(data: bytes) -> Any:
    """Read one JSON document.

    Raises:
        ValueError: this is not JSON, or it is nested too deeply, or holds NaN, an infinity, a number beyond every float
            or half a surrogate pair.
    """
    try:
        found = json.loads(data, parse_constant=_refuse, parse_float=_finite)
        if HALVES.search(data):
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("text in it holds half a surrogate pair") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return found


def read_json_once(data: bytes) -> Any:
    """Read one JSON document in which no object has a key twice: which of two values counts is not guessed.

    Raises:
        ValueError: as ``read_json``, or a key stands twice.
    """
    found = read_json(data)
    json.loads(data, object_pairs_hook=_once)
    return found


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice in one object")


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number of JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("it holds a number beyond every float")
    return number
