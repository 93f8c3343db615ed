"""The chain that packs are in: each act on a vault is a link, which names the link before it by its digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final

from grc import canonical
from grc.evidence.faults import Fault, shown
from grc.evidence.guarded import sha256
from grc.evidence.signing.envelope import Envelope, decode, encode, statement
from grc.evidence.signing.signers import Signer
from grc.evidence.signing.standing import read_standing
from grc.evidence.signing.statements import stated_in
from grc.evidence.signing.trust import Standing, Trust

LINK: Final = "urn:grc:link/1"
FOLDER: Final = "chain"
MOST: Final = 99_999_999


class Act(Enum):
    """What was done to a pack of a vault."""

    ADD = "add"
    HOLD = "hold"
    """Forbid that it is disposed of, whatever its age."""
    RELEASE = "release"
    """End every hold on it."""
    DISPOSE = "dispose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One act. ``pack`` is the digest of the list of a pack's files; ``previous`` that of the link before, as a file.

    The first link of a chain names the vault's own description as the one before it. ``layers`` has the digest of each
    manifest of an added pack, by name; ``kept_as`` is its class of evidence, ``retain_until`` when that ends.
    ``reason`` says why it was held, released or disposed of.
    """

    chain: str
    sequence: int
    previous: str
    at: datetime
    by: str
    act: Act
    pack: str
    layers: Mapping[str, str] = field(default_factory=dict)
    kept_as: str | None = None
    retain_until: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A link as it lies in a vault: its bytes' digest, and how its signature stands with who reads."""

    link: Link
    digest: str
    standing: Standing
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """A pack's place in a chain, as its ``link.json`` says."""

    chain: str
    sequence: int
    standing: Standing
    key: str | None


def link_file(sequence: int) -> str:
    """Where a link stands in a vault. Whoever makes the file takes the place: there is one link of a number."""
    return f"{FOLDER}/{sequence:08}.json"


def link_bytes(link: Link, signer: Signer | None) -> bytes:
    """A link as a file, signed if there is a signer.

    Raises:
        EvidenceError: whoever holds the key refuses, or cannot be reached.
    """
    return encode(_stated(link), signer)


def read_link(data: bytes, trust: Trust) -> Read:
    """Read a link.

    Raises:
        EvidenceError: it is not one, or its signature is wrong.
    """
    envelope = decode(data)
    link = _link(envelope)
    standing, key = read_standing(envelope, trust)
    return Read(link=link, digest=sha256(data), standing=standing, key=key)


def chain_faults(chain: str, genesis: str, links: Sequence[tuple[int, Read]]) -> Iterator[Fault]:
    """What is wrong with the order of a chain: replays, forks, gaps, and links that were moved or are of another chain.

    ``genesis`` is what the first link goes on from. Each link comes with the number that its file has, in order.
    """
    digests = {genesis: 0}
    packs: dict[str, int] = {}
    before, last = genesis, 0
    for number, read in links:
        for message in _misplaced(chain, number, read, last, before, digests):
            yield Fault(file=link_file(number), message=shown(message))
        if read.link.act is Act.ADD and (earlier := packs.setdefault(read.link.pack, number)) != number:
            yield Fault(file=link_file(number), message=f"replay: the pack is link {earlier}'s, added once more")
        digests.setdefault(read.digest, number)
        before, last = read.digest, number


def _misplaced(
    chain: str, number: int, read: Read, last: int, before: str, digests: Mapping[str, int]
) -> Iterator[str]:
    link = read.link
    if number != last + 1:
        missing = f"link {last + 1}" if number == last + 2 else f"links {last + 1} to {number - 1}"
        yield f"gap: {missing} before it {'is' if number == last + 2 else 'are'} missing"
    if link.chain != chain:
        yield f"is of another chain: {link.chain}"
    if read.digest in digests:
        yield f"replay: is link {digests[read.digest]} once more"
    elif link.sequence != number:
        yield f"reordered: is link {link.sequence}, at the place of link {number}"
    elif link.previous != before and number == last + 1:
        yield _forked(link, last, digests)


def _forked(link: Link, last: int, digests: Mapping[str, int]) -> str:
    if link.previous in digests:
        return f"fork: goes on from {_called(digests[link.previous])}, not from {_called(last)}"
    return f"fork: does not go on from {_called(last)}, which was replaced, or this one was"


def _called(number: int) -> str:
    return f"link {number}" if number else "the vault's beginning"


def _stated(link: Link) -> dict[str, Any]:
    predicate = canonical.plain(link)
    assert isinstance(predicate, dict)
    return statement({"pack": link.pack, **link.layers}, LINK, predicate)


def _link(envelope: Envelope) -> Link:
    return stated_in(envelope, LINK, "link of a chain", Link, _stated)
