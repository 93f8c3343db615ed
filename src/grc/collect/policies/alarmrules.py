"""Which alarms set a composite alarm off: by its rule, each alone while all others are OK.

An alarm that takes another one besides is none of them: what it alone sees, nobody is told.

Source: Amazon CloudWatch API reference, PutCompositeAlarm (AlarmRule).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from grc.collect.policies.analysis import Analysis, Value, shape
from grc.collect.policies.statements import UnreadableError

LONGEST: Final = 10_240
"""Characters of a rule, as CloudWatch takes it."""
DEEPEST: Final = 100
TOKEN: Final = re.compile(
    r"\s*(?:(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<bracket>[()])"
    r'|(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s()"](?:[^()"]*[^\s()"])?))\s*\))'
)
ARN_PARTS: Final = 6
"""Colons before the name in the ARN of an alarm."""

Rule = Callable[[str | None], bool]
"""Whether it holds while the named alarm is in ALARM and all others are OK. None: while all are OK."""

SCHEMA: Final = shape(
    "What sets the alarm off",
    {"Alarms": ("texts", "Names of the alarms of which each sets it off alone, while all others are OK")},
)


def alarm_rule(sources: Sequence[Any], account: str) -> Value:
    """The alarms that set a composite alarm off.

    Raises:
        UnreadableError: the rule is none that CloudWatch documents.
    """
    (text,) = sources
    if not isinstance(text, str) or len(text) > LONGEST:
        raise UnreadableError(f"the rule is no text of at most {LONGEST:,} characters")
    tokens = list(_tokens(text))
    rule = _Reader(tokens).rule()
    named = sorted({_name(token) for token in tokens if token["state"]})
    return {"Alarms": [] if rule(None) else [name for name in named if rule(name)]}


def _tokens(text: str) -> Iterator[re.Match[str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        token = TOKEN.match(text, at)
        if token is None:
            raise UnreadableError(f"the rule cannot be read from character {at + 1} on")
        yield token
        at = token.end()


def _name(token: re.Match[str]) -> str:
    told = token["quoted"] or token["bare"]
    return told.split(":", ARN_PARTS)[-1] if told.startswith("arn:") else told


class _Reader:
    """A rule, read once from its beginning to its end."""

    def __init__(self, tokens: Sequence[re.Match[str]]) -> None:
        self.tokens = tokens
        self.at = 0

    def rule(self) -> Rule:
        found = self._any(0)
        if self.at < len(self.tokens):
            raise UnreadableError("the rule goes on after its end")
        return found

    def _any(self, depth: int) -> Rule:
        parts = [self._all(depth)]
        while self._takes("OR"):
            parts.append(self._all(depth))
        return lambda one: any(part(one) for part in parts)

    def _all(self, depth: int) -> Rule:
        parts = [self._one(depth)]
        while self._takes("AND"):
            parts.append(self._one(depth))
        return lambda one: all(part(one) for part in parts)

    def _one(self, depth: int) -> Rule:
        if depth > DEEPEST:
            raise UnreadableError(f"the rule is nested deeper than {DEEPEST} levels")
        if self._takes("NOT"):
            denied = self._one(depth + 1)
            return lambda one: not denied(one)
        if self._takes("("):
            found = self._any(depth + 1)
            if not self._takes(")"):
                raise UnreadableError("a bracket of the rule is not closed")
            return found
        return self._state()

    def _state(self) -> Rule:
        if self._takes("TRUE"):
            return lambda one: True
        if self._takes("FALSE"):
            return lambda one: False
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None or not token["state"]:
            raise UnreadableError("the rule lacks a state of an alarm")
        self.at += 1
        name = _name(token)
        match token["state"]:
            case "ALARM":
                return lambda one: one == name
            case "OK":
                return lambda one: one != name
            case _:
                return lambda one: False

    def _takes(self, word: str) -> bool:
        found = self.at < len(self.tokens) and word in (self.tokens[self.at]["word"], self.tokens[self.at]["bracket"])
        self.at += found
        return found


ANALYSIS: Final = Analysis(takes=("rule",), schema=SCHEMA, compute=alarm_rule)
