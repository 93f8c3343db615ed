"""Proves each successful answer whole before it is parsed.

botocore takes a 200 with an empty, cut or foreign body (a proxy's HTML page) for a success without members, and so
for "nothing is there". The proof looks at the raw body: its length, its root element or that it is one JSON object.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from grc.collect.strictjson import read_json

ROOT: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*\?>\s*)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<([A-Za-z_][\w.:-]*)", re.DOTALL
)
CBOR_MAP: Final = range(0xA0, 0xC0)  # major type 5


class NotWholeError(Exception):
    """An answer that says success and is not the whole answer of its operation."""


def check(operation: Any, response: Mapping[str, Any], root: str | None) -> None:
    """Check the raw answer of an operation. ``root`` is the element that a REST-XML answer begins with.

    Raises:
        NotWholeError: the answer is cut, empty or something else.
    """
    body = response["body"]
    if response["status_code"] >= 300:
        _check_error(operation, response["status_code"], body)
        return
    if not isinstance(body, bytes):
        raise NotWholeError("the body is a stream")
    _check_length(response["headers"], body)
    PROTOCOLS[operation.service_model.resolved_protocol](operation, body, root)


def require(answer: Mapping[str, Any], members: tuple[str, ...]) -> None:
    """Check that a parsed answer has the members that a whole one always has; dots lead below a member.

    Raises:
        NotWholeError: a member is absent.
    """
    missing = [member for member in members if not _has(answer, member)]
    if missing:
        raise NotWholeError(f"the answer lacks {', '.join(missing)}")


def _has(answer: Mapping[str, Any], member: str) -> bool:
    first, _, below = member.partition(".")
    return first in answer and (not below or _has(answer[first], below))


def _check_error(operation: Any, status: int, body: bytes) -> None:
    """botocore calls a success of S3 that it cannot parse an error 500; a real one begins with <Error>."""
    if status == 500 and body and operation.service_model.resolved_protocol == "rest-xml":
        found = ROOT.match(body)
        if found is None or found.group(1) not in (b"Error", b"ErrorResponse"):
            raise NotWholeError("the answer is neither a whole answer nor an error of S3")


def _check_length(headers: Mapping[str, str], body: bytes) -> None:
    announced = headers.get("content-length")
    if announced and not headers.get("content-encoding") and announced.isdigit() and int(announced) != len(body):
        raise NotWholeError(f"the answer has {len(body)} bytes of {announced}")


def _check_root(body: bytes, *expected: str) -> None:
    """The body begins with one of the elements and ends with its end."""
    found = ROOT.match(body)
    name = found.group(1) if found else b""
    local = name.decode().rpartition(":")[2]
    if local not in expected:
        raise NotWholeError(f"the answer begins with <{local}> instead of <{expected[0]}>")
    if not body.rstrip().endswith((b"</" + name + b">", b"/>")):
        raise NotWholeError(f"the answer is cut: <{local}> does not end")


def _check_ec2(operation: Any, body: bytes, root: str | None) -> None:
    _check_root(body, f"{operation.name}Response")


def _check_query(operation: Any, body: bytes, root: str | None) -> None:
    _check_root(body, f"{operation.name}Response")
    result = operation.output_shape.serialization.get("resultWrapper", "")
    if f"<{result}".encode() not in body:
        raise NotWholeError(f"the answer lacks <{result}>")


def _check_rest_xml(operation: Any, body: bytes, root: str | None) -> None:
    """S3 may send an error with the status 200, which botocore knows; services compatible with S3 may name the
    element after the operation."""
    if root is not None:
        _check_root(body, root, f"{operation.name}Response", "Error")
    elif not body.strip():
        raise NotWholeError("the answer is empty")


def _check_json(operation: Any, body: bytes, root: str | None) -> None:
    try:
        found = read_json(body)
    except ValueError as error:
        raise NotWholeError("the answer is not JSON") from error
    if not isinstance(found, dict):
        raise NotWholeError("the answer is not a JSON object")


def _check_cbor(operation: Any, body: bytes, root: str | None) -> None:
    if not body or body[0] not in CBOR_MAP:
        raise NotWholeError("the answer is not a CBOR map")


PROTOCOLS: Final[Mapping[str, Callable[[Any, bytes, str | None], None]]] = {
    "query": _check_query,
    "ec2": _check_ec2,
    "rest-xml": _check_rest_xml,
    "json": _check_json,
    "rest-json": _check_json,
    "smithy-rpc-v2-cbor": _check_cbor,
}
