"""Signed layers: what a signature shows to whom, and every way in which it does not."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, PublicFormat
from evidence_samples import assess, write
from moto import mock_aws
from signed_samples import (
    PLAIN,
    Authority,
    assess_signed,
    authority,
    key_file,
    nobody,
    private,
    public,
    sealer,
    write_signed,
)

from grc.errors import ConfigError, EvidenceError
from grc.evidence import NOBODY, Sealer, Standing, Trust, VerifyResult, open_pack, verify
from grc.evidence.signing.envelope import decode, encode, signed_bytes, statement
from grc.evidence.signing.keys import new_key, read_public
from grc.evidence.signing.kms import kms_signer
from grc.evidence.signing.signers import open_signer
from grc.evidence.signing.timestamps import authority as ask
from grc.evidence.signing.timestamps import read_roots

TRUSTED = Trust(keys=(public(),))


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed pack with a signed assessment, not to be changed."""
    folder = tmp_path_factory.mktemp("signed")
    by = sealer(folder)
    assess_signed(write_signed(folder / "P", by), by)
    return folder / "P"


@pytest.fixture
def folder(signed: Path, tmp_path: Path) -> Path:
    """A copy to be changed."""
    return shutil.copytree(signed, tmp_path / "P")


def layer(folder: Path) -> Path:
    (found,) = (path for path in (folder / "assessments").iterdir())
    return found


def standings(result: VerifyResult) -> list[Standing]:
    return [found.standing for found in result.signatures]


def messages(result: VerifyResult) -> str:
    return "\n".join(map(str, result.faults))


# who verifies


def test_a_trusted_key_is_said(signed: Path) -> None:
    found = verify(signed, TRUSTED)
    assert found.whole
    assert standings(found) == [Standing.TRUSTED, Standing.TRUSTED]
    assert {one.key for one in found.signatures} == {public().id}
    assert sum("which you trust" in line for line in found.holds) == 2
    assert any("who held the key" in line for line in found.not_proven)
    assert not any("no signature" in line for line in found.not_proven)


def test_without_a_key_it_is_an_untrusted_one_with_its_fingerprint(signed: Path) -> None:
    found = verify(signed)
    assert found.whole
    assert standings(found) == [Standing.UNTRUSTED, Standing.UNTRUSTED]
    assert sum(f"is signed by an untrusted key: {public().id}" in line for line in found.holds) == 2
    assert any("name it with --key" in line for line in found.not_proven)


def test_another_key_does_not_count(signed: Path) -> None:
    found = verify(signed, Trust(keys=(public(2),)))
    assert len(found.faults) == 2
    assert messages(found).count(f"is signed by a key that was not named: {public().id}") == 2


@pytest.mark.parametrize("keys", [(), (public(),)], ids=["nobody", "trusted"])
def test_a_revoked_key_does_not_count(signed: Path, keys: Any) -> None:
    found = verify(signed, Trust(keys=keys, revoked=frozenset({public().id})))
    assert standings(found) == [Standing.REVOKED, Standing.REVOKED]
    assert messages(found).count("revoked") == 2


def test_an_unsigned_pack_is_legal_until_a_key_is_named(tmp_path: Path) -> None:
    assess(write(tmp_path / "P"))
    found = verify(tmp_path / "P")
    assert found.whole
    assert standings(found) == [Standing.UNSIGNED, Standing.UNSIGNED]
    assert any("who made the pack: it carries no signature" in line for line in found.not_proven)
    assert messages(verify(tmp_path / "P", TRUSTED)).count("the layer is not signed") == 2


def test_a_layer_that_is_not_signed_beside_one_that_is_is_named(tmp_path: Path) -> None:
    assess_signed(write_signed(tmp_path / "P", sealer(tmp_path)), None)
    found = verify(tmp_path / "P")
    assert found.whole
    assert any("who made assessments/" in line for line in found.not_proven)
    assert len(verify(tmp_path / "P", TRUSTED).faults) == 1


