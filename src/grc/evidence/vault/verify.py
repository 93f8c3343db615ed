"""Whether a vault holds what its chain says: every link in its place, every pack whole, nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from grc.errors import EvidenceError
from grc.evidence.chain import FOLDER, Read, chain_faults, link_file
from grc.evidence.faults import Fault, shown
from grc.evidence.guarded import sha256
from grc.evidence.signing.trust import NOBODY, Standing, Trust, untrusted
from grc.evidence.vault import description as descriptions
from grc.evidence.vault import packs as lists
from grc.evidence.vault.held import Kept, kept_packs, links_of
from grc.evidence.vault.vault import Vault, numbers, sha256_of
from grc.model.wording import counted

HEX: Final = 64
UNNAMED: Final = "is a whole pack that no link names: its link was taken away, or adding it was cut off: add it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultResult:
    """What holds, what does not, and what verifying cannot show.

    ``head`` is the digest of the last link: kept elsewhere, it shows later that the end was not cut off.
    """

    chain: str
    head: str
    links: int
    packs: int
    holds: tuple[str, ...]
    faults: tuple[Fault, ...]
    left_over: tuple[str, ...]
    not_proven: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong with the vault."""
        return not self.faults


def verify_vault(vault: Vault, trust: Trust = NOBODY, head: str | None = None) -> VaultResult:
    """Verify a vault.

    1. The chain goes from the vault's description link by link: no gap, fork, replay or link in another's place.
    2. Each link's signature is right, and by a key that counts, where keys are named.
    3. No act was against a retention or a hold.
    4. Each pack that was not disposed of has its files as they were added, no more and no fewer, and locked.
    5. Nothing else lies in the vault. ``head``, a link's digest that was noted before, is in the chain.

    Raises:
        EvidenceError: the store cannot be listed.
    """
    found = vault.store.list()
    reads, unread = _read(vault, trust, found.names)
    kept, wrong = kept_packs(links_of(reads))
    names = frozenset(found.names)
    odd, left_over = _strangers(names, kept)
    faults = {
        *found.faults,
        *unread,
        *chain_faults(vault.description.chain, vault.genesis, reads),
        *_signatures(reads, trust),
        *wrong,
        *(fault for digest, pack in kept.items() for fault in _pack_faults(vault, digest, pack, names)),
        *odd,
        *_head_faults(vault, reads, head),
    }
    live = [pack for pack in kept.values() if pack.disposed is None]
    last = reads[-1][1].digest if reads else vault.genesis
    held = f"the chain of {counted(len(reads), 'link')} and {counted(len(live), 'kept pack')}"
    whole = f"{held} are as they were (head {last})"
    return VaultResult(
        chain=vault.description.chain,
        head=last,
        links=len(reads),
        packs=len(live),
        holds=() if faults else (whole,),
        faults=tuple(sorted(faults)),
        left_over=tuple(left_over),
        not_proven=tuple(_not_proven(reads, head, locked=vault.description.mode is not None)),
    )


def _read(vault: Vault, trust: Trust, names: Sequence[str]) -> tuple[list[tuple[int, Read]], list[Fault]]:
    reads, faults = [], []
    for number in numbers(names):
        try:
            reads.append((number, vault.read(number, trust)))
        except EvidenceError as error:
            message = str(error).removeprefix(f"{vault.store.called}: ").removeprefix(f"{link_file(number)}: ")
            faults.append(Fault(file=link_file(number), message=shown(message)))
    return reads, faults


def _signatures(reads: Sequence[tuple[int, Read]], trust: Trust) -> Iterator[Fault]:
    for number, read in reads:
        wrong = untrusted(read, trust)
        if wrong is not None:
            yield Fault(file=link_file(number), message=wrong)


