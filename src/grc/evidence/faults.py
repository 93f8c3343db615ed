"""What is wrong with a pack, and what lies in its folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One thing in a pack that is not as it was sealed. ``file`` is its name in the pack; "" is the pack itself."""

    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.file or '.'}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What lies in a folder: the names of files and of folders, and what is neither."""

    files: frozenset[str]
    folders: frozenset[str]
    faults: tuple[Fault, ...]


def inventory(root: Path) -> Inventory:
    """List everything below a folder, following no link."""
    files: set[str] = set()
    folders: set[str] = set()
    faults: list[Fault] = []

    def unreadable(error: OSError) -> None:
        name = Path(error.filename).relative_to(root).as_posix()
        faults.append(Fault(file=shown(name), message=f"cannot be listed: {error.strerror or error}"))

    for folder, below, names in os.walk(root, onerror=unreadable):
        for name in (*below, *names):
            path = Path(folder, name)
            called = path.relative_to(root).as_posix()
            try:
                mode = path.lstat().st_mode
            except OSError as error:
                unreadable(error)
                continue
            if stat.S_ISREG(mode):
                files.add(called)
            elif stat.S_ISDIR(mode):
                folders.add(called)
            else:
                faults.append(Fault(file=shown(called), message="is a link or a device, not a file"))
    return Inventory(files=frozenset(files), folders=frozenset(folders), faults=tuple(faults))


def compare(found: Inventory, expected: Iterable[str], folders: Iterable[str]) -> tuple[Fault, ...]:
    """What is missing and what is too much. ``folders`` are those that may be there and be empty."""
    wanted = frozenset(expected)
    parents = {parent.as_posix() for name in wanted for parent in Path(name).parents}
    return tuple(
        [Fault(file=shown(name), message="is missing") for name in wanted - found.files]
        + [Fault(file=shown(name), message="is not named by any manifest") for name in found.files - wanted]
        + [
            Fault(file=shown(name), message="is a folder that no manifest names")
            for name in found.folders - parents - frozenset(folders)
        ]
    )


def shown(name: str) -> str:
    """A name that may come from a stranger, fit to be printed."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)
