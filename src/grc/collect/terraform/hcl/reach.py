"""What evaluating one root module reaches: its directory, and the functions that read files there."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any

from grc.collect.files import UnreadableError
from grc.collect.terraform.hcl.evaluate import value_of
from grc.collect.terraform.hcl.modules import Directory
from grc.collect.terraform.hcl.scope import Effort, Scope, World
from grc.collect.terraform.hcl.syntax import read_template
from grc.collect.terraform.hcl.values import LONGEST_TEXT, Unknown, find_unknown, to_text


@dataclass(slots=True, kw_only=True)
class Reach:
    """What evaluating one root module shares: the directory, its own folder there, and the effort."""

    directory: Directory
    root: str
    effort: Effort = field(default_factory=Effort)

    def text(self, path: str) -> str | Unknown:
        """The text of a file that the root module names by this path."""
        below = posixpath.normpath(posixpath.join(self.root, path))
        if below.startswith(("../", "/")) or below not in self.directory.paths:
            return Unknown("is a file that is not in this directory")
        try:
            return self.directory.tree.read(below, LONGEST_TEXT).decode("utf-8")
        except (UnreadableError, UnicodeDecodeError):
            return Unknown("is a file that cannot be read as text")


def read_outside(name: str, arguments: list[Any], reach: Reach, world: World) -> Any:
    """The value of a function that reads files below the root of the tree.

    Raises:
        WrongError: a template comes to no text.
    """
    unknown = find_unknown(arguments)
    if unknown is not None or not arguments or not isinstance(arguments[0], str):
        return Unknown(unknown.why if unknown else f"{name}() names no file", bool(unknown and unknown.sensitive))
    text = reach.text(arguments[0])
    if isinstance(text, Unknown):
        return text
    match name:
        case "fileexists":
            return True
        case "file":
            return text
    names = arguments[1] if len(arguments) == 2 and isinstance(arguments[1], dict) else {}
    found = value_of(read_template(text), Scope(world, names))
    return found if isinstance(found, Unknown) else to_text(found)
