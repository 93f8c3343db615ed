"""The workspace's key for pseudonyms: made once, readable by its owner alone, never shown."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from grc.errors import ConfigError
from grc.model.workspace import Workspace

DEFAULT: Final = ".grc/pseudonym.key"
LENGTH: Final = 32  # bytes


def pseudonym_key(workspace: Workspace) -> bytes:
    """The workspace's key, made when there is none. Without a workspace: a key that lasts for this run alone.

    Raises:
        ConfigError: the key cannot be read or made, is too short, or can be read by others.
    """
    if workspace.file is None:
        return secrets.token_bytes(LENGTH)
    path = workspace.folder / (workspace.redact.key or DEFAULT)
    try:
        return _read(path) if path.exists() else _make(path)
    except OSError as error:
        raise ConfigError(f"the pseudonym key {path} cannot be read or made: {error.strerror}") from error


def _read(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise ConfigError(f"the pseudonym key {path} can be read by others: run `chmod 600 {path}`")
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < LENGTH:
        raise ConfigError(f"the pseudonym key {path} is not {LENGTH} bytes in hexadecimal: restore it from your backup")
    return key


def _make(path: Path) -> bytes:
    """A new key; where another run was quicker, its one."""
    from grc.evidence.durable import put_new

    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(LENGTH)
    try:
        put_new(path, f"{key.hex()}\n".encode("ascii"), mode=0o600)
    except FileExistsError:
        return _read(path)
    return key
