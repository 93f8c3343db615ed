"""Keys, signed packs, and a timestamp authority of the tests' own."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from evidence_samples import KINDS, NOW, POLICY_FILES, RUN, SOURCES, assessment, effective, estate, observations

from grc.evidence import AssessmentWriter, Pack, PackWriter, Sealer, open_pack
from grc.evidence.signing.keys import PublicKey, public_key
from grc.evidence.signing.signers import Signer, open_signer

PLAIN = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def nobody(called: str) -> str:
    raise AssertionError(f"{called} has no passphrase")


@cache
def private(seed: int = 1) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def key_file(folder: Path, seed: int = 1) -> Path:
    """A private key as a file, with its public half beside it."""
    path = folder / f"key-{seed}.pem"
    path.touch(mode=0o600)
    path.write_bytes(private(seed).private_bytes(*PLAIN))
    (folder / f"key-{seed}.pub.pem").write_text(public(seed).pem)
    return path


def public(seed: int = 1) -> PublicKey:
    return public_key(private(seed).public_key())


def signer(folder: Path, seed: int = 1) -> Signer:
    return open_signer(str(key_file(folder, seed)), nobody)


def sealer(folder: Path, seed: int = 1, **more: Any) -> Sealer:
    return Sealer(signer=signer(folder, seed), **more)


def write_signed(folder: Path, by: Sealer | None, **run: Any) -> Pack:
    """A sealed pack of the estate, signed."""
    from dataclasses import replace

    with PackWriter(folder, replace(RUN, **run), KINDS) as writer:
        for seen, records in estate():
            writer.write(seen, records)
        writer.seal(finished=NOW + timedelta(minutes=2), sources=SOURCES, sealer=by)
    return open_pack(folder)


def assess_signed(pack: Pack, by: Sealer | None, **more: Any) -> Path:
    under = effective(**more)
    with AssessmentWriter(pack, engine="0.1.0") as writer:
        for line in observations(pack):
            writer.write(line)
        return writer.seal(assessment(pack, under), POLICY_FILES, under, by)


# a timestamp authority: openssl's, behind a little server


@dataclass(frozen=True)
class Authority:
    """A timestamp authority: its address, and the certificate of its root."""

    url: str
    roots: Path


SETTINGS = """
[tsa]
default_tsa = tsa1
[tsa1]
dir = {folder}
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
"""


@contextmanager
def authority(folder: Path, *, answer: bytes | None = None, sort: str = "P-256") -> Iterator[Authority]:
    """A timestamp authority that answers, or gives the same answer to everything."""
    folder.mkdir()
    _certificates(folder, sort)
    (folder / "serial").write_text("01\n")
    (folder / "settings").write_text(SETTINGS.format(folder=folder))
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                said = _reply(folder, query) if answer is None else answer
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Authority(f"http://127.0.0.1:{server.server_address[1]}/", folder / "root.pem")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _reply(folder: Path, query: bytes) -> bytes:
    (folder / "query").write_bytes(query)
    files: Mapping[str, str] = {"-inkey": "tsa.key", "-signer": "tsa.pem", "-queryfile": "query", "-out": "reply"}
    arguments = [part for name, file in files.items() for part in (name, str(folder / file))]
    command = ["openssl", "ts", "-reply", "-config", str(folder / "settings"), *arguments]
    subprocess.run(command, check=True, capture_output=True)
    return (folder / "reply").read_bytes()


def _certificates(folder: Path, sort: str) -> None:
    root = ec.generate_private_key(ec.SECP256R1())
    tsa = rsa.generate_private_key(65537, 2048) if sort == "RSA" else ec.generate_private_key(ec.SECP256R1())
    usage = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
    authority_of = x509.BasicConstraints(ca=True, path_length=None)
    (folder / "root.pem").write_bytes(_certificate("Root", root, "Root", root, authority_of))
    (folder / "tsa.pem").write_bytes(_certificate("TSA", tsa, "Root", root, usage))
    (folder / "tsa.key").write_bytes(tsa.private_bytes(*PLAIN))


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    made = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2060, 1, 1, tzinfo=UTC))
        .add_extension(extension, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)
