"""Whose signatures count for who verifies, and how a layer's signature stands with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from grc.evidence.signing.keys import PublicKey

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The keys that are trusted, those that are revoked (by id), and the roots of timestamp authorities.

    With a key named, every layer must be signed by one that is named; with a root named, every signature must carry
    a timestamp below it.
    """

    keys: tuple[PublicKey, ...] = ()
    revoked: frozenset[str] = frozenset()
    roots: tuple[Certificate, ...] = ()

    def trusts(self, key: str) -> bool:
        """Whether this key is one of those that are named, and not revoked."""
        return key not in self.revoked and any(key == named.id for named in self.keys)


NOBODY = Trust()
"""Nobody's signature counts: all that can be said is whether one is right."""


class Standing(Enum):
    """How a signature stands with who verifies."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    """Right, by a key that was not named."""
    REVOKED = "revoked"
    UNSIGNED = "unsigned"
    WRONG = "wrong"
    UNCHECKED = "unchecked"
    """What is needed to check it is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """How one layer is signed. ``file`` is the layer's manifest; ``stamped`` is a timestamp's, ``proven`` by a root."""

    file: str
    standing: Standing
    key: str | None = None
    stamped: datetime | None = None
    proven: bool = False


class Standings(Protocol):
    """What a signature was read from."""

    @property
    def standing(self) -> Standing:
        """How it stands with who verifies."""

    @property
    def key(self) -> str | None:
        """The key that made it."""


WRONG: Final = {
    Standing.UNSIGNED: "is not signed",
    Standing.UNTRUSTED: "is signed by a key that was not named: {key}",
    Standing.REVOKED: "is signed by a key that was revoked: {key}",
    Standing.UNCHECKED: "cannot be checked here: pip install 'grc[sign]'",
}


def untrusted(found: Standings, trust: Trust) -> str | None:
    """Why a signature does not count, if it does not: a key is named that must have signed, or its key is revoked."""
    if found.standing is Standing.TRUSTED or (not trust.keys and found.standing is not Standing.REVOKED):
        return None
    return WRONG[found.standing].format(key=found.key)
