"""References to images, taken apart as a container runtime does."""

from __future__ import annotations

import re
from typing import Any, Final

from grc.collect.kubernetes.defaults import default

REPOSITORY: Final = re.compile(
    r"[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*(?::[0-9]+)?(?:/[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*)*\Z"
)
TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\Z")
DIGEST: Final = re.compile(r"[A-Za-z0-9]+(?:[+._-][A-Za-z0-9]+)*:[0-9a-fA-F]{32,}\Z")
LONGEST: Final = 1024


def image(reference: str) -> dict[str, Any] | None:
    """The parts of a reference: registry, repository, tag and digest; None where it is no reference.

    A reference with neither tag nor digest means the tag ``latest``.
    """
    named, at, digest = reference.partition("@")
    above, colon, tag = named.rpartition(":")
    if not colon or "/" in tag:
        above, colon, tag = named, "", ""
    sound = len(reference) <= LONGEST and REPOSITORY.match(above)
    if not sound or (colon and not TAG.match(tag)) or (at and not DIGEST.match(digest)):
        return None
    if not colon and not at:
        tag = default("image.tag")
    registry, repository = _registry(above)
    parts = {"reference": reference, "registry": registry, "repository": repository}
    return {**parts, **({"tag": tag} if tag else {}), **({"digest": digest} if digest else {})}


def _registry(name: str) -> tuple[str, str]:
    """The registry, and the repository in it: a first step that looks like a host, or holds a capital, is one."""
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        return first.casefold(), rest
    return default("image.registry"), name if slash else f"library/{name}"
