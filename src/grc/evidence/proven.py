"""What verifying a pack shows of its signatures, and what it cannot show, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from grc.evidence.chain import Linked
from grc.evidence.signing.trust import Signed, Standing

SAYS: Final = {
    Standing.TRUSTED: "is signed by the key {key}, which you trust",
    Standing.UNTRUSTED: "is signed by an untrusted key: {key}",
}

CONCLUDED: Final = (
    "who concluded: names in conclusions that are not signed ({files}) are the word of who wrote them; and that the "
    "last of these was not changed, unless a bundle that you had from elsewhere names it"
)
LAST: Final = (
    "that no conclusion after the last was taken away, unless a bundle that you had from elsewhere, or that is signed, "
    "names it"
)
MOST_NAMES: Final = 3
REPORTED: Final = "that the reports say what the evidence says: `grc report` makes each of them again"
UNREAD: Final = "that each line is in its form, its order and its population: only its digest was looked at (--digests)"


def held(signatures: Sequence[Signed], link: Linked | None) -> Iterator[str]:
    """What holds of the signatures, the timestamps and the link."""
    for signed in signatures:
        if signed.standing in SAYS:
            yield f"{signed.file}: {SAYS[signed.standing].format(key=signed.key)}"
        if signed.stamped is not None and signed.proven:
            yield f"{signed.file}: its signature was there at {signed.stamped:%Y-%m-%d %H:%M:%S} UTC (RFC 3161)"
    if link is not None and link.standing is not Standing.WRONG:
        by = f", {SAYS[link.standing].format(key=link.key)}" if link.standing in SAYS else ", which is not signed"
        yield f"link.json: the pack is number {link.sequence} of the chain {link.chain}{by}"


def not_proven(signatures: Sequence[Signed], link: Linked | None) -> tuple[str, ...]:
    """What verifying does not show, stated with every result."""
    return (
        *_who(signatures),
        *_when(signatures),
        "that the evidence is what the systems said: a digest shows that nothing changed since, not before",
        "that nothing was left out before it was sealed: what could not be read is listed as gaps",
        _chained(link),
        "that the conclusions follow from the evidence: `grc reperform` recomputes every one",
    )


def concluding(words: Sequence[Signed]) -> Iterator[str]:
    """What is not shown of an assessor's conclusions, where there are any."""
    unsigned = [signed.file for signed in words if signed.standing not in SAYS]
    if unsigned:
        few = ", ".join(unsigned) if len(unsigned) <= MOST_NAMES else f"{len(unsigned)} of {len(words)}"
        yield CONCLUDED.format(files=few)
    if len(unsigned) < len(words):
        yield "who held the key that signed a conclusion, and that it is the person whom the conclusion names"
    if words:
        yield LAST


def _who(signatures: Sequence[Signed]) -> Iterator[str]:
    standings = {signed.standing for signed in signatures}
    keys = ", ".join(sorted({signed.key for signed in signatures if signed.key and signed.standing in SAYS}))
    unsigned = [signed.file for signed in signatures if signed.standing is Standing.UNSIGNED]
    if unsigned:
        what = "the pack" if len(unsigned) == len(signatures) else ", ".join(unsigned)
        yield f"who made {what}: it carries no signature, so anyone who can write its files can seal other ones"
    if Standing.UNCHECKED in standings:
        yield "who signed: signatures cannot be checked here without more: pip install 'grc[sign]'"
    if Standing.UNTRUSTED in standings:
        yield f"whose key it is that signed: have its fingerprint from the signer, and name it with --key ({keys})"
    if Standing.TRUSTED in standings:
        yield "who held the key when it signed, and that it was not stolen: a signature shows that the key was used"


def _when(signatures: Sequence[Signed]) -> Iterator[str]:
    if signatures and all(signed.stamped and signed.proven for signed in signatures):
        yield "that it is as old as it says: a timestamp shows that the signature was there then, not what was before"
    elif any(signed.stamped for signed in signatures):
        yield "when it was collected and signed: name the authorities of timestamps that you trust (--timestamp-root)"
    else:
        yield "when it was collected and signed: the times in it are the word of who made it, without a timestamp"


def _chained(link: Linked | None) -> str:
    if link is None:
        return "that no other run was made and left out, and no assessment taken away: it is in no chain of packs"
    return "that no other run was made and left out: `grc vault verify` follows the chain that the pack is in"