def _pack_faults(vault: Vault, digest: str, pack: Kept, names: frozenset[str]) -> Iterator[Fault]:
    called, folder = lists.list_file(digest), lists.pack_folder(digest)
    there = {name for name in names if name.startswith(folder + "/")}
    if pack.disposed is not None:
        if there:
            yield Fault(file=folder, message="its disposal was cut off: give the same `grc vault dispose` again")
        return
    try:
        data = vault.store.read(called, lists.MAX_BYTES)
        if sha256(data) != digest:
            raise EvidenceError(f"is not the list of the pack that link {pack.added.sequence} added")
        listed = lists.read_list(data)
    except EvidenceError as error:
        yield Fault(file=called, message=shown(str(error).removeprefix(f"{vault.store.called}: ")))
        return
    if not there:
        yield Fault(file=folder, message=f"is missing: the whole pack of link {pack.added.sequence}")
    for name, wanted in listed.items() if there else ():
        yield from _file_faults(vault, f"{folder}/{name}", wanted, pack, there)
    yield from _lock_faults(vault, called, pack)
    for name in sorted(there - {f"{folder}/{name}" for name in listed}):
        yield Fault(file=shown(name), message="was added to the pack")
    for name, wanted in pack.added.layers.items():
        if listed.get(name) != wanted:
            yield Fault(file=link_file(pack.added.sequence), message=f"names another {shown(name)} than the pack has")


def _file_faults(vault: Vault, name: str, wanted: str, pack: Kept, there: set[str]) -> Iterator[Fault]:
    if name not in there:
        yield Fault(file=shown(name), message=f"is missing from the pack of link {pack.added.sequence}")
        return
    try:
        if sha256_of(vault.store, name) != wanted:
            yield Fault(file=shown(name), message=f"was replaced or cut: link {pack.added.sequence} added other bytes")
        yield from _lock_faults(vault, name, pack)
    except EvidenceError as error:
        yield Fault(file=shown(name), message=shown(str(error).removeprefix(f"{vault.store.called}: ")))


def _lock_faults(vault: Vault, name: str, pack: Kept) -> Iterator[Fault]:
    why = vault.store.unlocked(name, pack.added.retain_until or pack.added.at, bool(pack.holds))
    if why is not None:
        yield Fault(file=shown(name), message=why)


def _strangers(names: frozenset[str], kept: Mapping[str, Kept]) -> tuple[list[Fault], list[str]]:
    """What no link names: a whole pack is a fault, half of one was left by a writer that was cut off."""
    faults: list[Fault] = []
    left: set[str] = set()
    known = {digest.removeprefix("sha256:") for digest in kept}
    for name in sorted(names - {descriptions.NAME}):
        room, _, rest = name.partition("/")
        stem = rest.partition("/")[0].partition(".")[0]
        if room == FOLDER and numbers([name]):
            continue
        if room != lists.FOLDER or len(stem) != HEX:
            faults.append(Fault(file=shown(name), message="is nothing that a vault holds"))
        elif stem not in known and f"{lists.FOLDER}/{stem}.sha256" in names:
            faults.append(Fault(file=f"{lists.FOLDER}/{stem}", message=UNNAMED))
        elif stem not in known:
            left.add(f"{lists.FOLDER}/{stem}: adding this pack was cut off, and it is not in the vault: add it again")
    return sorted(set(faults)), sorted(left)


def _head_faults(vault: Vault, reads: Sequence[tuple[int, Read]], head: str | None) -> Iterator[Fault]:
    if head is not None and head not in {vault.genesis, *(read.digest for _, read in reads)}:
        message = f"the chain does not hold {shown(head)}: its end was cut off, or links were replaced"
        yield Fault(file=FOLDER, message=message)


def _not_proven(reads: Sequence[tuple[int, Read]], head: str | None, *, locked: bool) -> Iterator[str]:
    standings = {read.standing for _, read in reads}
    if Standing.UNSIGNED in standings:
        yield "who made the links: some are not signed, so anyone who can write here could have made another chain"
    if Standing.UNTRUSTED in standings:
        yield "whose keys signed the links: name those that you trust with --key"
    if Standing.UNCHECKED in standings:
        yield "who signed the links: signatures cannot be checked here without more: pip install 'grc[sign]'"
    if head is None:
        yield "that no link was cut off at the end: note the head elsewhere, and name it next time with --head"
    yield "when each act was: the times are the word of who acted"
    if not locked:
        yield "that nothing can be removed: a folder has no locks against who may write to it"
    yield "what each pack shows by itself: `grc verify` says that of one pack"
