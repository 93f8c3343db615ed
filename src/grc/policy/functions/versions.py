"""Semantic versions, as Kubernetes has them."""

from __future__ import annotations

import re
from typing import Final

from grc.policy.errors import EvaluationError
from grc.policy.functions.overload import BOOL, INT, SEMVER, STRING, Overload, checked_int, function, method
from grc.policy.values import SemVer

_NUMBER: Final = r"(0|[1-9][0-9]{0,18})"
_PART: Final = r"(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
_VERSION: Final = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(?:-({_PART}(?:\.{_PART})*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?",
    re.ASCII,
)
_LOOSE: Final = re.compile(r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?([-+].*)?", re.ASCII)


def version_of(text: str, normalize: bool = False) -> SemVer:
    """Read a version. ``normalize`` allows a leading ``v``, leading zeros, and missing minor and patch numbers.

    Raises:
        EvaluationError: it is no semantic version.
    """
    match = _VERSION.fullmatch(_normalized(text) if normalize else text) if len(text) <= 1000 else None
    if match is None:
        raise EvaluationError(f"{text[:60]!r} is no semantic version")
    numbers = [checked_int(int(part)) for part in match.groups()[:3]]
    prerelease = tuple((match[4] or "").split(".")) if match[4] else ()
    return SemVer(numbers[0], numbers[1], numbers[2], prerelease, match[5] or "")


def _normalized(text: str) -> str:
    match = _LOOSE.fullmatch(text)
    if match is None:
        return text
    numbers = ".".join((part or "0").lstrip("0") or "0" for part in match.groups()[:3])
    return numbers + (match[4] or "")


def is_version(text: str, normalize: bool = False) -> bool:
    """Whether ``version_of`` reads it."""
    try:
        version_of(text, normalize)
    except EvaluationError:
        return False
    return True


OVERLOADS: Final[tuple[Overload, ...]] = (
    function("semver", (STRING,), SEMVER, version_of),
    function("semver", (STRING, BOOL), SEMVER, version_of),
    function("isSemver", (STRING,), BOOL, is_version),
    function("isSemver", (STRING, BOOL), BOOL, is_version),
    method("major", (SEMVER,), INT, lambda version: version.major),
    method("minor", (SEMVER,), INT, lambda version: version.minor),
    method("patch", (SEMVER,), INT, lambda version: version.patch),
    method("isGreaterThan", (SEMVER, SEMVER), BOOL, lambda left, right: left.compare(right) > 0),
    method("isLessThan", (SEMVER, SEMVER), BOOL, lambda left, right: left.compare(right) < 0),
    method("compareTo", (SEMVER, SEMVER), INT, SemVer.compare),
)
