"""Keys: made, read from files, and named by the digest of their public half."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grc.errors import ConfigError
from grc.evidence.durable import put_new
from grc.evidence.guarded import sha256
from grc.evidence.signing.needed import need

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
    from securesystemslib.signer import SSlibKey

    Private = Ed25519PrivateKey | EllipticCurvePrivateKey
    Public = Ed25519PublicKey | EllipticCurvePublicKey

MAX_BYTES: Final = 64 * 1024
OWNER_ONLY: Final = stat.S_IRUSR | stat.S_IWUSR

Passphrase = Callable[[str], str]
"""Gives the passphrase of the key of that name; asked only for a key that has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """The public half of a key. ``id`` is the SHA-256 of its DER form, which is its fingerprint."""

    id: str
    pem: str


def new_key(path: Path, passphrase: str | None = None) -> tuple[PublicKey, Path]:
    """Make an Ed25519 key, readable by its owner alone; gives its public half, and the file beside it that holds it.

    Raises:
        ConfigError: one of the two files is there already, cannot be written, or signing is not installed.
    """
    need("a key for signatures")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    made = Ed25519PrivateKey.generate()
    public = public_key(made.public_key())
    beside = path.with_suffix(".pub.pem")
    encrypted = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encrypted)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        put_new(beside, public.pem.encode())
        try:
            put_new(path, private, mode=OWNER_ONLY)
        except OSError:
            beside.unlink()
            raise
    except FileExistsError as error:
        raise ConfigError(
            f"{error.filename2 or error.filename} is there already: a key is never overwritten"
        ) from error
    except OSError as error:
        raise ConfigError(f"the key {path} cannot be written: {error.strerror or error}") from error
    return public, beside


def read_public(path: Path) -> PublicKey:
    """Read a public key from a PEM file.

    Raises:
        ConfigError: it cannot be read, or is not a public key of a sort that signs packs.
    """
    need("checking signatures")
    return parse_public(_read(path), str(path))


def parse_public(data: bytes, called: str) -> PublicKey:
    """The public key of a PEM text.

    Raises:
        ConfigError: it is none, or not of a sort that signs packs.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if b"PRIVATE KEY" in data:
        raise ConfigError(f"{called} is a private key: name the public one beside it (.pub.pem)")
    try:
        return public_key(load_pem_public_key(data))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"{called} is not a public key in PEM of Ed25519 or P-256") from error


def parse_private(data: bytes, called: str, passphrase: Passphrase) -> Private:
    """The private key of a PEM text.

    Raises:
        ConfigError: it is none, its passphrase is another, or it is not of a sort that signs packs.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if b"PUBLIC KEY" in data:
        raise ConfigError(f"{called} is a public key: name the private one")
    secret = passphrase(called).encode() if b"ENCRYPTED" in data else None
    try:
        found = load_pem_private_key(data, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        why = "its passphrase is another, or it is damaged" if secret else "it is not a private key in PEM"
        raise ConfigError(f"the key {called} cannot be read: {why}") from error
    try:
        public_key(found.public_key())
    except ValueError as error:
        raise ConfigError(f"the key {called} cannot sign packs: make one with `grc key new`") from error
    return found  # type: ignore[return-value]  # public_key took its public half


def read_private(path: Path) -> bytes:
    """The bytes of a private key's file.

    Raises:
        ConfigError: it cannot be read, or can be read by others.
    """
    data = _read(path)
    if b"PUBLIC KEY" in data:
        raise ConfigError(f"{path} is a public key: name the private one")
    if sys.platform != "win32" and path.stat().st_mode & 0o077:
        raise ConfigError(f"the key {path} can be read by others: run `chmod 600 {path}`")
    return data


def public_key(key: object) -> PublicKey:
    """Name a public key of the library's.

    Raises:
        ValueError: it is neither Ed25519 nor P-256.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if not _signs(key):
        raise ValueError("neither Ed25519 nor P-256")
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[attr-defined]
    return PublicKey(id=sha256(der), pem=pem.decode("ascii"))


def library_key(public: PublicKey) -> SSlibKey:
    """A public key as the library has it."""
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.signer import SSlibKey

    return SSlibKey.from_crypto(load_pem_public_key(public.pem.encode()), keyid=public.id)


def is_right(public: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether a signature is this key's, over these bytes."""
    from securesystemslib.exceptions import UnverifiedSignatureError
    from securesystemslib.signer import Signature

    try:
        library_key(public).verify_signature(Signature(public.id, signature.hex()), data)
    except UnverifiedSignatureError:
        return False
    return True


def _signs(key: object) -> bool:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if isinstance(key, EllipticCurvePublicKey):
        return isinstance(key.curve, SECP256R1)
    return isinstance(key, Ed25519PublicKey)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"the key {path} cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"the key {path} is larger than any key")
    return data


def environment_key(name: str) -> bytes:
    """The bytes of a private key that an environment variable holds.

    Raises:
        ConfigError: there is no such variable.
    """
    text = os.environ.get(name)
    if not text:
        raise ConfigError(f"the environment has no {name}: put the private key into it, in PEM")
    return text.replace("\\n", "\n").encode()
