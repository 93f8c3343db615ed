"""DSSE envelopes: a statement with at most one signature, in their one written form."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from grc.errors import ConfigError, EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.signing.keys import PublicKey, is_right, parse_public
from grc.evidence.signing.signers import Signer

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
MAX_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A statement as it was signed. ``key`` and ``signature`` are None where no one signed it.

    ``key`` is the id that the envelope names; the key itself stands in the statement.
    """

    payload: bytes
    statement: Mapping[str, Any]
    key: str | None
    signature: bytes | None


def statement(subjects: Mapping[str, str], predicate_type: str, predicate: Mapping[str, Any]) -> dict[str, Any]:
    """An in-toto statement. ``subjects`` holds ``sha256:…`` by the name of what it is the digest of."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [
            {"name": name, "digest": {"sha256": digest.removeprefix("sha256:")}}
            for name, digest in sorted(subjects.items())
        ],
        "predicateType": predicate_type,
        "predicate": dict(predicate),
    }


def with_signer(unsigned: Mapping[str, Any], public: PublicKey) -> dict[str, Any]:
    """The statement as this key signs it: it names the key, so that the signature can be checked without it."""
    signer = {"keyid": public.id, "public_key": public.pem}
    return {**unsigned, "predicate": {**unsigned["predicate"], "signer": signer}}


def encode(unsigned: Mapping[str, Any], signer: Signer | None) -> bytes:
    """The envelope of a statement, signed if there is a signer.

    Raises:
        EvidenceError: whoever holds the key refuses, or cannot be reached.
    """
    if signer is None:
        return _written(manifests.encode_plain(dict(unsigned)), None, None)
    payload = manifests.encode_plain(with_signer(unsigned, signer.public))
    return _written(payload, signer.public.id, signer.sign(signed_bytes(payload)))


def signed_bytes(payload: bytes) -> bytes:
    """What a signature is over: the payload and its type with their lengths (DSSE's PAE)."""
    return b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def decode(data: bytes) -> Envelope:
    """Read an envelope.

    Raises:
        EvidenceError: it is not one, is not in its one form, or does not hold a statement.
    """
    raw = manifests.parse(data)
    try:
        payload = _bytes(raw["payload"])
        signatures = raw["signatures"]
        if len(signatures) > 1:
            raise EvidenceError(f"has {len(signatures)} signatures: a statement here has one")
        key = signatures[0]["keyid"] if signatures else None
        signature = _bytes(signatures[0]["sig"]) if signatures else None
        written = _written(payload, key, signature)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise EvidenceError("is not a DSSE envelope") from error
    if written != data:
        raise EvidenceError("is not written in its one canonical form (RFC 8785)")
    said = manifests.parse(payload)
    if said.get("_type") != STATEMENT_TYPE:
        raise EvidenceError(f"holds no statement: its type is {said.get('_type')!r}")
    return Envelope(payload=payload, statement=said, key=key, signature=signature)


def signer_of(envelope: Envelope) -> PublicKey:
    """The key that signed, as the statement names it, when the signature is this key's.

    Raises:
        EvidenceError: the signature is not over this statement, or not of this key.
    """
    assert envelope.signature is not None
    public = _named_key(envelope)
    if not is_right(public, envelope.signature, signed_bytes(envelope.payload)):
        raise EvidenceError(f"its signature is not over this statement by the key {public.id}: one of them was changed")
    return public


def _named_key(envelope: Envelope) -> PublicKey:
    try:
        signer = envelope.statement["predicate"]["signer"]
        public = parse_public(signer["public_key"].encode("ascii"), "the signer's key")
    except (ConfigError, KeyError, TypeError, AttributeError, UnicodeEncodeError) as error:
        raise EvidenceError("does not name the key that signed it, or not one of Ed25519 or P-256") from error
    if signer != {"keyid": public.id, "public_key": public.pem} or envelope.key != public.id:
        raise EvidenceError(f"names another key ({envelope.key!r}) than the one that it holds ({public.id})")
    return public


def _written(payload: bytes, key: str | None, signature: bytes | None) -> bytes:
    signatures = [] if signature is None else [{"keyid": key, "sig": _text(signature)}]
    return manifests.encode_plain({"payload": _text(payload), "payloadType": PAYLOAD_TYPE, "signatures": signatures})


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
