"""What stands on the wire between an AWS client and a service: the operation asked for, and answers in its form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs

from grc.collect.aws import models
from grc.collect.aws.allowlist import Read, load
from grc.collect.aws.shapes import operation, service_model

CREDENTIAL: Final = re.compile(r"Credential=[^/]+/\d+/[^/]*/([^/]+)/")
LABEL: Final = re.compile(r"\\\{(\w+)(\\\+)?\\\}")
WRAPPED_ERRORS: Final = frozenset({"cloudfront", "route53", "s3control"})
"""REST-XML services whose errors stand in an ``ErrorResponse``."""


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as it stands on the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def asked_for(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Read | None:
    """The reviewed read that a request asks for, or None."""
    found = CREDENTIAL.search(headers.get("authorization", ""))
    candidates = () if found is None else _signed_as(found[1])
    target = headers.get("x-amz-target", "").rpartition(".")[2]
    action = "" if target else parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
    named = target or action
    for read in candidates:
        if read.operation == named if named else _routes(read, method, path):
            return read
    return None


def write(read: Read, members: Mapping[str, Any]) -> Written:
    """An answer of an operation with these members of its output shape, in the protocol of its service."""
    from moto.core.serialize import get_serializer_class

    serializer = get_serializer_class(read.service, service_model(read.service).resolved_protocol)
    told = serializer(_simulators_model(read.service).operation_model(read.operation)).serialize(dict(members))
    body = told["body"]
    encoded = body.encode() if isinstance(body, str) else bytes(body)
    return Written(told["status_code"], {name: str(value) for name, value in told["headers"].items()}, encoded)


def refuse(service: str, code: str, status: int = 400) -> Written:
    """An error with this code, in the form of the service's protocol."""
    protocol = service_model(service).resolved_protocol
    if "json" in protocol:
        headers = {"x-amzn-errortype": code, "content-type": "application/json"}
        return Written(status, headers, f'{{"__type":"{code}","message":"no"}}'.encode())
    error = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
    if protocol == "ec2":
        error = f"<Response><Errors>{error}</Errors><RequestID>1</RequestID></Response>"
    elif protocol == "query":
        error = f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>"
    elif service in WRAPPED_ERRORS:
        error = f"<ErrorResponse>{error}</ErrorResponse>"
    return Written(status, {"content-type": "text/xml"}, error.encode())


@cache
def _simulators_model(service: str) -> Any:
    """A service's model as the simulator's own class. It would search all of botocore's files anew for each service."""
    from moto.core.model import ServiceModel

    return ServiceModel(models.whole().load_service_model(service, models.SERVICE), service)


@cache
def _signed_as(name: str) -> tuple[Read, ...]:
    """The reviewed reads of the services that sign their requests with a name."""
    return tuple(_most_literal(read for read in load().reads.values() if _signing_name(read.service) == name))


def _most_literal(reads: Iterable[Read]) -> list[Read]:
    """Paths with fewer places for names first: ``/tags/all`` goes before ``/tags/{arn}``."""
    return sorted(reads, key=lambda read: (_uri(read).count("{"), -len(_uri(read)), read.call))


def _signing_name(service: str) -> str:
    metadata = service_model(service).metadata
    return str(metadata.get("signingName", metadata["endpointPrefix"]))


def _uri(read: Read) -> str:
    return str(operation(read.service, read.operation).http.get("requestUri", "/")).partition("?")[0]


def _routes(read: Read, method: str, path: str) -> bool:
    if operation(read.service, read.operation).http.get("method") != method:
        return False
    pattern = LABEL.sub(lambda label: ".+" if label[2] else "[^/]+", re.escape(_uri(read)))
    return re.fullmatch(pattern, path) is not None
