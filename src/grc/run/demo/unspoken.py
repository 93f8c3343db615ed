"""What the simulator does not speak is answered as for an account in which nothing of it was ever set up."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import Call, load
from grc.collect.aws.shapes import answer_schema, service_model
from grc.run.demo.wire import Written, asked_for, refuse, write

Environ = dict[str, Any]

UNSET: Final[Mapping[str, Mapping[str, Any]]] = {
    "cloudfront:ListVpcOrigins": {
        "VpcOriginList": {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 0}
    },
    "config:GetDiscoveredResourceCounts": {"totalDiscoveredResources": 0, "resourceCounts": []},
    "ec2:GetEbsDefaultKmsKeyId": {"KmsKeyId": "alias/aws/ebs"},
    "ec2:GetImageBlockPublicAccessState": {"ImageBlockPublicAccessState": "block-new-sharing"},
    "ec2:GetInstanceMetadataDefaults": {},
    "emr:GetBlockPublicAccessConfiguration": {
        "BlockPublicAccessConfiguration": {
            "BlockPublicSecurityGroupRules": True,
            "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 22}],
        }
    },
    "iam:GenerateServiceLastAccessedDetails": {"JobId": "00000000-0000-0000-0000-000000000000"},
    "iam:GetServiceLastAccessedDetails": {"JobStatus": "COMPLETED", "ServicesLastAccessed": []},
}
"""Settings that every account has: what AWS answers where nobody ever changed them."""

DENIED: Final = {"ec2:GetSnapshotBlockPublicAccessState": ("UnauthorizedOperation", 403)}
"""What the role of the demonstration may not read: its report shows how a denial is told."""

MISSPOKEN: Final = frozenset(
    {
        "cloudtrail:GetInsightSelectors",
        "config:GetDiscoveredResourceCounts",
        "emr:GetBlockPublicAccessConfiguration",
        "glue:GetResourcePolicy",
    }
)
"""What the simulator answers where nothing is set, in a form that AWS never sends."""


class Completed:
    """The simulator as a WSGI application, with an answer where it has none."""

    def __init__(self, simulator: Any) -> None:
        self._simulator = simulator

    def __call__(self, environ: Environ, start: Any) -> Iterable[bytes]:
        """Answer a request."""
        read = _read(environ)
        if read is None:
            return self._simulator(environ, start)  # type: ignore[no-any-return]
        empty = as_unset(read)
        if empty is None:
            return self._simulator(environ, start)  # type: ignore[no-any-return]
        if speaks(read.service) and read.call not in (*MISSPOKEN, *DENIED):
            started: list[Any] = []
            try:
                body = b"".join(self._simulator(environ, lambda *told, **_: started.append(told)))
            except NotImplementedError:
                return _send(empty, start)
            if not _is_own_page(started[0]):
                start(*started[0])
                return [body]
        return _send(empty, start)


@cache
def as_unset(read: Read) -> Written | None:
    """The answer where nothing is set up: a table's, an empty list, or the error that says so. None: not known."""
    if read.call in DENIED:
        return refuse(read.service, *DENIED[read.call])
    if read.call in UNSET:
        return write(read, UNSET[read.call])
    for call in _declared(read):
        if call.path and _is_list(call):
            return write(read, _at(call.path, [], call))
    codes = sorted(_codes(read))
    return refuse(read.service, codes[0], 404) if codes else None


@cache
def speaks(service: str) -> bool:
    """Whether the simulator knows the service at all: what it does not know it takes for a bucket."""
    from moto.backend_index import backend_url_patterns

    metadata = service_model(service).metadata
    names = {metadata["endpointPrefix"], metadata.get("signingName", metadata["endpointPrefix"])}
    hosts = [f"https://{name}.us-east-1.amazonaws.com" for name in names]
    return any(pattern.match(host) for _, pattern in backend_url_patterns for host in hosts)


def _read(environ: Environ) -> Read | None:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    names = {"authorization": "HTTP_AUTHORIZATION", "x-amz-target": "HTTP_X_AMZ_TARGET"}
    headers = {name: environ.get(key, "") for name, key in names.items()}
    return asked_for(environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/"), headers, body)


def _declared(read: Read) -> Iterator[Call]:
    for resource in load().values():
        yield from (call for call in resource.every_call if call.read == read)


def _codes(read: Read) -> set[str]:
    """The error codes that say of a section that it is not set, or not offered."""
    sections = [section for resource in load().values() for section in resource.sections.values()]
    furthers = [section.each for section in sections if section.each is not None]
    return {
        code for section in sections if read in section.reads for code in section.absent_when | section.disabled_when
    } | {code for each in furthers if each.call.read == read for code in each.absent_when}


def _is_list(call: Call) -> bool:
    return answer_schema(call.read.service, call.read.operation, call.path).get("type") == "array"


def _at(path: str, value: object, call: Call) -> dict[str, Any]:
    """An answer with a value at a path, and nothing else."""
    found: object = value
    for name in reversed(path.split(".")):
        found = {name.removesuffix("[]"): [] if name.endswith("[]") else found}
    assert isinstance(found, dict)
    return found


def _is_own_page(started: tuple[Any, ...]) -> bool:
    """Whether the simulator's web server answered, and not a service: a page that says 404."""
    status, headers = started[0], {name.lower(): value for name, value in started[1]}
    return str(status).startswith(("404", "405", "501")) and "html" in headers.get("content-type", "")


def _send(answer: Written, start: Any) -> Iterable[bytes]:
    start(f"{answer.status} simulated", [*answer.headers.items(), ("Content-Length", str(len(answer.body)))])
    return [answer.body]
