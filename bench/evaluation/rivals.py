"""The same work done in other ways: hand-written Python over orjson, Google's C++ CEL, and parsing alone.

``handwritten`` and ``cel`` do what the engine does, from decompression to compressed observations, but explain nothing.
``parse_alone`` is a floor: it decompresses and parses, and judges nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import orjson
import simdjson
from cel_expr_python import cel as google
from cel_expr_python.ext import ext_optional

from bench.evaluation.checks import SOURCES, checks
from bench.evaluation.engine import Sample
from bench.evaluation.estate import AS_OF, FileStore
from grc.model.evidence import Population
from grc.newlines import whole_lines

Write = Callable[[bytes], None]
Judge = Callable[[dict[str, Any]], str]
Test = Callable[[dict[str, Any]], bool]
WITH_DIGEST = frozenset({"fail", "unknown"})
"""The verdicts that name their record by its digest."""
BLOCK = 1000
"""Records whose lines are written at once."""


def parse_alone(store: FileStore) -> int:
    """Parse every record with simdjson; the number of records."""
    parser = simdjson.Parser()
    records = 0
    for population in store.populations():
        for line in _lines(store, population):
            document: Any = parser.parse(line)
            del document
            records += 1
    return records


def handwritten(store: FileStore, write: Write) -> int:
    """Judge every record as a careful author of plain Python would; the number of evaluations."""
    evaluations = 0
    for population in store.populations():
        tests = [(name, HAND_WRITTEN[name]) for name, check in checks().items() if check.kind == population.unit.kind]
        block: list[bytes] = []
        for line in _lines(store, population):
            record = orjson.loads(line)
            body = record["body"]
            if "gaps" in record:
                verdicts = [(name, "unknown") for name, _ in tests]
            else:
                verdicts = [(name, test(body)) for name, test in tests]
            block.append(_observed(population, record["subject"], line, verdicts))
            evaluations += len(verdicts)
            if len(block) == BLOCK:
                write(b"".join(block))
                block.clear()
        write(b"".join(block))
    return evaluations


def decide_by_hand(lines: Sample) -> int:
    """Decode and judge lines, nothing else; the number of evaluations."""
    evaluations = 0
    for kind, texts in lines.items():
        tests = [HAND_WRITTEN[name] for name, check in checks().items() if check.kind == kind]
        for text in texts:
            body = orjson.loads(text)["body"]
            evaluations += len([test(body) for test in tests])
    return evaluations


def decide_by_cel(lines: Sample) -> int:
    """Decode and judge lines with cel-expr-python, nothing else; the number of evaluations."""
    environment = _environment()
    compiled = _compiled(environment)
    evaluations = 0
    for kind, texts in lines.items():
        for text in texts:
            resource = environment.Activation({"resource": orjson.loads(text)["body"], "as_of": AS_OF})
            evaluations += len([_google(test, when, resource) for _, when, test in compiled[kind]])
    return evaluations


def _environment() -> google.Env:
    variables = {"resource": google.Type.DYN, "as_of": google.Type.TIMESTAMP}
    return google.NewEnv(variables=variables, extensions=[ext_optional.ExtOptional()])


def cel(store: FileStore, write: Write, each: int) -> int:
    """Judge the first ``each`` records of every population with cel-expr-python; the number of evaluations."""
    environment = _environment()
    evaluations = 0
    compiled = _compiled(environment)
    for population in store.populations():
        tests = compiled[population.unit.kind]
        block = []
        for line in islice(_lines(store, population), each):
            record = orjson.loads(line)
            resource = environment.Activation({"resource": record["body"], "as_of": AS_OF})
            verdicts = [(name, _google(test, when, resource)) for name, when, test in tests]
            block.append(_observed(population, record["subject"], line, verdicts))
            evaluations += len(verdicts)
        write(b"".join(block))
    return evaluations


def _google(test: google.Expression, when: google.Expression | None, resource: google.Activation) -> str:
    if when is not None and when.eval(resource).value() is False:
        return "not_applicable"
    value = test.eval(resource).value()
    if value is True:
        return "pass"
    return "fail" if value is False else "unknown"


def _compiled(
    environment: google.Env,
) -> Mapping[str, list[tuple[str, google.Expression | None, google.Expression]]]:
    compiled: dict[str, list[tuple[str, google.Expression | None, google.Expression]]] = {}
    for short, (kind, assertion, when, params) in SOURCES.items():
        source = assertion.replace("as_of - k.CreateDate", "as_of - timestamp(k.CreateDate)")
        for name, value in params.items():
            literal = f'duration("{value * 24}h")' if name == "max_age" else str(orjson.dumps(value), "utf-8")  # type: ignore[operator]
            source = source.replace(f"params.{name}", literal)
        tests = compiled.setdefault(kind, [])
        tests.append(
            (
                f"{kind}.{short}",
                None if when is None else environment.compile(when),
                environment.compile(source),
            )
        )
    return {kind: sorted(tests, key=lambda test: test[0]) for kind, tests in compiled.items()}


def _lines(store: FileStore, population: Population) -> Iterable[bytes]:
    for chunk in store.lines(population):
        yield from whole_lines(chunk)


def _observed(population: Population, subject: str, line: bytes, verdicts: Sequence[tuple[str, str]]) -> bytes:
    observed = {
        "kind": population.unit.kind,
        "observations": [{"check": name, "verdict": verdict} for name, verdict in verdicts],
        "origin": population.origin,
        "place": population.unit.place,
        "subject": subject,
    }
    if any(verdict in WITH_DIGEST for _, verdict in verdicts):
        observed = {"digest": "sha256:" + hashlib.sha256(line[:-1]).hexdigest(), **observed}
    return orjson.dumps(observed, option=orjson.OPT_APPEND_NEWLINE)


def _verdict(test: Test, when: Test | None = None) -> Judge:
    def judge(body: dict[str, Any]) -> str:
        try:
            if when is not None and not when(body):
                return "not_applicable"
            return "pass" if test(body) else "fail"
        except (KeyError, TypeError, ValueError):
            return "unknown"

    return judge


def _encrypted(body: dict[str, Any]) -> bool:
    for rule in body.get("encryption", {}).get("Rules", ()):
        default = rule.get("ApplyServerSideEncryptionByDefault", {})
        if default.get("SSEAlgorithm", "") in ("AES256", "aws:kms", "aws:kms:dsse"):
            return True
    return False


def _blocked(body: dict[str, Any]) -> bool:
    block = body.get("publicAccess", {})
    return all(
        block.get(name, False)
        for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    )


def _no_public_ip(body: dict[str, Any]) -> bool:
    if "PublicIpAddress" in body:
        return False
    return all("PublicIp" not in each.get("Association", {}) for each in body.get("NetworkInterfaces", ()))


def _closed(port: int) -> Test:
    def closed(body: dict[str, Any]) -> bool:
        for rule in body.get("IpPermissions", ()):
            if rule["IpProtocol"] == "-1" or rule.get("FromPort", 0) <= port <= rule.get("ToPort", 65535):
                if any(each["CidrIp"] == "0.0.0.0/0" for each in rule.get("IpRanges", ())):
                    return False
                if any(each["CidrIpv6"] == "::/0" for each in rule.get("Ipv6Ranges", ())):
                    return False
        return True

    return closed


def _keys_young(body: dict[str, Any]) -> bool:
    for key in body.get("accessKeys", ()):
        if key["Status"] == "Active" and AS_OF - datetime.fromisoformat(key["CreateDate"]) >= timedelta(days=90):
            return False
    return True


def _is(field: str, value: object) -> Test:
    return lambda body: bool(body[field] == value)


def _at(section: str, field: str, value: object) -> Test:
    return lambda body: bool(body.get(section, {}).get(field) == value)


def _nothing(field: str) -> Test:
    return lambda body: not body.get(field)


HAND_WRITTEN: Mapping[str, Judge] = {
    "aws.s3.bucket.default-encryption": _verdict(_encrypted),
    "aws.s3.bucket.public-access-block": _verdict(_blocked),
    "aws.s3.bucket.versioning": _verdict(_at("versioning", "Status", "Enabled")),
    "aws.s3.bucket.logging": _verdict(lambda body: "TargetBucket" in body.get("logging", {})),
    "aws.ec2.instance.imdsv2": _verdict(
        _at("MetadataOptions", "HttpTokens", "required"),
        lambda body: bool(body.get("State", {}).get("Name", "") != "terminated"),
    ),
    "aws.ec2.instance.no-public-ip": _verdict(_no_public_ip),
    "aws.ec2.instance.monitoring": _verdict(_at("Monitoring", "State", "enabled")),
    "aws.ec2.instance.profile": _verdict(
        lambda body: "Arn" in body["IamInstanceProfile"], lambda body: "IamInstanceProfile" in body
    ),
    "aws.ec2.security-group.no-open-ssh": _verdict(_closed(22)),
    "aws.ec2.security-group.no-open-rdp": _verdict(_closed(3389)),
    "aws.ec2.security-group.default-closed": _verdict(_nothing("IpPermissions"), _is("GroupName", "default")),
    "aws.ec2.volume.volume-encrypted": _verdict(_is("Encrypted", True)),
    "aws.ec2.snapshot.snapshot-encrypted": _verdict(_is("Encrypted", True)),
    "aws.iam.user.mfa": _verdict(lambda body: bool(body.get("mfa"))),
    "aws.iam.user.key-age": _verdict(_keys_young),
    "aws.iam.user.no-inline-policies": _verdict(_nothing("inlinePolicies")),
    "aws.iam.role.session-length": _verdict(lambda body: bool(body.get("MaxSessionDuration", 3600) <= 14400)),
    "aws.rds.instance.storage-encrypted": _verdict(_is("StorageEncrypted", True)),
    "aws.rds.instance.not-public": _verdict(_is("PubliclyAccessible", False)),
    "aws.rds.instance.multi-az": _verdict(_is("MultiAZ", True), lambda body: bool(body["Engine"] != "docdb")),
    "aws.rds.instance.backups": _verdict(lambda body: bool(body.get("BackupRetentionPeriod", 0) >= 7)),
    "aws.kms.key.rotation": _verdict(
        _at("rotation", "KeyRotationEnabled", True),
        lambda body: bool(body["KeySpec"] == "SYMMETRIC_DEFAULT" and body["KeyManager"] == "CUSTOMER"),
    ),
    "aws.kms.key.not-pending-deletion": _verdict(lambda body: bool(body["KeyState"] != "PendingDeletion")),
    "aws.lambda.function.runtime": _verdict(
        lambda body: body.get("Runtime", "") in ("python3.12", "python3.13", "nodejs22.x")
    ),
}
