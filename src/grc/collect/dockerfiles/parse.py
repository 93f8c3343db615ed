"""Dockerfiles read into instructions, each with its line.

Parsers on the package index take the lines of a here-document for instructions (seen: a USER in one counts as the
image's), so this one follows the reference: directives, remarks, continued lines, flags, here-documents.

Source: https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from grc.collect.manifests import ManifestError

KNOWN: Final = frozenset(
    {
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    }
)
WITH_DOCUMENTS: Final = frozenset({"ADD", "COPY", "RUN"})
DIRECTIVE: Final = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(\S(?:.*\S)?)\s*\Z")
DOCUMENT: Final = re.compile(r"""(?<![<\w])[0-9]*<<(-?)\s*(["']?)([A-Za-z_][\w.]*)\2""")
FLAG: Final = re.compile(r"--([a-z][a-z.-]*)(?:=(\S*))?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction: its name, its flags, what follows them, and the texts of its here-documents.

    ``later`` says that it is done in an image that is built upon this one.
    """

    name: str
    flags: tuple[tuple[str, str], ...]
    rest: str
    documents: tuple[str, ...]
    line: int
    later: bool = False

    def flag(self, name: str) -> str | None:
        """The value of a flag; None where it is not given."""
        return dict(self.flags).get(name)

    @property
    def script(self) -> str:
        """All that the instruction would run."""
        return "\n".join((self.rest, *self.documents))


def parse(data: bytes) -> tuple[Instruction, ...]:
    """Parse a Dockerfile.

    Raises:
        ManifestError: it is not UTF-8, holds what is no instruction, ends in a here-document, or has no FROM.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ManifestError(data.count(b"\n", 0, error.start) + 1, "is not UTF-8") from error
    if "\0" in text:
        raise ManifestError(text.count("\n", 0, text.index("\0")) + 1, "is no text")
    found = tuple(_instructions(text.replace("\r\n", "\n").split("\n")))
    if not any(instruction.name == "FROM" for instruction in found):
        raise ManifestError(1, "has no FROM")
    return found


def _instructions(lines: list[str]) -> Iterator[Instruction]:
    escape, at = _escape(lines), 0
    continued = re.compile(re.escape(escape) + r"[ \t]*\Z")
    while at < len(lines):
        begun = at
        pieces: list[str] = []
        while at < len(lines):
            line = lines[at]
            at += 1
            if line.lstrip().startswith("#") or (pieces and not line.strip()):
                continue
            kept = continued.sub("", line)
            begun = begun if pieces else at - 1
            pieces.append(kept)
            if kept == line:
                break
        logical = "".join(pieces).strip()
        if logical:
            documents, at = _documents(logical, lines, at)
            yield _instruction(logical, documents, begun + 1)


def _escape(lines: list[str]) -> str:
    """The sign that continues a line: a directive at the top of the file may change it."""
    for line in lines:
        found = DIRECTIVE.match(line.strip())
        if found is None:
            break
        if found[1].lower() == "escape" and found[2] in ("\\", "`"):
            return found[2]
    return "\\"


def _documents(logical: str, lines: list[str], at: int) -> tuple[tuple[str, ...], int]:
    """The here-documents that an instruction begins, and the line behind them."""
    words = logical.split(None, 2)
    name = words[1].upper() if words[0].upper() == "ONBUILD" and len(words) > 1 else words[0].upper()
    texts: list[str] = []
    for found in DOCUMENT.finditer(logical) if name in WITH_DOCUMENTS else ():
        begun = at
        while at < len(lines) and (lines[at].lstrip("\t") if found[1] else lines[at]) != found[3]:
            at += 1
        if at >= len(lines):
            raise ManifestError(begun, "a here-document does not end")
        texts.append("\n".join(lines[begun:at]))
        at += 1
    return tuple(texts), at


def _first(text: str) -> tuple[str, str]:
    """The name at the head of a text, and what follows it."""
    words = text.split(None, 1)
    return words[0].upper() if words else "", words[1].strip() if len(words) > 1 else ""


def _instruction(logical: str, documents: tuple[str, ...], line: int) -> Instruction:
    name, rest = _first(logical)
    later = name == "ONBUILD"
    if later:
        name, rest = _first(rest)
    if name not in KNOWN:
        raise ManifestError(line, "is no instruction")
    flags: list[tuple[str, str]] = []
    while found := FLAG.match(rest):
        flags.append((found[1], found[2] or ""))
        rest = rest[found.end() :]
    return Instruction(name=name, flags=tuple(flags), rest=rest, documents=documents, line=line, later=later)
