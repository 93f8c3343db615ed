"""Whether a layer is signed, by whom, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from grc.errors import EvidenceError
from grc.evidence.faults import Fault, shown
from grc.evidence.guarded import read_inside
from grc.evidence.signing.envelope import MAX_BYTES, Envelope, decode, signer_of, with_signer
from grc.evidence.signing.needed import can_check
from grc.evidence.signing.sealing import SIGNATURE, STAMP
from grc.evidence.signing.standing import read_standing
from grc.evidence.signing.timestamps import claimed_at, stamped_at
from grc.evidence.signing.trust import Signed, Standing, Trust, untrusted

Checked = tuple[Signed, tuple[Fault, ...]]


def verify_signature(path: Path, of: str, stated: Mapping[str, Any], found: frozenset[str], trust: Trust) -> Checked:
    """How a file of a pack is signed. ``stated`` is what must be signed, without the signer.

    ``of`` is the name of the file without its ending, ``found`` are the files of the pack. Without a trusted key, one
    that is not signed is no fault.
    """
    called = of + SIGNATURE
    signed = Signed(file=f"{of}.json", standing=Standing.UNSIGNED)
    if called not in found:
        return signed, _unsigned(of, found, trust)
    if not can_check():
        standing = replace(signed, standing=Standing.UNCHECKED)
        return standing, _unless_trusted(called, standing, trust)
    try:
        data = read_inside(path, called, MAX_BYTES)
        signed = replace(signed, **_standing(decode(data), stated, trust))
    except EvidenceError as error:
        return replace(signed, standing=Standing.WRONG), (_fault(path, called, error),)
    return _with_timestamp(path, of, signed, data, found, trust)


def _standing(envelope: Envelope, stated: Mapping[str, Any], trust: Trust) -> dict[str, Any]:
    if envelope.signature is None:
        raise EvidenceError("holds no signature")
    subjects, wanted = envelope.statement.get("subject"), stated["subject"]
    if subjects != wanted:
        raise EvidenceError(_other(subjects, wanted))
    public = signer_of(envelope)
    if envelope.statement != with_signer(stated, public):
        raise EvidenceError("states other facts of the run than the manifest, or facts that this engine does not know")
    standing, key = read_standing(envelope, trust)
    return {"standing": standing, "key": key}


def _other(subjects: object, wanted: list[dict[str, Any]]) -> str:
    """What an envelope that is not this layer's is of."""
    names = [one.get("name") for one in subjects if isinstance(one, dict)] if isinstance(subjects, list) else []
    if names != [one["name"] for one in wanted]:
        return f"is the signature of another layer: {', '.join(map(str, names)) or 'of none'}"
    return "is the signature of another manifest: the manifest was changed, or this is another pack's signature"


def _with_timestamp(path: Path, of: str, signed: Signed, data: bytes, found: frozenset[str], trust: Trust) -> Checked:
    called = of + STAMP
    faults = _unless_trusted(of + SIGNATURE, signed, trust)
    if called not in found:
        lacking = Fault(file=shown(called), message="is missing: nothing but the pack says when it was signed")
        return signed, (*faults, *([lacking] if trust.roots else ()))
    try:
        at = _stamped(read_inside(path, called, MAX_BYTES), data, trust)
    except EvidenceError as error:
        return signed, (*faults, _fault(path, called, error))
    return replace(signed, stamped=at, proven=bool(trust.roots)), faults


def _stamped(token: bytes, data: bytes, trust: Trust) -> datetime:
    return stamped_at(token, data, trust.roots) if trust.roots else claimed_at(token, data)


def _unsigned(of: str, found: frozenset[str], trust: Trust) -> tuple[Fault, ...]:
    faults = []
    what = "the layer" if of.endswith("/manifest") else f"the {of}"
    if trust.keys:
        faults.append(
            Fault(
                file=shown(of + SIGNATURE),
                message=f"is missing: {shown(what)} is not signed",
            )
        )
    if of + STAMP in found:
        faults.append(Fault(file=shown(of + STAMP), message="is the timestamp of no signature"))
    return tuple(faults)


def _unless_trusted(called: str, signed: Signed, trust: Trust) -> tuple[Fault, ...]:
    wrong = untrusted(signed, trust)
    return () if wrong is None else (Fault(file=shown(called), message=wrong),)


def _fault(path: Path, called: str, error: EvidenceError) -> Fault:
    message = str(error).removeprefix(f"{path}: ").removeprefix(f"{called} ")
    return Fault(file=shown(called), message=shown(message))
