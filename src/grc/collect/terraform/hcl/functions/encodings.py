"""Functions that write values as text of another form, and read them from it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.strictjson import read_json
from grc.collect.terraform.hcl.functions.arguments import of_text
from grc.collect.terraform.hcl.values import LONGEST_TEXT


def _jsonencode(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False, allow_nan=False)
    if len(text) > LONGEST_TEXT:
        raise ValueError
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _base64decode(text: Any) -> str:
    return base64.b64decode(text, validate=True).decode("utf-8")


DEEP: Final[Mapping[str, Callable[..., Any]]] = {
    "base64decode": _base64decode,
    "base64encode": of_text(lambda text: base64.b64encode(text.encode()).decode()),
    "jsondecode": of_text(lambda text: read_json(text.encode("utf-8"))),
    "jsonencode": _jsonencode,
}