def test_an_assessment_gets_its_signature_later_and_keeps_it(tmp_path: Path) -> None:
    by = sealer(tmp_path)
    pack = write_signed(tmp_path / "P", by)
    folder = assess_signed(pack, None)
    assert assess_signed(pack, by) == folder
    assert verify(tmp_path / "P", TRUSTED).whole
    before = (folder / "manifest.dsse.json").read_bytes()
    assert assess_signed(pack, by) == folder
    assert (folder / "manifest.dsse.json").read_bytes() == before
    with pytest.raises(EvidenceError, match="signed by another key"):
        assess_signed(pack, sealer(tmp_path, 2))


def test_a_signed_pack_is_the_same_each_time(tmp_path: Path, signed: Path) -> None:
    by = sealer(tmp_path)
    assess_signed(write_signed(tmp_path / "P", by), by)
    for path in signed.rglob("*"):
        if path.is_file():
            assert (tmp_path / "P" / path.relative_to(signed)).read_bytes() == path.read_bytes()


# what is wrong with a signature


def again(folder: Path, change: Callable[[dict[str, Any]], Any], where: str = "evidence") -> None:
    """Change an envelope and write it in its one form."""
    path = folder / where / "manifest.dsse.json"
    raw = json.loads(path.read_bytes())
    change(raw)
    path.write_bytes(rfc8785.dumps(raw))


def restated(folder: Path, change: Callable[[dict[str, Any]], Any], seed: int = 1) -> None:
    """Change the statement of the evidence, and sign it anew as it now is."""
    path = folder / "evidence" / "manifest.dsse.json"
    said = json.loads(decode(path.read_bytes()).payload)
    change(said)
    payload = rfc8785.dumps(said)
    signature = private(seed).sign(signed_bytes(payload))

    def put(raw: dict[str, Any]) -> None:
        raw["payload"] = base64.b64encode(payload).decode()
        raw["signatures"][0]["sig"] = base64.b64encode(signature).decode()

    again(folder, put)


ENVELOPES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "no signature": (lambda raw: raw.update(signatures=[]), "holds no signature"),
    "two signatures": (lambda raw: raw["signatures"].append(raw["signatures"][0]), "has 2 signatures"),
    "another id": (lambda raw: raw["signatures"][0].update(keyid="sha256:" + "0" * 64), "names another key"),
    "an id of nothing": (lambda raw: raw["signatures"][0].update(keyid=None), "names another key"),
    "another type": (lambda raw: raw.update(payloadType="application/json"), "canonical form"),
    "more": (lambda raw: raw.update(more=1), "canonical form"),
    "no payload": (lambda raw: raw.pop("payload"), "not a DSSE envelope"),
    "an empty payload": (lambda raw: raw.update(payload=""), "not a JSON object"),
    "a payload of junk": (lambda raw: raw.update(payload="!"), "not a DSSE envelope"),
    "signatures of junk": (lambda raw: raw.update(signatures=7), "not a DSSE envelope"),
    "a signature of junk": (lambda raw: raw["signatures"][0].update(sig="AA=="), "is not over this statement"),
    "an empty signature": (lambda raw: raw["signatures"][0].update(sig=""), "is not over this statement"),
}


@pytest.mark.parametrize("change", ENVELOPES)
def test_a_wrong_envelope_is_said(folder: Path, change: str) -> None:
    again(folder, ENVELOPES[change][0])
    for trust in (NOBODY, TRUSTED):
        (fault,) = verify(folder, trust).faults
        assert fault.file == "evidence/manifest.dsse.json"
        assert ENVELOPES[change][1] in fault.message


