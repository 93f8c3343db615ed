"""What of a timestamp neither its signature covers nor the library reads: the name of the signature's algorithm."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from grc.errors import EvidenceError

SIGNED_ATTRIBUTES: Final = 0xA0
ECDSA: Final = {
    "2.16.840.1.101.3.4.2.1": bytes.fromhex("300a06082a8648ce3d040302"),
    "2.16.840.1.101.3.4.2.2": bytes.fromhex("300a06082a8648ce3d040303"),
    "2.16.840.1.101.3.4.2.3": bytes.fromhex("300a06082a8648ce3d040304"),
}
"""The names of ECDSA's algorithms (RFC 5754), by the name of the digest."""
SHA2: Final = {bytes.fromhex(f"060960864801650304020{last}"): f"2.16.840.1.101.3.4.2.{last}" for last in (1, 2, 3)}
RSA: Final = frozenset(bytes.fromhex(f"300d06092a864886f70d0101{last}0500") for last in ("01", "0b", "0c", "0d"))
"""rsaEncryption, and RSA with SHA-256, SHA-384 and SHA-512."""
RSA_PSS: Final = bytes.fromhex("06092a864886f70d01010a")


def refuse_other_algorithm(token: bytes, *, elliptic: bool) -> None:
    """Refuse a token (CMS) that names another algorithm than its key and its digest are of.

    Raises:
        EvidenceError: it does.
    """
    try:
        _, content = _children(_children(token)[0][1])[:2]
        signers = _children(_children(content[1])[0][1])[-1]
        fields = _children(_children(signers[1])[0][1])
        digest = SHA2.get(_children(fields[2][1])[0][2], "")
        named = next(after[2] for before, after in pairwise(fields) if before[0] == SIGNED_ATTRIBUTES)
    except (IndexError, ValueError, StopIteration) as error:
        raise EvidenceError("is not a timestamp (RFC 3161)") from error
    right = named == ECDSA.get(digest) if elliptic else named in RSA or named[2:13] == RSA_PSS
    if not right:
        raise EvidenceError("names another algorithm than that of its signature")


def _children(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """The elements of DER one after the other: tag, content, and the whole."""
    found, at = [], 0
    while at < len(data):
        length, start = data[at + 1], at + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[at + 2 : start])
        if start + length > len(data):
            raise ValueError("cut")
        found.append((data[at], data[start : start + length], data[at : start + length]))
        at = start + length
    return found
