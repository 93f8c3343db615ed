"""Signing a layer as it is sealed: the files that lie beside its manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grc.evidence.signing.envelope import encode
from grc.evidence.signing.signers import Signer

SIGNATURE: Final = ".dsse.json"
STAMP: Final = ".tsr"
ENVELOPE: Final = f"manifest{SIGNATURE}"
TIMESTAMP: Final = f"manifest{STAMP}"
BESIDE: Final = frozenset({ENVELOPE, TIMESTAMP})

Stamp = Callable[[bytes], bytes]
"""Gives an authority's timestamp of bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Who signs, and who says when. ``stamp`` None: no timestamp is asked for."""

    signer: Signer
    stamp: Stamp | None = None

    def files(self, stated: Mapping[str, Any], of: str = "manifest") -> Mapping[str, bytes]:
        """The files that lie beside what is stated, by name. ``of`` is its own name, without its ending.

        Raises:
            EvidenceError: whoever holds the key, or the timestamp authority, refuses or cannot be reached.
        """
        envelope = encode(stated, self.signer)
        return {of + SIGNATURE: envelope, **({of + STAMP: self.stamp(envelope)} if self.stamp else {})}
