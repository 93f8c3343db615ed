"""Changing a file that people write: the change is put in its place whole, or not at all."""

from __future__ import annotations

import shutil
from codecs import BOM_UTF8 as BOM
from pathlib import Path

from grc.errors import ConfigError


def octets_of(path: Path) -> bytes | None:
    """What a file holds; None where there is none.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_bytes() if path.exists() else None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error


def text_of(data: bytes, path: Path) -> str:
    """The text of a file, without a mark at its beginning.

    Raises:
        ConfigError: it is not UTF-8.
    """
    try:
        return data.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error


def rewrite(path: Path, before: bytes | None, text: str) -> None:
    """Put a text in the place of what a file held when it was read. ``before`` None: there was none.

    Raises:
        ConfigError: the file has changed since, or it cannot be written.
    """
    partial = path.with_name(path.name + ".partial")
    if octets_of(path) != before:
        raise ConfigError(f"{path} has changed just now: give the command again")
    begins = BOM if (before or b"").startswith(BOM) else b""
    try:
        partial.write_bytes(begins + text.encode())
        if before is not None:
            shutil.copymode(path, partial)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, with its folder.

    Raises:
        ConfigError: something of this name is there, or it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error
