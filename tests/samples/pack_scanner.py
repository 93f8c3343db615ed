"""Looks through every file of the packs in a folder for secrets: those that tests plant, and all that have a form."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

import zstandard
from canaries import SECRETS

from grc.collect.secrets import sorts_of

MOST = 1 << 24
"""Octets of one file that are unpacked and looked at."""

_looked: dict[bytes, tuple[str, ...]] = {}


def packs_in(folder: Path) -> Iterator[Path]:
    """Every pack in a folder, the content of unfinished ones included."""
    for evidence in folder.rglob("evidence"):
        if evidence.is_dir() and not evidence.is_symlink():
            yield evidence.parent


def secrets_in(pack: Path) -> dict[str, tuple[str, ...]]:
    """What is found, by file."""
    files = [path for path in sorted(pack.rglob("*")) if path.is_file() and not path.is_symlink()]
    return {str(path.relative_to(pack)): found for path in files if (found := _found(path))}


def contents(path: Path) -> bytes:
    """A file's content, unpacked; as it is where it is broken."""
    data = path.read_bytes()
    if path.suffix != ".zst":
        return data[:MOST]
    try:
        with zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True) as reader:
            return reader.read(MOST)
    except zstandard.ZstdError:
        return data


def _found(path: Path) -> tuple[str, ...]:
    data = contents(path)
    key = sha256(data).digest()
    if key not in _looked:
        planted = tuple(f"canary {number}" for number, secret in enumerate(_planted()) if secret in data)
        _looked[key] = (*planted, *sorts_of([data.decode("utf-8", "replace")]))
    return _looked[key]


@cache
def _planted() -> tuple[bytes, ...]:
    return tuple(line.encode() for secret in SECRETS for line in secret.splitlines() if "PRIVATE KEY" not in line)
