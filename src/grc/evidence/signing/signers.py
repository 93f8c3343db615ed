"""What signs: a key from a file, from the environment, or held by AWS KMS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from grc.evidence.signing.keys import (
    Passphrase,
    PublicKey,
    environment_key,
    library_key,
    parse_private,
    public_key,
    read_private,
)
from grc.evidence.signing.kms import SCHEME as KMS
from grc.evidence.signing.kms import kms_signer
from grc.evidence.signing.needed import need

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner

ENVIRONMENT: Final = "env:"
ELSEWHERE: Final = (ENVIRONMENT, KMS)
"""How a key's name begins that is not a file's."""


class Signer(Protocol):
    """Something that signs bytes with one key."""

    @property
    def public(self) -> PublicKey:
        """The public half of its key."""

    def sign(self, data: bytes) -> bytes:
        """The signature of the bytes.

        Raises:
            EvidenceError: whoever holds the key refuses, or cannot be reached.
        """


def open_signer(reference: str, passphrase: Passphrase) -> Signer:
    """The signer that a reference names: a file in PEM, ``env:NAME``, or ``awskms:`` and a key's id, ARN or alias.

    Raises:
        ConfigError: the key cannot be had, or is of a sort that does not sign packs; says why.
    """
    need("signing")
    if reference.startswith(KMS):
        return kms_signer(reference)
    if reference.startswith(ENVIRONMENT):
        data = environment_key(reference.removeprefix(ENVIRONMENT))
    else:
        data = read_private(Path(reference))
    return _local_signer(data, reference, passphrase)


@dataclass(frozen=True, slots=True)
class _LocalSigner:
    """A key of this process."""

    public: PublicKey
    inner: CryptoSigner

    def sign(self, data: bytes) -> bytes:
        return bytes.fromhex(self.inner.sign(data).signature)


def _local_signer(data: bytes, called: str, passphrase: Passphrase) -> Signer:
    from securesystemslib.signer import CryptoSigner

    private = parse_private(data, called, passphrase)
    public = public_key(private.public_key())
    return _LocalSigner(public, CryptoSigner(private, library_key(public)))
