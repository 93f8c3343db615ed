"""Secrets by what they are called: variables, tags and assignments whose names say that a secret follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

PASSWORD: Final = re.compile(r"(?i)(?:password|passwd|pwd|passphrase|[_.-]pass)$")
SECRET: Final = re.compile(r"(?i)(?:secret|token|api[_.-]?key|(?:access|secret|private|auth)[_.-]?key|credentials?)$")
REFERENCE: Final = re.compile(
    r"(?is)^(?:|arn:.*|\$\{.*\}|\$[a-z_]\w*|\{\{.*\}\}|<.*>|/.*|[a-z][a-z0-9+]*://.*|true|false|yes|no|on|off|enabled|disabled|null|none|[0-9.]{1,5})$"
)
"""A value that stands for another, or for nothing."""
WORDS: Final = re.compile(r"[a-z]+(?:[-_/. ][a-z0-9]+)*")
"""A value that reads like the name of something."""
SHORTEST: Final = 8

SECRET_BY_NAME: Final = "secret-by-name"  # noqa: S105 - what it is called
PASSWORD_BY_NAME: Final = "password-by-name"  # noqa: S105 - what it is called
KEYS: Final = tuple(
    f"{which}{between}key" for which in ("api", "access", "private", "auth") for between in ("", *"_-.")
)
HINTS: Final = ("passw", "pwd", "passphrase", "_pass", "-pass", ".pass", "secret", "token", "credential", *KEYS)
"""In lower case: one of them stands in every name that says that a secret follows."""

ASSIGNED: Final = re.compile(
    r"""(?ix)
    (?P<flag> -- [a-z-]{0,40})?
    (?P<name> password | passwd | pwd | passphrase | secret | token | api[_.-]?key
            | (?:access|secret|private|auth)[_.-]?key | credentials? )
    (?: (?P<sign> \\?["']?[ \t]* (?: => | := | = | : ) [ \t]* ) | (?(flag) [ \t]+ | (?!)) )
    (?: \\?"(?P<double>[^"\\\n]*) | '(?P<single>[^'\n]*)' | (?P<bare>[^\s"',;&<>\\(){}\[\]|`]+) )
    """
)
STANDS_IN: Final = re.compile(
    r"(?is)^(?:\W*|\$.*|%.*|!\w+.*|:\w+|\*+.*|\[.*|[0-9]{4}-[0-9]{2}-[0-9]{2}.*|(?:aws|data|var|local|self|resource|params"
    r"|module|each|env|os|ssm|vault|secrets?)[.:].*)$"
)
"""A value in a text that stands for another: a variable, a placeholder, a date."""
SAID: Final = frozenset(
    {
        "and",
        "any",
        "as",
        "changed",
        "default",
        "disabled",
        "enabled",
        "encrypted",
        "expired",
        "for",
        "is",
        "like",
        "masked",
    }
    | {"must", "never", "no", "not", "of", "optional", "or", "redacted", "required", "rotated", "set", "string", "text"}
    | {"the", "unset", "yes", "policy", "manager", "to", "with", "on", "off", "undefined", "unknown", "nil"}
)
"""Words that follow the word in a sentence, and are no password."""


def of_name(name: str, text: str) -> str | None:
    """What sort of secret a named value is, by its name; None: it is none."""
    if REFERENCE.match(text):
        return None
    if PASSWORD.search(name):
        return PASSWORD_BY_NAME
    return SECRET_BY_NAME if SECRET.search(name) and _random(text) else None


def assignments(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a text assigns a secret to such a name: from, to, and which sort it is."""
    for found in ASSIGNED.finditer(text):
        group = next(name for name in ("double", "single", "bare") if found[name] is not None)
        sort = _assigned(found, found[group], quoted=group != "bare")
        if sort is not None:
            yield (*found.span(group), sort)


def _assigned(found: re.Match[str], value: str, *, quoted: bool) -> str | None:
    if REFERENCE.match(value) or STANDS_IN.match(value) or value.casefold().rstrip(".") in SAID:
        return None
    if not PASSWORD.search(found["name"]):
        return SECRET_BY_NAME if _random(value) and any(sign.isdigit() for sign in value) else None
    prose = found["sign"] is not None and "=" not in found["sign"] and not quoted and value.isalpha()
    return None if prose and not _alone(found) else PASSWORD_BY_NAME


def _alone(found: re.Match[str]) -> bool:
    """Whether nothing but the value follows in its line, as in a file of settings."""
    rest = found.string[found.end() :].partition("\n")[0]
    return not rest.strip(" \t\r\"',}")


def _random(text: str) -> bool:
    return len(text) >= SHORTEST and not any(sign.isspace() for sign in text) and not WORDS.fullmatch(text)
