"""A vault in an S3 bucket with Object Lock: every object is locked as it is put, and the lock is read back."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from grc.errors import ConfigError, EvidenceError
from grc.evidence.faults import Fault, shown
from grc.evidence.guarded import CHUNK
from grc.evidence.vault.store import Blob, Listed

SCHEME: Final = "s3://"
MODES: Final = ("GOVERNANCE", "COMPLIANCE")
TAKEN: Final = frozenset({"PreconditionFailed", "412"})
MEANWHILE: Final = frozenset({"ConditionalRequestConflict", "409", "OperationAborted"})
GONE: Final = frozenset({"NoSuchKey", "404", "NotFound"})
TRIES: Final = 5
LARGEST: Final = 5 * 1024**3
"""What S3 takes in one put, which alone can be conditional and locked at once."""
NEEDS: Final = "s3:PutObject, s3:PutObjectRetention, s3:PutObjectLegalHold, s3:GetObject*, s3:ListBucketVersions"


class BucketStore:
    """Objects below a prefix of a bucket. Each is put only where there is none, and read back with its lock.

    Raises:
        ConfigError: the bucket cannot be reached, keeps no versions, or has no Object Lock.
    """

    def __init__(self, address: str, mode: str, client: Any = None) -> None:
        import boto3

        bucket, _, prefix = address.removeprefix(SCHEME).partition("/")
        self.called = address.rstrip("/")
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._mode = mode
        self._client = client or boto3.client("s3")
        self._versions: dict[str, str] = {}
        self._check()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A bucket keeps no writer out: the first to put an object has its name."""
        yield

    def list(self) -> Listed:
        """Every object, by its latest version. A second version, or a mark that it was deleted, is a fault."""
        names: list[str] = []
        faults: list[Fault] = []
        self._versions.clear()
        with self._asking("listing"):
            for page in self._client.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            ):
                for found in page.get("Versions", ()):
                    name = found["Key"].removeprefix(self._prefix)
                    if name in self._versions:
                        faults.append(Fault(file=shown(name), message=f"was put over: also {found['VersionId']}"))
                    else:
                        names.append(name)
                    self._versions[name] = found["VersionId"]  # the oldest of several comes last
                for found in page.get("DeleteMarkers", ()):
                    name = found["Key"].removeprefix(self._prefix)
                    faults.append(Fault(file=shown(name), message=f"was marked as deleted ({found['VersionId']})"))
        return Listed(names=tuple(sorted(names)), faults=tuple(faults))

    def read(self, name: str, limit: int) -> bytes:
        """An object, whole.

        Raises:
            EvidenceError: it is missing, larger than the limit, or cannot be read.
        """
        with self._asking(f"reading {name}"):
            data = bytes(self._client.get_object(**self._at(name))["Body"].read(limit + 1))
        if len(data) > limit:
            raise EvidenceError(f"{self.called}: {name} is larger than {limit:,} bytes")
        return data

    def chunks(self, name: str) -> Iterator[bytes]:
        """An object, piece by piece.

        Raises:
            EvidenceError: it is missing or cannot be read.
        """
        with self._asking(f"reading {name}"):
            yield from self._client.get_object(**self._at(name))["Body"].iter_chunks(CHUNK)

    def put(self, name: str, blob: Blob, until: datetime) -> bool:
        """Put an object, locked until then, and read the lock back. False: there is one of that name.

        Raises:
            EvidenceError: S3 refuses, or answers another lock than the one that was asked for.
        """
        if blob.bytes > LARGEST:
            raise EvidenceError(f"{name} is larger than what S3 takes in one put ({LARGEST:,} bytes)")
        version = self._put(name, blob, until)
        if version is None:
            return False
        self._versions[name] = version
        told = self._head(name)
        if told.get("ChecksumSHA256") not in (None, _checksum(blob)) or told["ContentLength"] != blob.bytes:
            raise EvidenceError(f"{self.called}: S3 holds {name} with other bytes than were put")
        self._refuse_other_lock(name, told, until)
        return True

    def keep(self, name: str, until: datetime) -> None:
        """Lock an object until then, if its lock ends before.

        Raises:
            EvidenceError: S3 refuses, or answers another lock than the one that was asked for.
        """
        told = self._head(name)
        if told.get("ObjectLockMode") == self._mode and _instant(told.get("ObjectLockRetainUntilDate")) >= until:
            return
        lock = {"Mode": self._mode, "RetainUntilDate": until}
        with self._asking(f"locking {name}"):
            self._client.put_object_retention(**self._at(name), Retention=lock)
        self._refuse_other_lock(name, self._head(name), until)

    def hold(self, name: str, on: bool) -> None:
        """Put a legal hold on an object, or end it, and read it back.

        Raises:
            EvidenceError: S3 refuses, or answers another state than the one that was asked for.
        """
        wanted = "ON" if on else "OFF"
        with self._asking(f"holding {name}"):
            self._client.put_object_legal_hold(**self._at(name), LegalHold={"Status": wanted})
        found = self._head(name).get("ObjectLockLegalHoldStatus", "OFF")
        if found != wanted:
            raise EvidenceError(f"{self.called}: the legal hold of {name} is {found} where {wanted} was asked for")

    def remove(self, name: str) -> None:
        """Remove every version of an object.

        Raises:
            EvidenceError: S3 refuses, as it does while the object is locked or held.
        """
        key = self._prefix + name
        with self._asking(f"removing {name}"):
            pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key)
            found = [it for page in pages for it in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))]
            for version in (it["VersionId"] for it in found if it["Key"] == key):
                self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=version)

    def unlocked(self, name: str, until: datetime, held: bool) -> str | None:
        """In what an object's lock differs from what it must be."""
        told = self._head(name)
        mode, ends = told.get("ObjectLockMode"), told.get("ObjectLockRetainUntilDate")
        if mode != self._mode:
            return f"is locked as {mode}, not as {self._mode}"
        if _instant(ends) < until:
            return f"is locked until {ends}, not until {until}"
        if held and told.get("ObjectLockLegalHoldStatus") != "ON":
            return "has no legal hold, and its pack has"
        return None

    def _check(self) -> None:
        """Versions are kept and objects can be locked: asked before anything is put."""
        from botocore.exceptions import BotoCoreError, ClientError

        advice = "make a bucket with Object Lock, which cannot be turned on by halves"
        try:
            versioning = self._client.get_bucket_versioning(Bucket=self._bucket).get("Status")
            lock = self._client.get_object_lock_configuration(Bucket=self._bucket)["ObjectLockConfiguration"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ObjectLockConfigurationNotFoundError":
                raise ConfigError(f"{self.called}: the bucket has no Object Lock: {advice}") from error
            raise ConfigError(f"{self.called} cannot be used: {error}") from error
        except BotoCoreError as error:
            raise ConfigError(f"{self.called} cannot be used: {error}") from error
        if versioning != "Enabled":
            raise ConfigError(f"{self.called}: the bucket does not keep versions ({versioning}): {advice}")
        if lock.get("ObjectLockEnabled") != "Enabled":
            raise ConfigError(f"{self.called}: the bucket has no Object Lock: {advice}")

    def _put(self, name: str, blob: Blob, until: datetime) -> str | None:
        from botocore.exceptions import ClientError

        for left in reversed(range(TRIES)):
            with self._asking(f"putting {name}"), blob.open() as body:
                try:
                    return str(self._asked_to_put(name, blob, body, until)["VersionId"])
                except ClientError as error:
                    code = error.response["Error"]["Code"]
                    if code in TAKEN:
                        return None
                    if code not in MEANWHILE or not left:
                        raise
        raise AssertionError("the last try raises")

    def _asked_to_put(self, name: str, blob: Blob, body: Any, until: datetime) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._client.put_object(
            Bucket=self._bucket,
            Key=self._prefix + name,
            Body=body,
            ContentLength=blob.bytes,
            ChecksumAlgorithm="SHA256",
            ChecksumSHA256=_checksum(blob),
            IfNoneMatch="*",
            ObjectLockMode=self._mode,
            ObjectLockRetainUntilDate=until,
        )
        return answer

    def _head(self, name: str) -> Mapping[str, Any]:
        with self._asking(f"reading the lock of {name}"):
            told: Mapping[str, Any] = self._client.head_object(**self._at(name), ChecksumMode="ENABLED")
        return told

    def _refuse_other_lock(self, name: str, told: Mapping[str, Any], until: datetime) -> None:
        mode, ends = told.get("ObjectLockMode"), told.get("ObjectLockRetainUntilDate")
        if mode != self._mode or _instant(ends) < until:
            raise EvidenceError(
                f"{self.called}: S3 locked {name} as {mode} until {ends} where {self._mode} until {until} was asked for"
            )

    def _at(self, name: str) -> dict[str, str]:
        version = self._versions.get(name)
        named = {"Bucket": self._bucket, "Key": self._prefix + name}
        return named | ({"VersionId": version} if version else {})

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in GONE:
                raise EvidenceError(f"{self.called}: {what}: it is missing") from error
            needs = f": it needs {NEEDS}" if code == "AccessDenied" else ""
            raise EvidenceError(f"{self.called}: {what}: S3 refuses: {error}{needs}") from error
        except (BotoCoreError, OSError) as error:
            raise EvidenceError(f"{self.called}: {what}: {error}") from error


def _checksum(blob: Blob) -> str:
    return base64.b64encode(bytes.fromhex(blob.digest.removeprefix("sha256:"))).decode("ascii")


def _instant(moment: datetime | None) -> datetime:
    return moment.astimezone(UTC) if moment is not None else datetime.min.replace(tzinfo=UTC)