STATEMENTS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another time": (lambda said: said["predicate"]["run"].update(finished="2020-01-01T00:00:00Z"), "other facts"),
    "more facts": (lambda said: said["predicate"].update(certified=True), "other facts"),
    "another predicate": (lambda said: said.update(predicateType="urn:other"), "other facts"),
    "another subject": (lambda said: said["subject"][0].update(name="x"), "signature of another layer: x"),
    "more subjects": (lambda said: said["subject"].append(said["subject"][0]), "signature of another layer"),
    "no subject": (lambda said: said.pop("subject"), "another layer: of none"),
    "another digest": (lambda said: said["subject"][0]["digest"].update(sha256="0" * 64), "another manifest"),
    "another statement": (lambda said: said.update(_type="x"), "holds no statement"),
    "no key": (lambda said: said["predicate"].pop("signer"), "does not name the key"),
    "no predicate": (lambda said: said.pop("predicate"), "does not name the key"),
    "key of junk": (lambda said: said["predicate"].update(signer=7), "does not name the key"),
}


@pytest.mark.parametrize("change", STATEMENTS)
def test_a_wrong_statement_is_said_though_it_is_signed(folder: Path, change: str) -> None:
    restated(folder, STATEMENTS[change][0])
    for trust in (NOBODY, TRUSTED):
        (fault,) = verify(folder, trust).faults
        assert fault.file == "evidence/manifest.dsse.json"
        assert STATEMENTS[change][1] in fault.message


def test_a_stranger_who_signs_again_is_not_the_trusted_one(folder: Path) -> None:
    signer = {"keyid": public(2).id, "public_key": public(2).pem}
    restated(folder, lambda said: said["predicate"].update(signer=signer), seed=2)
    again(folder, lambda raw: raw["signatures"][0].update(keyid=public(2).id))
    assert verify(folder).whole  # right, and by a stranger
    assert "was not named" in messages(verify(folder, TRUSTED))


def test_a_stranger_with_the_trusted_one_s_name_is_found(folder: Path) -> None:
    restated(folder, lambda said: None, seed=2)
    assert "is not over this statement" in messages(verify(folder, TRUSTED))


def test_signatures_of_two_layers_that_are_swapped_are_found(folder: Path) -> None:
    one, other = folder / "evidence" / "manifest.dsse.json", layer(folder) / "manifest.dsse.json"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert messages(verify(folder, TRUSTED)).count("is the signature of another layer") == 2
    assert len(verify(folder).faults) == 2


def test_the_signature_of_another_pack_is_found(folder: Path, tmp_path: Path) -> None:
    write_signed(tmp_path / "Q", sealer(tmp_path), id="run-2")
    shutil.copy(tmp_path / "Q" / "evidence" / "manifest.dsse.json", folder / "evidence" / "manifest.dsse.json")
    assert "this is another pack's signature" in messages(verify(folder, TRUSTED))


def test_a_signature_that_was_taken_away_is_found(folder: Path) -> None:
    (folder / "evidence" / "manifest.dsse.json").unlink()
    assert "evidence/manifest.dsse.json: is missing" in messages(verify(folder, TRUSTED))


# the page for readers


