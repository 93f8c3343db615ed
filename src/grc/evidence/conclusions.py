"""An assessor's conclusions beside a pack's sealed layers: numbered, each naming the one before, never rewritten."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.durable import flush, flush_folder, writing
from grc.evidence.faults import Fault, Inventory, inventory, shown
from grc.evidence.guarded import read_inside, sha256
from grc.model.conclusion import Concluded

FOLDER: Final = "conclusions"
FORMAT: Final = "grc.conclusion/1"
MOST: Final = 1 << 20
"""Octets of one conclusion."""


def file_of(number: int) -> str:
    """A conclusion's name in its pack."""
    return f"{FOLDER}/{number:08}.json"


def encode(made: Concluded) -> bytes:
    """A conclusion as it is written: RFC 8785.

    Raises:
        EvidenceError: it holds what that has no form for.
    """
    return manifests.encode_plain(canonical.plain(made))


def conclusions_of(path: Path) -> tuple[Concluded, ...]:
    """A pack's conclusions, in order.

    Raises:
        EvidenceError: one is missing, was changed, or is of another pack.
    """
    held, faults = read_conclusions(path, inventory(path), None)
    if faults:
        raise EvidenceError(f"{path}: {faults[0]}: run `grc verify {path}`")
    return held


def read_conclusions(
    path: Path, found: Inventory, layers: Mapping[str, str | None] | None
) -> tuple[tuple[Concluded, ...], tuple[Fault, ...]]:
    """The conclusions of a pack, and what is wrong with them. ``layers`` are its assessments' digests; None: any."""
    names = sorted(name for name in found.files if name.startswith(f"{FOLDER}/"))
    held: list[Concluded] = []
    faults: list[Fault] = []
    previous: str | None = None
    for number, name in enumerate(names, start=1):
        try:
            data = read_inside(path, name, MOST)
            made = manifests.decode(data, Concluded, FORMAT)
        except EvidenceError as error:
            faults.append(Fault(file=shown(name), message=shown(str(error).removeprefix(f"{path}: {name} "))))
            continue
        faults += [
            Fault(file=shown(name), message=said) for said in _faults(made, data, name, number, previous, layers)
        ]
        held.append(made)
        previous = sha256(data)
    return tuple(held), tuple(faults)


def _faults(
    made: Concluded, data: bytes, name: str, number: int, previous: str | None, layers: Mapping[str, str | None] | None
) -> Iterator[str]:
    if encode(made) != data:
        yield "is not written in its one canonical form (RFC 8785)"
    if name != file_of(made.number) or made.number != number:
        yield "is not the next in order: one before it was taken away, or it stands in another's place"
    if made.previous != previous:
        yield "names another conclusion before it: that one was changed or taken away"
    if layers is not None and made.assessment not in layers.values():
        yield "is about an assessment that this pack does not hold"


def add_conclusion(path: Path, made: Concluded) -> str:
    """Put a conclusion beside a pack's layers, whole or not at all. Gives its name there.

    Raises:
        EvidenceError: another one took its number, or it cannot be written.
    """
    name = file_of(made.number)
    target, partial = path / name, path.with_name(f"{path.name}.conclusion.partial")
    with writing(path):
        target.parent.mkdir(exist_ok=True)
        try:
            with partial.open("xb") as file:
                file.write(encode(made))
                flush(file.fileno())
            os.link(partial, target)
        except FileExistsError as error:
            raise EvidenceError(f"{path}: somebody else is concluding at this moment ({name}): try again") from error
        finally:
            partial.unlink(missing_ok=True)
        flush_folder(target.parent)
    return name


def last_digest(path: Path, held: Sequence[Concluded]) -> str | None:
    """The digest of the last conclusion as a file; None: there is none."""
    return sha256(read_inside(path, file_of(held[-1].number), MOST)) if held else None
