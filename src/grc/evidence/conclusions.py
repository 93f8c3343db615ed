"""An assessor's conclusions beside a pack's sealed layers: numbered, each naming the one before, never rewritten.

A conclusion is one file, because one file can be made at once: as it is, or in the envelope of who signed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.durable import put_new, writing
from grc.evidence.faults import Fault, Inventory, inventory, shown
from grc.evidence.guarded import read_inside, sha256
from grc.evidence.signing import envelope as envelopes
from grc.evidence.signing.signers import Signer
from grc.evidence.signing.standing import read_standing
from grc.evidence.signing.statements import stated_in
from grc.evidence.signing.trust import NOBODY, Signed, Standing, Trust, untrusted
from grc.model.conclusion import Concluded

FOLDER: Final = "conclusions"
FORMAT: Final = "grc.conclusion/1"
STATED: Final = "urn:grc:conclusion/1"
MOST: Final = 1 << 20
"""Octets of one conclusion."""


def file_of(number: int) -> str:
    """A conclusion's name in its pack."""
    return f"{FOLDER}/{number:08}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A conclusion as it lies in a pack, and how it is signed."""

    made: Concluded
    signed: Signed


def encode(made: Concluded, signer: Signer | None = None) -> bytes:
    """A conclusion as it is written, RFC 8785: signed, if there is a signer.

    Raises:
        EvidenceError: it holds what that has no form for, or whoever holds the key refuses.
    """
    return manifests.encode_plain(canonical.plain(made)) if signer is None else envelopes.encode(_stated(made), signer)


def conclusions_of(path: Path) -> tuple[Concluded, ...]:
    """A pack's conclusions, in order.

    Raises:
        EvidenceError: one is missing, was changed, or is of another pack.
    """
    held, faults = read_conclusions(path, inventory(path), None)
    if faults:
        raise EvidenceError(f"{path}: {faults[0]}: run `grc verify {path}`")
    return tuple(one.made for one in held)


def read_conclusions(
    path: Path, found: Inventory, layers: Mapping[str, str | None] | None, trust: Trust = NOBODY
) -> tuple[tuple[Written, ...], tuple[Fault, ...]]:
    """The conclusions of a pack, and what is wrong with them. ``layers`` are its assessments' digests; None: any."""
    names = sorted(name for name in found.files if name.startswith(f"{FOLDER}/"))
    held: list[Written] = []
    faults: list[Fault] = []
    previous: str | None = None
    for number, name in enumerate(names, start=1):
        try:
            data = read_inside(path, name, MOST)
            made, signed = _read(data, name, trust)
        except EvidenceError as error:
            faults.append(Fault(file=shown(name), message=shown(str(error).removeprefix(f"{path}: {name} "))))
            continue
        wrong = untrusted(signed, trust)
        faults += [
            Fault(file=shown(name), message=shown(said))
            for said in (*_faults(made, name, number, previous, layers), *([wrong] if wrong else []))
        ]
        held.append(Written(made=made, signed=signed))
        previous = sha256(data)
    return tuple(held), tuple(faults)


def _faults(
    made: Concluded, name: str, number: int, previous: str | None, layers: Mapping[str, str | None] | None
) -> Iterator[str]:
    if name != file_of(made.number) or made.number != number:
        yield "is not the next in order: one before it was taken away, or it stands in another's place"
    if made.previous != previous:
        yield "names another conclusion before it: that one was changed or taken away"
    if layers is not None and made.assessment not in layers.values():
        yield "is about an assessment that this pack does not hold"


def _read(data: bytes, name: str, trust: Trust) -> tuple[Concluded, Signed]:
    """A conclusion, and how it is signed.

    Raises:
        EvidenceError: it is not one, is not in its one form, or its signature is wrong.
    """
    if "payloadType" not in manifests.parse(data):
        made = manifests.decode(data, Concluded, FORMAT)
        if encode(made) != data:
            raise EvidenceError("is not written in its one canonical form (RFC 8785)")
        return made, Signed(file=name, standing=Standing.UNSIGNED)
    envelope = envelopes.decode(data)
    if envelope.signature is None:
        raise EvidenceError("is an envelope that nobody signed")
    made = stated_in(envelope, STATED, "conclusion", Concluded, _stated)
    if made.format != FORMAT:
        raise EvidenceError(f"is of another format: {made.format}")
    standing, key = read_standing(envelope, trust)
    return made, Signed(file=name, standing=standing, key=key)


def _stated(made: Concluded) -> Mapping[str, Any]:
    """The statement of a conclusion: about which assessment, after which other one, and all that it says."""
    predicate = canonical.plain(made)
    assert isinstance(predicate, dict)
    before = {} if made.previous is None else {"previous": made.previous}
    return envelopes.statement({"assessment": made.assessment, **before}, STATED, predicate)


def add_conclusion(path: Path, made: Concluded, signer: Signer | None = None) -> str:
    """Put a conclusion beside a pack's layers, whole or not at all. Gives its name there.

    Raises:
        EvidenceError: another one took its number, it cannot be written, or whoever holds the key refuses.
    """
    data = encode(made, signer)
    name = file_of(made.number)
    target = path / name
    with writing(path):
        target.parent.mkdir(exist_ok=True)
        try:
            put_new(target, data, by_way_of=path.parent)
        except FileExistsError as error:
            raise EvidenceError(f"{path}: somebody else is concluding at this moment ({name}): try again") from error
    return name


def last_digest(path: Path, held: Sequence[Concluded]) -> str | None:
    """The digest of the last conclusion as a file; None: there is none."""
    return sha256(read_inside(path, file_of(held[-1].number), MOST)) if held else None
