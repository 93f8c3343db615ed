"""A vault in a bucket: its settings are checked first, every lock is read back, and another answer is an error."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from evidence_samples import AS_OF
from moto import mock_aws
from vault_samples import LATER, TRUSTED, CutError, CutStore, begin, pack, who

from grc.errors import ConfigError, EvidenceError
from grc.evidence.chain import Act
from grc.evidence.vault import Vault, VaultResult, open_vault, verify_vault
from grc.evidence.vault.bucket import BucketStore
from grc.evidence.vault.store import blob_of

PLACE = "s3://evidence/clinic"
UNTIL = AS_OF + timedelta(days=365 * 30)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A simulated S3 with a bucket that has Object Lock."""
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
        yield client


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two packs, not to be changed."""
    folder = tmp_path_factory.mktemp("packs")
    for number in (1, 2):
        pack(folder, number, assessed=False)
    return folder


@pytest.fixture
def vault(s3: Any, packs: Path, tmp_path: Path) -> Vault:
    """A vault of two packs."""
    made = begin(BucketStore(PLACE, "GOVERNANCE"), "GOVERNANCE")
    for number in (1, 2):
        made.add(shutil.copytree(packs / f"P{number}", tmp_path / f"P{number}"), who(tmp_path))
    return made


def messages(result: VaultResult) -> str:
    return "\n".join(map(str, result.faults))


def keys(s3: Any) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket="evidence").get("Contents", [])]


def a_file(s3: Any) -> str:
    return next(key for key in keys(s3) if key.endswith("README.md"))


def test_what_was_put_is_locked_and_found_again(vault: Vault, s3: Any) -> None:
    result = verify_vault(open_vault(PLACE), TRUSTED)
    assert result.whole, result.faults
    assert (result.links, result.packs) == (2, 2)
    assert not any("no locks" in line for line in result.not_proven)
    assert all(key.startswith("clinic/") for key in keys(s3))
    for key in keys(s3):
        told = s3.head_object(Bucket="evidence", Key=key)
        assert told["ObjectLockMode"] == "GOVERNANCE"
        assert told["ObjectLockRetainUntilDate"] >= AS_OF.replace(year=2028)


def test_the_mode_is_the_vault_s_own(s3: Any, packs: Path, tmp_path: Path) -> None:
    begin(BucketStore(PLACE, "COMPLIANCE"), "COMPLIANCE")
    open_vault(PLACE).add(shutil.copytree(packs / "P1", tmp_path / "P1"), who(tmp_path))
    assert {s3.head_object(Bucket="evidence", Key=key)["ObjectLockMode"] for key in keys(s3)} == {"COMPLIANCE"}
    assert verify_vault(open_vault(PLACE), TRUSTED).whole
    assert "is locked as COMPLIANCE, not as GOVERNANCE" in messages(
        verify_vault(Vault(BucketStore(PLACE, "GOVERNANCE")), TRUSTED)
    )


def test_a_bucket_that_cannot_lock_is_refused_before_anything_is_put(s3: Any) -> None:
    s3.create_bucket(Bucket="plain")
    with pytest.raises(ConfigError, match="Object Lock"):
        BucketStore("s3://plain", "GOVERNANCE")
    s3.put_bucket_versioning(Bucket="plain", VersioningConfiguration={"Status": "Enabled"})
    with pytest.raises(ConfigError, match="has no Object Lock"):
        BucketStore("s3://plain", "GOVERNANCE")
    with pytest.raises(ConfigError, match="cannot be used"):
        BucketStore("s3://nowhere", "GOVERNANCE")


class Answers:
    """A client of S3 that answers some questions otherwise."""

    def __init__(self, client: Any, **other: Any) -> None:
        self._client, self._other = client, other

    def __getattr__(self, name: str) -> Any:
        if name not in self._other:
            return getattr(self._client, name)
        return lambda **asked: {**getattr(self._client, name)(**asked), **self._other[name]}


@pytest.mark.parametrize(
    "other",
    [
        {"ObjectLockMode": "COMPLIANCE"},
        {"ObjectLockMode": None},
        {"ObjectLockRetainUntilDate": AS_OF},
        {"ObjectLockRetainUntilDate": None},
        {"ContentLength": 7},
        {"ChecksumSHA256": "AAAA"},
    ],
    ids=str,
)
def test_another_lock_than_was_asked_for_is_an_error(s3: Any, other: dict[str, Any]) -> None:
    store = BucketStore(PLACE, "GOVERNANCE", Answers(s3, head_object=other))
    with pytest.raises(EvidenceError, match=r"S3 locked x as|S3 holds x with other bytes"):
        store.put("x", blob_of(b"data"), UNTIL)


def test_versions_that_are_suspended_are_refused(s3: Any) -> None:
    with pytest.raises(ConfigError, match="does not keep versions"):
        BucketStore(PLACE, "GOVERNANCE", Answers(s3, get_bucket_versioning={"Status": "Suspended"}))


def test_the_first_to_put_an_object_has_its_name(s3: Any) -> None:
    store, other = BucketStore(PLACE, "GOVERNANCE"), BucketStore(PLACE, "GOVERNANCE")
    assert store.put("x", blob_of(b"first"), UNTIL)
    assert not other.put("x", blob_of(b"second"), UNTIL)
    assert other.read("x", 100) == b"first"
    with pytest.raises(EvidenceError, match="larger than 3 bytes"):
        other.read("x", 3)
    with pytest.raises(EvidenceError, match="it is missing"):
        other.read("y", 3)


def test_an_object_that_is_kept_longer_is_locked_longer(s3: Any) -> None:
    store = BucketStore(PLACE, "GOVERNANCE")
    store.put("x", blob_of(b"x"), UNTIL)
    store.keep("x", UNTIL - timedelta(days=9))
    assert store.unlocked("x", UNTIL, False) is None
    store.keep("x", UNTIL + timedelta(days=9))
    assert store.unlocked("x", UNTIL + timedelta(days=9), False) is None
    assert "is locked until" in str(store.unlocked("x", UNTIL + timedelta(days=10), False))


def test_what_is_put_over_or_marked_as_deleted_is_found(vault: Vault, s3: Any) -> None:
    s3.put_object(Bucket="evidence", Key=a_file(s3), Body=b"other")
    assert "README.md: was put over" in messages(verify_vault(vault, TRUSTED))
    s3.delete_object(Bucket="evidence", Key="clinic/chain/00000002.json")
    assert "chain/00000002.json: was marked as deleted" in messages(verify_vault(vault, TRUSTED))


def test_what_was_really_removed_is_found(vault: Vault, s3: Any) -> None:
    key = a_file(s3)
    version = s3.head_object(Bucket="evidence", Key=key)["VersionId"]
    s3.delete_object(Bucket="evidence", Key=key, VersionId=version, BypassGovernanceRetention=True)
    assert "README.md: is missing from the pack of link" in messages(verify_vault(vault, TRUSTED))


def test_a_hold_is_put_on_every_object_and_read_back(vault: Vault, s3: Any, tmp_path: Path) -> None:
    vault.act(Act.HOLD, "1", "case 12", who(tmp_path))
    below = f"clinic/packs/{next(iter(vault.packs())).removeprefix('sha256:')}"
    held = [key for key in keys(s3) if key.startswith(below)]
    assert len(held) > 5
    for key in held:
        assert s3.head_object(Bucket="evidence", Key=key)["ObjectLockLegalHoldStatus"] == "ON"
    assert verify_vault(vault, TRUSTED).whole
    s3.put_object_legal_hold(Bucket="evidence", Key=held[0], LegalHold={"Status": "OFF"})
    assert "has no legal hold, and its pack has" in messages(verify_vault(vault, TRUSTED))
    vault.act(Act.RELEASE, "1", "closed", who(tmp_path))
    assert all(s3.head_object(Bucket="evidence", Key=key)["ObjectLockLegalHoldStatus"] == "OFF" for key in held)
    assert verify_vault(vault, TRUSTED).whole
    refusing = BucketStore(PLACE, "GOVERNANCE", Answers(s3, head_object={"ObjectLockLegalHoldStatus": "OFF"}))
    with pytest.raises(EvidenceError, match="is OFF where ON was asked for"):
        refusing.hold(held[0].removeprefix("clinic/"), True)


def test_s3_refuses_what_is_locked_whatever_the_clock_says_here(vault: Vault, s3: Any, tmp_path: Path) -> None:
    before = keys(s3)
    with pytest.raises(EvidenceError, match="S3 refuses"):
        vault.act(Act.DISPOSE, "1", "a clock that runs ahead", who(tmp_path, LATER))
    assert set(before) <= set(keys(s3))
    result = verify_vault(vault, TRUSTED)
    assert "its disposal was cut off" in messages(result)


def test_what_was_kept_long_enough_goes(vault: Vault, s3: Any, tmp_path: Path) -> None:
    for key in keys(s3):  # as S3 has it once the time is over
        over = {"Mode": "GOVERNANCE", "RetainUntilDate": AS_OF.replace(year=2020)}
        s3.put_object_retention(Bucket="evidence", Key=key, Retention=over, BypassGovernanceRetention=True)
    digest = next(iter(vault.packs())).removeprefix("sha256:")
    vault.act(Act.DISPOSE, "1", "over", who(tmp_path, LATER))
    assert [key for key in keys(s3) if digest in key] == [f"clinic/packs/{digest}.sha256"]


def test_adding_that_is_cut_off_is_gone_on_with(vault: Vault, s3: Any, tmp_path: Path) -> None:
    path = pack(tmp_path, 9, assessed=False)
    with pytest.raises(CutError):
        Vault(CutStore(vault.store, 4, after=True)).add(path, who(tmp_path))
    result = verify_vault(vault, TRUSTED)
    assert result.whole
    assert len(result.left_over) == 1
    assert vault.add(path, who(tmp_path, AS_OF + timedelta(days=99))).link.sequence == 3
    result = verify_vault(vault, TRUSTED)
    assert (result.whole, result.left_over) == (True, ())
