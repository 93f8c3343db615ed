"""A small estate: two kinds, three places, and an assessment made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from grc.canonical import encode, plain
from grc.evidence import AssessmentWriter, Pack, PackWriter, RunFacts, SourceUsed, open_pack, policy_digest
from grc.kinds import kind_from
from grc.model.assessment import Assessment, Effective, Observed, Outcome, Scope, Waiver
from grc.model.evidence import Coverage, Fact, Gap, GapReason, Origin, Population, Record, Unit
from grc.model.status import Verdict

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
AS_OF = NOW + timedelta(days=1)
RUN = RunFacts(id="run-1", started=NOW, engine="0.1.0", scope={"sources": ["aws"], "checks": ["a.b.c"]})
SOURCES = [SourceUsed(name="aws", version="1")]
POLICY_FILES = {"checks/aws/s3.yaml": b"format: grc.checks/1\n", "controls/common/Keys.yaml": b"format: x\n"}


def document(name: str, **more: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["Name"],
        "properties": {
            "Name": {"type": "string"},
            "encryption": {"type": "object", "properties": {"Mode": {"type": "string"}}},
            "owner": {"type": "string", "x-personal": "pseudonym"},
        },
    }
    return {
        "format": "grc.kind/1",
        "name": name,
        "title": name,
        "provider": name.split(".", maxsplit=1)[0],
        "scope": "global",
        "key": "Name",
        "sections": ["encryption"],
        "schema": schema,
    } | more


KINDS = {
    name: kind_from(document(name), name) for name in ("aws.s3.bucket", "aws.kms.key", "aws.account", "register.people")
}


def population(kind: str = "aws.s3.bucket", place: str = "aws/1", count: int = 0, **more: Any) -> Population:
    return Population(
        **{
            "unit": Unit(source="aws", place=place, kind=kind),
            "origin": Origin.LIVE,
            "query": "s3:ListBuckets",
            "parameters": {"MaxResults": 100},
            "caller": "arn:aws:iam::1:role/reader",
            "started": NOW,
            "finished": NOW + timedelta(minutes=1),
            "count": count,
            "complete": True,
            "coverage": Coverage(paths=frozenset({"Name", "encryption"}), otherwise=GapReason.NOT_REQUESTED),
        }
        | more
    )


def record(
    subject: str, kind: str = "aws.s3.bucket", place: str = "aws/1", body: Mapping[str, Any] | None = None, **more: Any
) -> Record:
    return Record(
        **{
            "kind": kind,
            "subject": subject,
            "place": place,
            "origin": Origin.LIVE,
            "collected": NOW + timedelta(seconds=1),
            "body": {"Name": subject} if body is None else body,
        }
        | more
    )


DENIED = Gap(
    path="encryption",
    reason=GapReason.ACCESS_DENIED,
    call="s3:GetBucketEncryption",
    permission="s3:GetEncryptionConfiguration",
)


def estate() -> list[tuple[Population, list[Record]]]:
    """What a run of the sources gives."""
    buckets = [record(f"arn:aws:s3:::bucket-{number}", body={"Name": str(number), "n": number}) for number in range(5)]
    buckets.append(record("arn:aws:s3:::denied", gaps=(DENIED,), tags={}))
    keys = [record("arn:aws:kms:::k", "aws.kms.key", "aws/1/eu-west-1", tags={"owner": "<b>Ünal</b>\u2028"})]
    unseen = Gap(path="", reason=GapReason.THROTTLED, call="kms:ListKeys")
    return [
        (population(count=6), buckets),
        (population("aws.kms.key", "aws/1/eu-west-1", 1), keys),
        (population("aws.kms.key", "aws/1/us-east-1", 0, complete=False, gaps=(unseen,)), []),
        (population("aws.kms.key", "aws/1/ap-east-1", 0, facts=(Fact(fact="region-off", detail="not opted in"),)), []),
    ]


def write(folder: Path, found: Sequence[tuple[Population, Sequence[Record]]] | None = None) -> Pack:
    """A sealed pack of the estate."""
    with PackWriter(folder, RUN, KINDS) as writer:
        for seen, records in estate() if found is None else found:
            writer.write(seen, records)
        writer.seal(finished=NOW + timedelta(minutes=2), sources=SOURCES)
    return open_pack(folder)


def effective(**more: Any) -> Effective:
    waiver = Waiver(
        id="W-1",
        check="aws.s3.bucket.encrypted",
        subject=None,
        reason="legacy",
        requested_by="a",
        approved_by="b",
        approved_on=date(2026, 1, 1),
        until=AS_OF + timedelta(days=3),
    )
    scope = Scope(
        frameworks=("iso27001",),
        providers=frozenset({"aws", "register"}),
        checks=frozenset({"aws.s3.bucket.encrypted"}),
    )
    return Effective(
        **{
            "as_of": AS_OF,
            "scope": scope,
            "parameters": {"aws.s3.bucket.encrypted": {"algorithms": ("AES256",), "days": 90}},
            "org": {"personal": {"tag": "DataClass"}},
            "waivers": (waiver,),
            "max_age_days": {"aws.s3.bucket": 3},
        }
        | more
    )


def assessment(pack: Pack, under: Effective, files: Mapping[str, bytes] = POLICY_FILES) -> Assessment:
    return Assessment(
        as_of=under.as_of,
        scope=under.scope,
        evidence_digest=pack.digest,
        policy_digest=policy_digest(files, under),
        frameworks=(),
        findings=(),
        controls=(),
        checks=(),
        waivers=under.waivers,
    )


def observations(pack: Pack) -> list[bytes]:
    """A passing observation of each bucket, as lines."""
    return [line_of(observed) for observed in observed_passes(pack)]


def observed_passes(pack: Pack) -> list[Observed]:
    """A pass of each bucket."""
    seen = next(found for found in pack.populations() if found.unit.kind == "aws.s3.bucket")
    return [
        Observed(
            kind="aws.s3.bucket",
            observations=(Outcome(check="aws.s3.bucket.encrypted", verdict=Verdict.PASS),),
            origin=found.origin,
            place=found.place,
            subject=found.subject,
        )
        for found in pack.records(seen)
    ]


def line_of(observed: Observed) -> bytes:
    return encode(plain(observed)) + b"\n"


def assess(pack: Pack, lines: Sequence[bytes] | None = None, **more: Any) -> Path:
    """Seal an assessment of these lines, or of a pass of each bucket."""
    under = effective(**more)
    with AssessmentWriter(pack, engine="0.1.0") as writer:
        for line in observations(pack) if lines is None else lines:
            writer.write(line)
        return writer.seal(assessment(pack, under), POLICY_FILES, under)
