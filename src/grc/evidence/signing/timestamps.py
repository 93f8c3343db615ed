"""Timestamps of RFC 3161: an authority's word that bytes were there at an instant."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grc.errors import ConfigError, EvidenceError
from grc.evidence.signing.der import refuse_other_algorithm
from grc.evidence.signing.needed import need
from grc.evidence.signing.sealing import Stamp

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

MAX_BYTES: Final = 256 * 1024
SECONDS: Final = 20.0
CMS_VERSION: Final = 3
SIGNER_VERSION: Final = 1
SHA256: Final = "2.16.840.1.101.3.4.2.1"


def authority(url: str) -> Stamp:
    """What asks the timestamp authority at an address.

    Raises:
        ConfigError: the address is not of the web, or timestamps are not installed.
    """
    need("a timestamp")
    if not url.startswith(("https://", "http://")):
        raise ConfigError(f"{url!r} is not the address of a timestamp authority: it begins with https:// or http://")
    return lambda data: _asked(url, data)


def read_roots(path: Path) -> tuple[Certificate, ...]:
    """The certificates of timestamp authorities that are trusted, from a PEM file.

    Raises:
        ConfigError: the file cannot be read, or holds no certificate.
    """
    need("checking timestamps")
    from cryptography.x509 import load_pem_x509_certificates

    try:
        return tuple(load_pem_x509_certificates(path.read_bytes()))
    except OSError as error:
        raise ConfigError(f"the certificates {path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ConfigError(f"{path} holds no certificate in PEM") from error


def stamped_at(token: bytes, data: bytes, roots: Sequence[Certificate]) -> datetime:
    """The instant at which these bytes were there, by an authority below one of the roots.

    Raises:
        EvidenceError: the timestamp is of other bytes, cannot be read, or is not of such an authority.
    """
    from rfc3161_client import VerificationError, VerifierBuilder

    response = _read(token, data)
    try:
        VerifierBuilder(roots=list(roots)).build().verify_message(response, data)
    except (VerificationError, ValueError) as error:
        raise EvidenceError(f"is not of a timestamp authority that you trust: {error}") from error
    _refuse_other_form(response)
    return response.tst_info.gen_time


def claimed_at(token: bytes, data: bytes) -> datetime:
    """The instant that a timestamp of these bytes names, whoever made it.

    Raises:
        EvidenceError: it is of other bytes, or cannot be read.
    """
    return _read(token, data).tst_info.gen_time


def _read(token: bytes, data: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response

    try:
        response = decode_timestamp_response(token)
        info = response.tst_info
        imprint, algorithm = info.message_imprint.message, info.message_imprint.hash_algorithm.dotted_string
    except ValueError as error:
        raise EvidenceError("is not a timestamp (RFC 3161)") from error
    if response.status != 0 or response.status_string or response.as_bytes() != token:
        raise EvidenceError("is not a timestamp that was granted, in its one form (DER)")
    if algorithm != SHA256 or imprint != hashlib.sha256(data).digest():
        raise EvidenceError("is a timestamp of something else")
    return response


def _refuse_other_form(response: TimeStampResponse) -> None:
    """Refuse what the signature does not cover and the library lets pass: other versions, another algorithm's name."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.x509 import load_der_x509_certificate

    (signer,) = response.signed_data.signer_infos
    if response.signed_data.version != CMS_VERSION or signer.version != SIGNER_VERSION:
        raise EvidenceError("is of another version than timestamps are (RFC 5652)")
    found = (load_der_x509_certificate(der) for der in response.signed_data.certificates)
    own = next(it for it in found if (it.issuer, it.serial_number) == (signer.issuer, signer.serial_number))
    elliptic = isinstance(own.public_key(), EllipticCurvePublicKey)
    refuse_other_algorithm(response.time_stamp_token(), elliptic=elliptic)


def _asked(url: str, data: bytes) -> bytes:
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    query = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    token = _posted(url, query.as_bytes())
    try:
        response = _read(token, data)
    except EvidenceError as error:
        raise EvidenceError(f"what the timestamp authority {url} answered {error}") from error
    if response.tst_info.nonce != query.nonce:
        raise EvidenceError(f"the timestamp authority {url} answered another question")
    return token


def _posted(url: str, query: bytes) -> bytes:
    import http.client
    import urllib.request

    kept = "what was collected is kept: run the same command again, or without a timestamp"
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = urllib.request.Request(url, data=query, headers=headers)  # noqa: S310 - authority() saw its scheme
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - as above
            token = answer.read(MAX_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise EvidenceError(f"the timestamp authority {url} gave no timestamp: {error}: {kept}") from error
    if len(token) > MAX_BYTES:
        raise EvidenceError(f"the timestamp authority {url} gave too much to be a timestamp: {kept}")
    return bytes(token)
