"""Signing with a key that AWS KMS holds and never gives away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from grc.errors import ConfigError, EvidenceError
from grc.evidence.signing.keys import PublicKey, is_right, public_key

SCHEME: Final = "awskms:"
EDWARDS: Final = "ED25519_SHA_512"
CURVE: Final = "ECDSA_SHA_256"
RAW_MOST: Final = 4096
"""KMS takes no longer text than this; what is longer is given as a digest, which Ed25519 cannot be."""


@dataclass(frozen=True, slots=True)
class KmsSigner:
    """A key of KMS. ``key`` is its id, ARN or alias."""

    public: PublicKey
    client: Any
    key: str
    algorithm: str

    def sign(self, data: bytes) -> bytes:
        """The signature of the bytes.

        Raises:
            EvidenceError: KMS refuses or cannot be reached, gave another key's signature, or the text is too long.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self.client.sign(KeyId=self.key, SigningAlgorithm=self.algorithm, **self._message(data))
        except (BotoCoreError, ClientError) as error:
            raise EvidenceError(f"{SCHEME}{self.key} does not sign: {error}: it needs kms:Sign") from error
        signature = bytes(answer["Signature"])
        if not is_right(self.public, signature, data):
            raise EvidenceError(f"{SCHEME}{self.key} gave a signature that is not of its key: was the alias moved?")
        return signature

    def _message(self, data: bytes) -> dict[str, Any]:
        if len(data) <= RAW_MOST:
            return {"Message": data, "MessageType": "RAW"}
        if self.algorithm == EDWARDS:
            raise EvidenceError(
                f"{SCHEME}{self.key} cannot sign {len(data):,} bytes: use a key of the spec ECC_NIST_P256"
            )
        return {"Message": hashlib.sha256(data).digest(), "MessageType": "DIGEST"}


def kms_signer(reference: str, client: Any = None) -> KmsSigner:
    """The signer of ``awskms:`` and a key's id, ARN or alias. ``client`` None: one of the ambient credentials.

    Raises:
        ConfigError: the key cannot be had, or is of a sort that does not sign packs.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    name = reference.removeprefix(SCHEME)
    try:
        client = client or boto3.client("kms")
        told = client.get_public_key(KeyId=name)
        public = public_key(load_der_public_key(told["PublicKey"]))
    except (BotoCoreError, ClientError) as error:
        raise ConfigError(f"{reference} cannot be used: {error}: it needs kms:GetPublicKey and kms:Sign") from error
    except ValueError as error:
        raise ConfigError(
            f"{reference} cannot sign packs: make a key of the spec ECC_NIST_EDWARDS25519 or ECC_NIST_P256"
        ) from error
    return KmsSigner(public, client, name, EDWARDS if EDWARDS in told["SigningAlgorithms"] else CURVE)
