"""Adds a waiver to the text of ``waivers.yaml``, and leaves every other character of it as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from grc.catalogue.files import read_draft
from grc.catalogue.waivers import FORMAT
from grc.catalogue.writing import scalar
from grc.errors import ConfigError

NEW: Final = f"format: {FORMAT}\nwaivers: []\n"
NONE_YET: Final = re.compile(r"^waivers:[ \t]*\[[ \t]*\]", re.MULTILINE)
FIRST: Final = re.compile(r"^waivers:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*( *)-[ \n]", re.MULTILINE)
"""The first entry of a list that is written an entry a ``-``, and how far it is indented."""

Entry = Mapping[str, str | Mapping[str, str]]


def with_waiver(text: str, path: Path, entry: Entry) -> str:
    """The text with one more waiver at its end. Comments, order and line ends stay.

    Raises:
        ConfigError: the list is written in a way that nothing can be added to.
        DataError: the text, or the entry, is not what a file of waivers holds.
    """
    before: dict[str, Any] = read_draft(text, path, FORMAT).value
    newline = "\r\n" if "\r\n" in text else "\n"
    begun = text if text.endswith("\n") else text + newline
    first = FIRST.search(text)
    if before["waivers"] and first is None:
        raise ConfigError(f"{path}: the list of waivers is not written with an entry a `-`: add this one by hand")
    begun = begun if before["waivers"] else NONE_YET.sub("waivers:", begun, count=1)
    indent = first[1] if first is not None and before["waivers"] else ""
    made = begun + "".join(f"{indent}{line}{newline}" for line in _lines(entry))
    after = read_draft(made, path, FORMAT).value
    if after != {**before, "waivers": [*before["waivers"], dict(entry)]}:
        raise ConfigError(f"{path}: the list of waivers does not stand at the end, an entry a `-`: add this by hand")
    return made


def _lines(entry: Entry) -> list[str]:
    lines = []
    for key, value in entry.items():
        if isinstance(value, str):
            lines.append(f"{key}: {scalar(value)}")
        else:
            inner = ", ".join(f"{below}: {scalar(text)}" for below, text in value.items())
            lines.append(f"{key}: {{{inner}}}")
    return [("  " if number else "- ") + line for number, line in enumerate(lines)]
