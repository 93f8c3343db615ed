"""The words that readers see, from one message file; a workspace may replace any of them.

``messages.yaml`` beside this module holds them all. A file of the same name in a folder of templates overrides the
messages that it gives, one by one, and may name none that the shipped file does not have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grc.errors import DataError, Problem
from grc.model.identifiers import FrameworkId
from grc.model.status import Status
from grc.report.text import number, series
from grc.yamltext import Document, read

MESSAGES: Final = "messages.yaml"
FORMAT: Final = "grc.messages/1"
SHIPPED: Final = Path(__file__).parent / MESSAGES
CODE: Final = re.compile("[a-z]+")
SLOT: Final = re.compile(r"\{([a-z_]+)\}")

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatusWord:
    """How one status is shown: a letter for the map, a word, the clause of a sentence, and a class for its colour.

    ``clause`` is one form for 1 and one for every other number, with ``{n}`` in it.
    """

    code: str
    letter: str
    word: str
    clause: tuple[str, str]
    means: str


@dataclass(frozen=True, slots=True)
class Words:
    """Every word of a report. ``text`` holds the messages by key, ``nouns`` the one and the many of a thing."""

    text: Mapping[str, str]
    nouns: Mapping[str, tuple[str, str]]
    statuses: Mapping[str, Mapping[Status, StatusWord]]

    def say(self, key: str, **values: object) -> str:
        """The message under ``key`` with its ``{slots}`` filled."""
        return SLOT.sub(lambda match: str(values[match[1]]), self.text[key])

    def count(self, quantity: int, noun: str) -> str:
        """``1 requirement``, ``4 requirements``."""
        one, many = self.nouns[noun]
        return f"{number(quantity)} {one if quantity == 1 else many}"

    def series(self, words: Sequence[str]) -> str:
        """``a, b and c``."""
        return series(words, self.text["and"])

    def status(self, status: Status, framework: FrameworkId | None = None) -> StatusWord:
        """How a status is shown, in the words of a framework where it has its own."""
        own = self.statuses.get(framework or "", {})
        return own.get(status) or self.statuses["default"][status]

    def clause(self, status: Status, quantity: int, framework: FrameworkId) -> str:
        """``38 are satisfied``."""
        one, many = self.status(status, framework).clause
        return (one if quantity == 1 else many).replace("{n}", number(quantity))


def load_words(folders: Sequence[Path] = ()) -> Words:
    """Read the shipped messages and those of the folders that override them; the first folder wins.

    Raises:
        DataError: a message file is not our YAML, or names a message that does not exist.
    """
    tree = read(SHIPPED, name=f"report/{MESSAGES}").value
    _complete(tree["statuses"])
    for folder in reversed(folders):
        if (path := folder / MESSAGES).is_file():
            _override(tree, read(path))
    return _words(tree)


def _override(tree: Tree, document: Document) -> None:
    problems: list[Problem] = []
    if document.value.get("format") != FORMAT:
        problems.append(document.problem((), f"must begin with `format: {FORMAT}`"))
    _merge(tree, document.value, document, (), problems)
    if problems:
        raise DataError(problems)


def _merge(tree: Tree, own: Tree, document: Document, at: tuple[str, ...], problems: list[Problem]) -> None:
    for key, value in own.items():
        here = (*at, key)
        if at == ("statuses",):
            tree.setdefault(key, {})
            _complete(tree)
        if key not in tree:
            problems.append(document.problem(here, "is no message of this report: see the shipped messages.yaml"))
        elif type(tree[key]) is not type(value):
            problems.append(document.problem(here, f"must be a {_shape(tree[key])}"))
        elif isinstance(value, dict):
            _merge(tree[key], value, document, here, problems)
        elif key == "code" and not CODE.fullmatch(str(value)):
            problems.append(document.problem(here, "is the name of a class: use the letters a to z alone"))
        elif problem := _slots_lost(tree[key], value):
            problems.append(document.problem(here, problem))
        else:
            tree[key] = value


def _complete(statuses: Tree) -> None:
    """Give each framework's vocabulary the default words for what it does not name."""
    default = statuses["default"]
    for framework, own in statuses.items():
        statuses[framework] = {status: {**word, **own.get(status, {})} for status, word in default.items()}


def _shape(value: object) -> str:
    if isinstance(value, dict):
        return "mapping"
    return "list of two forms, for one and for many" if isinstance(value, list) else "text"


def _slots_lost(shipped: object, own: object) -> str | None:
    if isinstance(shipped, list) and (not isinstance(own, list) or [type(form) for form in own] != [str, str]):
        return "must be a list of two forms, for one and for many"
    unknown = set(SLOT.findall(str(own))) - set(SLOT.findall(str(shipped)))
    return f"has no slot {{{min(unknown)}}} to fill" if unknown else None


def _words(tree: Tree) -> Words:
    statuses = {
        framework: {Status(name): _status_word(word) for name, word in own.items()}
        for framework, own in tree["statuses"].items()
    }
    nouns = {name: (one, many) for name, (one, many) in tree["nouns"].items()}
    return Words(text=tree["text"], nouns=nouns, statuses=statuses)


def _status_word(word: Mapping[str, Any]) -> StatusWord:
    one, many = word["clause"]
    return StatusWord(word["code"], word["letter"], word["word"], (one, many), word["means"])
