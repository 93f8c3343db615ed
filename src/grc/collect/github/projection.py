"""An answer cut to what its kind declares: addresses, people's details and whatever else is in it stay outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from grc.canonical import plain_instant
from grc.model.types import ListType, MapType, ObjectType, Primitive, Type

ABSENT: Final = object()
PRIMITIVES: Final[Mapping[Primitive, type]] = {
    Primitive.BOOL: bool,
    Primitive.INT: int,
    Primitive.STRING: str,
}


class ShapeError(Exception):
    """A value is not of its declared type. The text names the place, never the value."""


def project(value: Any, type_: Type, at: str) -> Any:
    """The value with declared fields alone; ABSENT where it is null.

    Raises:
        ShapeError: it is of another type, or a field that is always there is not.
    """
    if value is None:
        return ABSENT
    if isinstance(type_, ObjectType):
        return _object(value, type_, at)
    if isinstance(type_, ListType):
        found = (project(item, type_.element, f"{at}[{number}]") for number, item in enumerate(_of(value, list, at)))
        return [item for item in found if item is not ABSENT]
    if isinstance(type_, MapType):
        pairs = _of(value, dict, at).items()
        found_pairs = ((name, project(item, type_.value, f"{at}.*")) for name, item in pairs)
        return {name: item for name, item in found_pairs if item is not ABSENT}
    if type_ is Primitive.TIMESTAMP:
        return _instant(_of(value, str, at), at)
    if isinstance(type_, Primitive) and type_ in PRIMITIVES:
        return _of(value, PRIMITIVES[type_], at)
    return value


def _object(value: Any, type_: ObjectType, at: str) -> dict[str, Any]:
    members = _of(value, dict, at)
    found: dict[str, Any] = {}
    for name, field in type_.fields.items():
        below = project(members.get(name), field.type, f"{at}.{name}" if at else name)
        if below is not ABSENT:
            found[name] = below
        elif not field.nullable:
            raise ShapeError(f"{at}.{name} is missing" if at else f"{name} is missing")
    return found


def _of(value: Any, expected: type, at: str) -> Any:
    if type(value) is not expected:
        raise ShapeError(f"{at or 'it'} is not of the documented type")
    return value


def _instant(text: str, at: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        return plain_instant(moment)
    except (ValueError, OverflowError) as error:
        raise ShapeError(f"{at} is no instant") from error


def _webhook(item: Any) -> Any:
    """Of a webhook's address the protocol and the host alone: what follows may be a secret."""
    config = item.get("config") if isinstance(item, dict) else None
    if not isinstance(config, dict) or not isinstance(config.get("url"), str):
        raise ShapeError("a webhook has no address")
    try:
        parts = urlsplit(config["url"])
        scheme, host = parts.scheme.lower(), parts.hostname or ""
    except ValueError as error:
        raise ShapeError("a webhook has no address") from error
    checked = {"0": False, "1": True, "": None, "None": None}.get(str(config.get("insecure_ssl", "")))
    return {
        **item,
        "scheme": scheme,
        "host": host,
        "insecure_ssl": checked,
        "has_secret": bool(config.get("secret")),
    }


def _dependabot(item: Any) -> Any:
    """An alert on a dependency, its nested members brought up."""
    try:
        package = item["dependency"]["package"]
        weakness = item["security_vulnerability"]
        patched = weakness.get("first_patched_version") or {}
        return {
            **item,
            "repository": item["repository"]["full_name"],
            "advisory": item["security_advisory"]["ghsa_id"],
            "severity": weakness["severity"],
            "package": package["name"],
            "ecosystem": package["ecosystem"],
            "fixed_in": patched.get("identifier"),
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ShapeError("an alert is not of the documented form") from error


def _secret_alert(item: Any) -> Any:
    try:
        return {**item, "repository": item["repository"]["full_name"]}
    except (KeyError, TypeError) as error:
        raise ShapeError("an alert is not of the documented form") from error


NORMALISERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "webhooks": _webhook,
    "github.dependabot-alert": _dependabot,
    "github.secret-alert": _secret_alert,
}
"""What is made of an item before it is cut to its kind, by the name of the section or of the kind."""
