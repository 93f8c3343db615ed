"""Namespaces, and what is kept in them: the names of secrets and settings, and never a value of one."""

from __future__ import annotations

import re
from typing import Any, Final

from grc.collect.kubernetes.defaults import default
from grc.collect.kubernetes.reading import PLACEHOLDER, Object, Reading
from grc.collect.policies.plainsecrets import sort_of, written
from grc.model.evidence import GapReason

LEVELS: Final = re.compile(r"pod-security\.kubernetes\.io/(enforce|audit|warn)(-version)?\Z")
OPENS: Final = re.compile(r"(?=(\{\{|\{%|<%|\$\{|\$\(|<[A-Za-z_][^<>]*>))")
CLOSES: Final = {"{{": "}}", "{%": "%}", "<%": "%>", "${": "}", "$(": ")"}
"""A placeholder's mark, and its end."""
TEXT: Final = re.compile(r"[^\W_]")
PROGRAM: Final = re.compile(
    r"(?i).*\.(?:awk|bash|bat|cjs|cmd|go|groovy|java|jsx?|lua|mjs|php|pl|ps1|py|rb|sh|sql|tsx?|zsh)\Z"
)
"""The key names under which settings hold programs."""
SEALED: Final = "sops"
"""What an encrypted manifest has beside its data, as the tool of that name writes it."""


def namespace(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """The levels of the Pod Security Standards that a namespace enforces, records and warns of."""
    labels = reading.mapping(reading.mapping(item, "metadata", ""), "labels", "")
    levels = {}
    for label in labels:
        if found := LEVELS.match(label):
            field = f"{found[1]}_version" if found[2] else found[1]
            value = reading.text(labels, label, field)
            levels.update({} if value is None else {field: value})
    return levels


def secret(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """The sort and the key names of a secret, and which keys hold a value for every reader of the object."""
    held = {**reading.mapping(item, "data", "keys"), **reading.mapping(item, "stringData", "keys")}
    values = {str(name): value for name, value in held.items() if not (SEALED in item and _is_sealed(value))}
    filled = sorted(name for name, value in values.items() if _is_filled(value))
    if not filled and any(_is_mixed(value) for value in values.values()):
        reading.fault("filled", "a value holds a placeholder beside other text", GapReason.PARSE_ERROR)
    return {
        "type": reading.text(item, "type", "type") or default("secret.type"),
        "declared": reading.declared,
        "keys": sorted(map(str, held)),
        "filled": filled,
    }


def config_map(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """The key names of settings, and those whose values look like secrets, or are files that assign some."""
    held = reading.mapping(item, "data", "keys")
    exposed = [
        {"name": str(name), "sort": sort}
        for name, value in sorted(held.items())
        if isinstance(value, str) and (sort := sort_of(str(name), value) or _assigned(str(name), value))
    ]
    binary = reading.mapping(item, "binaryData", "keys")
    return {"keys": sorted(map(str, {**held, **binary})), "open_secrets": exposed}


def _assigned(name: str, text: str) -> str | None:
    return next(written(text, program=PROGRAM.match(name) is not None), None)


def _is_filled(value: Any) -> bool:
    return value is not None and value != "" and not (isinstance(value, str) and PLACEHOLDER.search(value))


def _is_mixed(value: Any) -> bool:
    """Whether a value is more than what a tool would fill in: the rest may be the secret, or its surroundings."""
    return isinstance(value, str) and bool(PLACEHOLDER.search(value) and TEXT.search(_around(value)))


def _around(text: str) -> str:
    """A text without the placeholders in it. What is never closed is none."""
    last = {mark: text.rfind(end) for mark, end in CLOSES.items()}
    pieces: list[str] = []
    at = 0
    for found in OPENS.finditer(text):
        begins, after, mark = found.start(), found.end(1), found[1]
        if begins >= at and after <= last.get(mark, after):
            pieces.append(text[at:begins])
            at = after if mark not in CLOSES else text.index(CLOSES[mark], after) + len(CLOSES[mark])
    return "".join((*pieces, text[at:]))


def _is_sealed(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("ENC[")
