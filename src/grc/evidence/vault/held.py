"""What the chain of a vault says of each pack: kept until when, held, or disposed of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from grc.errors import EvidenceError
from grc.evidence.chain import Act, Link, Read, link_file
from grc.evidence.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A pack as the chain says: the link that added it, why it is held, and the link that disposed of it."""

    added: Link
    holds: tuple[str, ...] = ()
    disposed: Link | None = None


def kept_packs(links: Iterable[Link]) -> tuple[dict[str, Kept], tuple[Fault, ...]]:
    """Every pack of a chain by its digest, in order; and the acts that should not have been."""
    packs: dict[str, Kept] = {}
    faults: list[Fault] = []
    for link in links:
        faults.extend(Fault(file=link_file(link.sequence), message=why) for why in _wrong(link, packs.get(link.pack)))
        after = _after(link, packs.get(link.pack))
        if after is not None:
            packs[link.pack] = after
    return packs, tuple(faults)


def refuse_wrong(link: Link, kept: Kept | None) -> None:
    """Refuse an act that should not be.

    Raises:
        EvidenceError: the pack is unknown or gone, not held, held, or to be kept still; says which.
    """
    for why in _wrong(link, kept):
        raise EvidenceError(f"the pack {link.pack} {why}")


def _wrong(link: Link, kept: Kept | None) -> Iterator[str]:
    if link.act is Act.ADD:
        if link.retain_until is None:
            yield "adds a pack and does not say until when it is kept"
    elif kept is None:
        yield "was never added"
    elif kept.disposed is not None:
        yield f"was disposed of already, by link {kept.disposed.sequence}"
    elif link.act is Act.RELEASE and not kept.holds:
        yield "is not held"
    elif link.act is Act.DISPOSE and kept.holds:
        yield f"is held and cannot be disposed of: {'; '.join(kept.holds)}"
    elif link.act is Act.DISPOSE and not _over(kept, link.at):
        yield f"is kept until {kept.added.retain_until:%Y-%m-%d}, and cannot be disposed of at {link.at:%Y-%m-%d}"


def _over(kept: Kept, at: datetime) -> bool:
    return kept.added.retain_until is not None and at >= kept.added.retain_until


def _after(link: Link, kept: Kept | None) -> Kept | None:
    if link.act is Act.ADD:
        return kept or Kept(added=link)
    if kept is None:
        return None
    if link.act is Act.HOLD:
        return replace(kept, holds=(*kept.holds, link.reason or "no reason given"))
    if link.act is Act.RELEASE:
        return replace(kept, holds=())
    return replace(kept, disposed=kept.disposed or link)


def links_of(reads: Iterable[tuple[int, Read]]) -> Iterator[Link]:
    """The links themselves."""
    for _, read in reads:
        yield read.link
