"""Putting a folder in its place: whole or not at all, and never over what no report has written."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from grc.errors import ReportError
from grc.report.site.render import SiteFile

SUMS: Final = "SHA256SUMS"
"""What the folder holds, for ``sha256sum -c``; it also tells a report's folder from any other."""


def write_folder(files: Iterable[SiteFile], out: Path) -> None:
    """Write the files beside ``out``, then rename; a report that stands there is replaced.

    Raises:
        ReportError: a template has a mistake, the disk refuses, or ``out`` holds files that no report wrote.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100 - a link at the end is to be seen, not followed
    _refuse_strangers(out)
    partial, old = out.with_name(out.name + ".partial"), out.with_name(out.name + ".partial.old")
    try:
        _clear(partial)
        _write(files, partial)
        _clear(old)
        if out.exists():
            out.replace(old)
        partial.replace(out)
        _clear(old)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(files: Iterable[SiteFile], folder: Path) -> None:
    sums = []
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        sums.append(f"{hashlib.sha256(file.data).hexdigest()}  {file.path}\n")
    (folder / SUMS).write_text("".join(sorted(sums, key=lambda line: line[66:])), encoding="utf-8", newline="")


def _refuse_strangers(out: Path) -> None:
    """Only an empty folder, or one whose every file its own list names, may be replaced."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise ReportError(f"{out} is not a folder: name one for the report, or move it away")
    known = {SUMS, *_listed(out / SUMS)}
    stranger = next((path for path in _files(out) if path.relative_to(out).as_posix() not in known), None)
    if stranger is not None:
        raise ReportError(f"{out} holds {stranger.relative_to(out)}, which no report wrote: name another folder")


def _listed(sums: Path) -> Iterator[str]:
    if sums.is_file():
        yield from (line[66:] for line in sums.read_text(encoding="utf-8", errors="replace").splitlines())


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir())


def _clear(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
