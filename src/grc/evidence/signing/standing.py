"""How the signature of an envelope stands with who reads it."""

from __future__ import annotations

from grc.evidence.signing.envelope import Envelope, signer_of
from grc.evidence.signing.needed import can_check
from grc.evidence.signing.trust import Standing, Trust


def read_standing(envelope: Envelope, trust: Trust) -> tuple[Standing, str | None]:
    """How an envelope's signature stands with who verifies, and the key that made it.

    Raises:
        EvidenceError: the signature is wrong.
    """
    if envelope.signature is None:
        return Standing.UNSIGNED, None
    if not can_check():
        return Standing.UNCHECKED, envelope.key
    key = signer_of(envelope).id
    if key in trust.revoked:
        return Standing.REVOKED, key
    return (Standing.TRUSTED if trust.trusts(key) else Standing.UNTRUSTED), key
