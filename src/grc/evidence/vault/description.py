"""What a vault says of itself: its chain, how its objects are locked, and how long it keeps what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.vault.retention import EvidenceClass

FORMAT: Final = "grc.vault/1"
NAME: Final = "vault.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A vault's ``vault.json``, written once: the first link of the chain names its digest.

    ``mode`` is that of Object Lock, None in a folder.
    """

    format: str
    chain: str
    created: datetime
    classes: Mapping[str, EvidenceClass]
    mode: str | None = None

    @property
    def longest(self) -> int:
        """The years of the class that is kept longest: links are kept as long."""
        return max(kept.years for kept in self.classes.values())


def encode(description: Description) -> bytes:
    """A description in its one form (RFC 8785)."""
    return manifests.encode_plain(canonical.plain(description))


def decode(data: bytes) -> Description:
    """Read a description.

    Raises:
        EvidenceError: it is not one, or is not in its one form.
    """
    found = manifests.decode(data, Description, FORMAT)
    if encode(found) != data:
        raise EvidenceError("is not written in its one canonical form (RFC 8785)")
    return found
