"""Which files of a tree are templates: by suffix and head, and by more of the file where the head leaves it open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from grc.collect.cloudformation.parameterfiles import SUFFIX
from grc.collect.cloudformation.reading import MAX_BYTES
from grc.collect.files import Claim, Skipped, Tree, UnreadableError

BOM: Final = b"\xef\xbb\xbf"
SUFFIXES: Final = (".yaml", ".yml", ".json", ".template")
SECTIONS: Final = (
    rb"(?:Resources|Parameters|Mappings|Conditions|Metadata|Transform|Description|Rules|Outputs|Globals|Hooks)"
)
TYPE: Final = re.compile(rb"""["']?Type["']?\s*:\s*["']?(?:AWS|Alexa|Custom)::""")
UNREAD: Final = "may be a template, and cannot be read"


@dataclass(frozen=True, slots=True)
class _Marks:
    """What tells a template of one syntax: its version, any section, its resources."""

    version: re.Pattern[bytes]
    section: re.Pattern[bytes]
    resources: re.Pattern[bytes]


YAML: Final = _Marks(
    re.compile(rb"""^["']?AWSTemplateFormatVersion["']?[ \t]*:""", re.MULTILINE),
    re.compile(rb"""^["']?""" + SECTIONS + rb"""["']?[ \t]*:""", re.MULTILINE),
    re.compile(rb"""^["']?Resources["']?[ \t]*:""", re.MULTILINE),
)
JSON: Final = _Marks(
    re.compile(rb"""[{,]\s*"AWSTemplateFormatVersion"\s*:"""),
    re.compile(rb"""\A\s*\{\s*"(?:AWSTemplateFormatVersion|""" + SECTIONS[3:] + rb""""\s*:"""),
    re.compile(rb"""[{,]\s*"Resources"\s*:\s*\{"""),
)


def recognise(tree: Tree) -> Claim:
    """The templates of a tree. A file that says it is one is claimed, however broken it turns out to be."""
    paths: list[str] = []
    skipped: list[Skipped] = []
    for path in tree.files:
        if path.endswith(SUFFIXES) and not path.endswith(SUFFIX):
            found = _is_template(tree, path)
            if found is None:
                skipped.append(Skipped(path=path, reason=UNREAD))
            elif found:
                paths.append(path)
    return Claim(paths=tuple(paths), skipped=tuple(skipped))


def _is_template(tree: Tree, path: str) -> bool | None:
    """Whether a file is a template; None where that cannot be told."""
    head = tree.head(path).removeprefix(BOM)
    marks = JSON if head.lstrip().startswith(b"{") else YAML
    if marks.version.search(head):
        return True
    if not marks.section.search(head):
        return False
    if marks.resources.search(head) and TYPE.search(head):
        return True
    try:
        whole = tree.read(path, MAX_BYTES)
    except UnreadableError:
        return None
    return bool(marks.version.search(whole) or (marks.resources.search(whole) and TYPE.search(whole)))
