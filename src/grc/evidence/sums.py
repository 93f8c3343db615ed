"""``SHA256SUMS``: each file of a layer with its digest, so that anyone can check it by hand (``sha256sum -c``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NAME: Final = "SHA256SUMS"


def sums(digests: Mapping[str, str]) -> bytes:
    """The file's bytes. ``digests`` holds ``sha256:…`` by name within the layer's folder."""
    lines = (f"{digest.removeprefix('sha256:')}  {name}\n" for name, digest in sorted(digests.items()))
    return "".join(lines).encode("ascii")
