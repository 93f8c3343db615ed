"""Whether a pack is what its link in a chain of packs says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from grc.errors import EvidenceError
from grc.evidence.chain import Act, Linked, Read, read_link
from grc.evidence.faults import Fault, shown
from grc.evidence.guarded import read_inside
from grc.evidence.signing.envelope import MAX_BYTES
from grc.evidence.signing.trust import Trust, untrusted
from grc.evidence.verify_evidence import Layer

NAME: Final = "link.json"


def verify_link(
    path: Path, found: frozenset[str], layers: Sequence[Layer], trust: Trust
) -> tuple[Linked | None, tuple[Fault, ...]]:
    """The pack's place in a chain, if it says of one. A layer that was made after the link is no fault."""
    if NAME not in found:
        return None, ()
    try:
        read = read_link(read_inside(path, NAME, MAX_BYTES), trust)
    except EvidenceError as error:
        return None, (Fault(file=NAME, message=shown(str(error).removeprefix(f"{path}: ").removeprefix(f"{NAME} "))),)
    link = read.link
    linked = Linked(chain=link.chain, sequence=link.sequence, standing=read.standing, key=read.key)
    return linked, tuple(Fault(file=NAME, message=shown(message)) for message in _faults(read, layers, trust))


def _faults(read: Read, layers: Sequence[Layer], trust: Trust) -> Iterator[str]:
    wrong = untrusted(read, trust)
    if wrong is not None:
        yield wrong
    if read.link.act is not Act.ADD:
        yield "is not the link by which a pack was added"
    there = {f"{layer.folder}/manifest.json": layer.digest for layer in layers}
    for name, digest in sorted(read.link.layers.items()):
        if name not in there:
            yield f"names {name}, which was taken away"
        elif there[name] != digest:
            yield f"names another {name}: the link is another pack's, or the layer was replaced"
    if not read.link.layers:
        yield "names no layer"