def page_commands(text: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_the_page_s_own_commands_show_what_it_says(folder: Path, tmp_path: Path) -> None:
    sums, check, fingerprint, _ = page_commands((folder / "README.md").read_text())
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "KEY": str(key_file(tmp_path).with_name("key-1.pub.pem"))}

    def run(command: str, where: Path, **more: str) -> str:
        done = subprocess.run(
            ["sh", "-c", command], cwd=where, env=environment | more, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    for where in (folder / "evidence", layer(folder)):
        assert "FAILED" not in run(sums, where)
        said = run(check, where)
        assert "Signature Verified Successfully" in said
        assert "It names this manifest" in said
        assert run(fingerprint, where).split()[0] == public().id.removeprefix("sha256:")
        other = key_file(tmp_path, 2).with_name("key-2.pub.pem")
        assert "Verified Successfully" not in run(check, where, KEY=str(other))
        (where / "manifest.json").write_bytes((where / "manifest.json").read_bytes() + b" ")
        assert "FAILED" in run(sums, where)
        assert "It names this manifest" not in run(check, where)


def test_the_page_is_held_by_the_manifest(folder: Path) -> None:
    (folder / "README.md").write_text("Trust this.")
    assert "README.md: is not what was sealed" in messages(verify(folder))
    (folder / "README.md").unlink()
    assert "README.md: is missing" in messages(verify(folder))


# timestamps


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with authority(tmp_path_factory.mktemp("tsa") / "A") as found:
        yield found


@pytest.fixture(scope="module")
def stamped(tsa: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stamped")
    by = sealer(folder, stamp=ask(tsa.url))
    assess_signed(write_signed(folder / "P", by), by)
    return folder / "P"


def test_a_timestamp_is_proven_by_its_root_alone(stamped: Path, tsa: Authority) -> None:
    found = verify(stamped, Trust(keys=(public(),), roots=read_roots(tsa.roots)))
    assert found.whole
    assert all(one.stamped and one.proven for one in found.signatures)
    assert sum("its signature was there at" in line for line in found.holds) == 2
    assert any("that it is as old as it says" in line for line in found.not_proven)
    unproven = verify(stamped, TRUSTED)
    assert unproven.whole
    assert not any(one.proven for one in unproven.signatures)
    assert any("--timestamp-root" in line for line in unproven.not_proven)


def test_a_timestamp_of_an_authority_with_an_rsa_key_is_proven(tmp_path: Path) -> None:
    with authority(tmp_path / "A", sort="RSA") as found:
        write_signed(tmp_path / "P", sealer(tmp_path, stamp=ask(found.url)))
    assert verify(tmp_path / "P", Trust(keys=(public(),), roots=read_roots(found.roots))).whole


def test_a_timestamp_of_an_authority_that_is_not_trusted_is_a_fault(stamped: Path, tmp_path: Path) -> None:
    with authority(tmp_path / "B") as other:
        found = verify(stamped, Trust(roots=read_roots(other.roots)))
    assert messages(found).count("is not of a timestamp authority that you trust") == 2


def test_a_timestamp_that_is_missing_swapped_or_alone_is_found(stamped: Path, tsa: Authority, tmp_path: Path) -> None:
    trust = Trust(roots=read_roots(tsa.roots))
    folder = shutil.copytree(stamped, tmp_path / "P")
    one, other = folder / "evidence" / "manifest.tsr", layer(folder) / "manifest.tsr"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    for who in (NOBODY, trust):
        assert messages(verify(folder, who)).count("is a timestamp of something else") == 2
    one.unlink()
    other.write_bytes(second)
    assert "manifest.tsr: is missing" in messages(verify(folder, trust))
    one.write_bytes(b"junk")
    assert "is not a timestamp" in messages(verify(folder))
    one.write_bytes(first)
    (folder / "evidence" / "manifest.dsse.json").unlink()
    assert "is the timestamp of no signature" in messages(verify(folder))


def test_openssl_says_the_same_of_a_timestamp(stamped: Path, tsa: Authority) -> None:
    *_, command = page_commands((stamped / "README.md").read_text())
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=stamped / "evidence",
        env={"PATH": "/usr/bin:/bin", "ROOTS": str(tsa.roots)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Verification: OK" in done.stdout
    assert "Time stamp:" in done.stdout


def test_an_authority_that_gives_no_timestamp_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    with authority(tmp_path / "A", answer=b"junk") as wrong:
        by = sealer(tmp_path, stamp=ask(wrong.url))
        with pytest.raises(EvidenceError, match="answered is not a timestamp"):
            write_signed(tmp_path / "P", by)
    with pytest.raises(EvidenceError, match=r"gave no timestamp.*is kept"):
        write_signed(tmp_path / "P", by)  # the server is gone
    assert not (tmp_path / "P").exists()
    write_signed(tmp_path / "P", sealer(tmp_path))
    assert verify(tmp_path / "P", TRUSTED).whole


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x", "tsa.example"])
def test_an_authority_is_asked_over_the_web_alone(url: str) -> None:
    with pytest.raises(ConfigError, match="address of a timestamp authority"):
        ask(url)


# keys


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made, beside = new_key(tmp_path / "k" / "signing.key")
    assert stat.S_IMODE((tmp_path / "k" / "signing.key").stat().st_mode) == 0o600
    assert beside == tmp_path / "k" / "signing.pub.pem"
    assert read_public(beside) == made
    before = {path: path.read_bytes() for path in (tmp_path / "k").iterdir()}
    with pytest.raises(ConfigError, match="never overwritten"):
        new_key(tmp_path / "k" / "signing.key")
    beside.unlink()
    with pytest.raises(ConfigError, match=r"signing.key is there already"):
        new_key(tmp_path / "k" / "signing.key")
    assert not beside.exists()
    assert (tmp_path / "k" / "signing.key").read_bytes() == before[tmp_path / "k" / "signing.key"]


def test_a_key_with_a_passphrase_needs_it(tmp_path: Path) -> None:
    new_key(tmp_path / "s.key", "opens it")
    assert b"ENCRYPTED" in (tmp_path / "s.key").read_bytes()
    asked: list[str] = []

    def give(word: str) -> Callable[[str], str]:
        return lambda called: asked.append(called) or word  # type: ignore[func-returns-value]

    made = open_signer(str(tmp_path / "s.key"), give("opens it"))
    assert made.public == read_public(tmp_path / "s.pub.pem")
    with pytest.raises(ConfigError, match="its passphrase is another"):
        open_signer(str(tmp_path / "s.key"), give("another"))
    assert asked == [str(tmp_path / "s.key")] * 2


def test_a_key_from_the_environment_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signed: Path) -> None:
    monkeypatch.setenv("SIGNING", private().private_bytes(*PLAIN).decode())
    write_signed(tmp_path / "P", Sealer(signer=open_signer("env:SIGNING", nobody)))
    assert verify(tmp_path / "P", TRUSTED).whole
    with pytest.raises(ConfigError, match="no ABSENT"):
        open_signer("env:ABSENT", nobody)


def other_keys() -> dict[str, bytes]:
    weak = rsa.generate_private_key(65537, 2048)
    curve = ec.generate_private_key(ec.SECP384R1())
    return {"RSA": weak.private_bytes(*PLAIN), "P-384": curve.private_bytes(*PLAIN)}


def test_what_is_no_key_of_ours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "k"
    path.touch(mode=0o600)
    for data, said in (
        (b"", "not a private key in PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "not a private key in PEM"),
        (public().pem.encode(), "is a public key"),
        (b"x" * 100_000, "larger than any key"),
        *((data, "cannot sign packs") for data in other_keys().values()),
    ):
        path.write_bytes(data)
        with pytest.raises(ConfigError, match=said):
            open_signer(str(path), nobody)
    path.write_bytes(private().private_bytes(*PLAIN))
    with pytest.raises(ConfigError, match="is a private key: name the public one"):
        read_public(path)
    path.write_bytes(b"junk")
    with pytest.raises(ConfigError, match="not a public key"):
        read_public(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_public(tmp_path / "nowhere")
    path.write_bytes(private().private_bytes(*PLAIN))
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        open_signer(str(path), nobody)


def test_a_key_of_kms_signs_and_openssl_agrees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3

    for name, value in {
        "AWS_ACCESS_KEY_ID": "t",
        "AWS_SECRET_ACCESS_KEY": "t",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        kms = boto3.client("kms")
        key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/grc", TargetKeyId=key)
        by = open_signer("awskms:alias/grc", nobody)
        write_signed(tmp_path / "P", Sealer(signer=by))
        for spec in ("RSA_2048", "ECC_NIST_P384"):
            other = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
            with pytest.raises(ConfigError, match="cannot sign packs"):
                open_signer(f"awskms:{other}", nobody)
        with pytest.raises(ConfigError, match="kms:GetPublicKey"):
            open_signer("awskms:alias/none", nobody)
        kms.delete_alias(AliasName="alias/grc")
        with pytest.raises(EvidenceError, match="kms:Sign"):
            write_signed(tmp_path / "Q", Sealer(signer=by))
    assert verify(tmp_path / "P", Trust(keys=(by.public,))).whole
    (tmp_path / "kms.pub.pem").write_text(by.public.pem)
    check = page_commands((tmp_path / "P" / "README.md").read_text())[1].replace("-rawin", "-rawin -digest sha256")
    done = subprocess.run(
        ["sh", "-c", check],
        cwd=tmp_path / "P" / "evidence",
        env={"PATH": "/usr/bin:/bin", "KEY": str(tmp_path / "kms.pub.pem")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Signature Verified Successfully" in done.stdout


@pytest.mark.parametrize("length", [10, 5000])
@pytest.mark.parametrize("sort", ["Ed25519", "P-256"])
def test_kms_is_asked_as_its_key_needs(sort: str, length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no simulator has: Ed25519, and texts too long to be sent whole."""
    import boto3
    from botocore.stub import Stubber

    edwards = sort == "Ed25519"
    key: Any = private() if edwards else ec.generate_private_key(ec.SECP256R1())
    algorithm = "ED25519_SHA_512" if edwards else "ECDSA_SHA_256"
    data, digest = b"x" * length, hashlib.sha256(b"x" * length).digest()
    right = key.sign(data) if edwards else key.sign(data, ec.ECDSA(hashes.SHA256()))
    message = (
        {"Message": data, "MessageType": "RAW"} if length <= 4096 else {"Message": digest, "MessageType": "DIGEST"}
    )
    client = boto3.client("kms", region_name="eu-west-1", aws_access_key_id="t", aws_secret_access_key="t")
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    asked = {"KeyId": "k", "SigningAlgorithm": algorithm, **message}
    with Stubber(client) as answers:
        answers.add_response("get_public_key", {"PublicKey": der, "SigningAlgorithms": [algorithm]}, {"KeyId": "k"})
        by = kms_signer("awskms:k", client)
        if edwards and length > 4096:
            with pytest.raises(EvidenceError, match="ECC_NIST_P256"):
                by.sign(data)
            return
        answers.add_response("sign", {"Signature": right}, asked)
        assert by.sign(data) == right
        answers.add_response("sign", {"Signature": right[:-1] + bytes([right[-1] ^ 1])}, asked)
        with pytest.raises(EvidenceError, match="not of its key"):
            by.sign(data)


def test_the_library_reads_our_envelopes(signed: Path) -> None:
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import SSlibKey

    raw = json.loads((signed / "evidence" / "manifest.dsse.json").read_bytes())
    key = SSlibKey.from_crypto(private().public_key(), keyid=public().id)
    assert set(Envelope.from_dict(raw).verify([key], 1)) == {public().id}


def test_an_unsigned_envelope_is_a_statement_all_the_same() -> None:
    read = decode(encode(statement({"x": "sha256:" + "0" * 64}, "urn:x", {}), None))
    assert read.signature is None
    assert read.statement["subject"] == [{"name": "x", "digest": {"sha256": "0" * 64}}]


def test_the_public_half_is_written_in_its_one_form(tmp_path: Path) -> None:
    encrypted = private().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
    (tmp_path / "k").touch(mode=0o600)
    (tmp_path / "k").write_bytes(encrypted)
    assert open_signer(str(tmp_path / "k"), lambda _: "x").public.pem.encode() == private().public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )


def test_a_pack_is_read_the_same_with_and_without_signatures(signed: Path, tmp_path: Path) -> None:
    assert open_pack(signed).digest == write(tmp_path / "P").digest
