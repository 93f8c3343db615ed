"""A vault: packs that are kept for as long as they must be, in a chain that shows what was done to them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from grc.errors import ConfigError, EvidenceError
from grc.evidence.chain import MOST, Act, Link, Read, chain_faults, link_bytes, link_file, read_link
from grc.evidence.durable import write_file
from grc.evidence.guarded import sha256
from grc.evidence.pack import open_pack
from grc.evidence.signing.envelope import MAX_BYTES
from grc.evidence.signing.signers import Signer
from grc.evidence.signing.trust import NOBODY, Trust
from grc.evidence.vault import description as descriptions
from grc.evidence.vault.description import Description
from grc.evidence.vault.held import Kept, kept_packs, links_of, refuse_wrong
from grc.evidence.vault.packs import PackFiles, blobs, list_file, pack_files, pack_folder
from grc.evidence.vault.retention import EvidenceClass, class_of, kept_until
from grc.evidence.vault.store import Store, blob_of
from grc.evidence.verify import verify
from grc.evidence.verify_link import NAME as LINK

NUMBER: Final = len("chain/")
RACES: Final = 1000
"""How often another writer may come first before this one gives up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who acts on a vault and when. ``signer`` None: the link is not signed."""

    by: str
    at: datetime
    signer: Signer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A link as it was written, and its digest: the head of the chain at that moment. ``new``: by this call."""

    link: Link
    digest: str
    new: bool


class Vault:
    """A vault that is there.

    Raises:
        EvidenceError: there is none, or its description cannot be read.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        try:
            self._data = store.read(descriptions.NAME, MAX_BYTES)
        except EvidenceError as error:
            raise EvidenceError(
                f"{store.called}: is no vault that can be read: {error}: if there is none, `grc vault init` makes one"
            ) from error
        try:
            self.description = descriptions.decode(self._data)
        except EvidenceError as error:
            raise EvidenceError(f"{store.called}: {descriptions.NAME} {error}") from error

    @classmethod
    def begin(cls, store: Store, described: Description) -> Self:
        """Make a vault where there is none.

        Raises:
            ConfigError: there is one.
            EvidenceError: the store refuses.
        """
        until = kept_until(described.created, described.longest)
        with store.alone():
            if any(name != descriptions.NAME for name in store.list().names):
                raise ConfigError(f"{store.called}: is not empty: name another place")
            if not store.put(descriptions.NAME, blob_of(descriptions.encode(described)), until):
                raise ConfigError(f"{store.called}: there is a vault already")
        return cls(store)

    @property
    def genesis(self) -> str:
        """What the first link goes on from: the digest of the vault's description."""
        return sha256(self._data)

    def chain(self, trust: Trust = NOBODY, names: Sequence[str] | None = None) -> tuple[tuple[int, Read], ...]:
        """Every link, with the number of its file. ``names`` are those of the store, where they are known.

        Raises:
            EvidenceError: one cannot be read.
        """
        found = self.store.list().names if names is None else names
        return tuple((number, self.read(number, trust)) for number in numbers(found))

    def read(self, number: int, trust: Trust = NOBODY) -> Read:
        """One link.

        Raises:
            EvidenceError: it cannot be read.
        """
        name = link_file(number)
        try:
            return read_link(self.store.read(name, MAX_BYTES), trust)
        except EvidenceError as error:
            raise EvidenceError(f"{self.store.called}: {name}: {error}") from error

    def packs(self) -> Mapping[str, Kept]:
        """Every pack that was ever added, by its digest, in order.

        Raises:
            EvidenceError: the chain cannot be read.
        """
        return kept_packs(links_of(self.chain()))[0]

    def find(self, which: str) -> tuple[str, Kept]:
        """A pack by the number of its link, or by its digest or the beginning of it.

        Raises:
            EvidenceError: none fits, or several do.
        """
        packs = self.packs()
        wanted = which.removeprefix("sha256:")
        fitting = [
            digest
            for digest, kept in packs.items()
            if str(kept.added.sequence) == which or (len(wanted) >= 8 and digest[7:].startswith(wanted))
        ]
        if len(fitting) != 1:
            how = "no pack fits" if not fitting else "several packs fit"
            raise EvidenceError(f"{self.store.called}: {how} {which!r}: see `grc vault list`")
        return fitting[0], packs[fitting[0]]

    def add(self, path: Path, who: Who, *, kept_as: str | None = None) -> Entry:
        """Put a pack into the vault: its files first, its link last. One that is there is left as it is.

        Raises:
            ConfigError: there is no such class of evidence.
            EvidenceError: the pack is not whole, was disposed of, or the store refuses.
        """
        whole = verify(path)
        if not whole.whole:
            raise EvidenceError(f"{path}: is not what was sealed and is not kept: {whole.faults[0]}")
        named = kept_as or class_of(open_pack(path).manifest.run.scope.get("frameworks", ()), self.description.classes)
        until = kept_until(who.at, self._class(named).years)
        files = pack_files(path)
        layers = {name: it.digest for name, it in files.files.items() if _is_manifest(name)}
        link = replace(self._link(who, Act.ADD, files.digest), layers=layers, kept_as=named, retain_until=until)
        with self.store.alone():
            entry = self._added(files, link, who)
        _copy_link(path, self.store.read(link_file(entry.link.sequence), MAX_BYTES))
        return entry

    def act(self, act: Act, which: str, reason: str, who: Who) -> Entry:
        """Hold, release or dispose of a pack. Disposing that was cut off is gone on with.

        Raises:
            EvidenceError: the pack is unknown, held, or to be kept still; or the store refuses.
        """
        digest, kept = self.find(which)
        with self.store.alone():
            if act is Act.DISPOSE and kept.disposed is not None:
                self._hold(digest, on=False)
                self._remove(digest)
                return Entry(link=kept.disposed, digest=self.read(kept.disposed.sequence).digest, new=False)
            link = replace(self._link(who, act, digest), reason=reason)
            refuse_wrong(link, kept)
            if act is Act.HOLD:
                self._hold(digest, on=True)
            entry = self._append(link, who)
            if act in (Act.RELEASE, Act.DISPOSE):
                self._hold(digest, on=False)
            if act is Act.DISPOSE:
                self._remove(digest)
        return entry

    def _class(self, named: str) -> EvidenceClass:
        classes = self.description.classes
        if named not in classes:
            raise ConfigError(f"{self.store.called}: there is no class {named!r}: there are {', '.join(classes)}")
        return classes[named]

    def _link(self, who: Who, act: Act, pack: str) -> Link:
        """A link that has no place in the chain yet."""
        return Link(chain=self.description.chain, sequence=0, previous="", at=who.at, by=who.by, act=act, pack=pack)

    def _added(self, files: PackFiles, link: Link, who: Who) -> Entry:
        assert link.retain_until is not None
        kept = self.packs().get(files.digest)
        if kept is not None:
            return self._there(kept)
        for name, blob in blobs(files).items():
            if not self.store.put(name, blob, link.retain_until):  # left by a writer that was cut off, or there with us
                self._refuse_other(name, blob.digest)
                self.store.keep(name, link.retain_until)
        return self._append(link, who)

    def _there(self, kept: Kept) -> Entry:
        if kept.disposed is not None:
            raise EvidenceError(f"the pack {kept.added.pack} was disposed of by link {kept.disposed.sequence}")
        return Entry(link=kept.added, digest=self.read(kept.added.sequence).digest, new=False)

    def _refuse_other(self, name: str, digest: str) -> None:
        if sha256_of(self.store, name) != digest:
            raise EvidenceError(f"{self.store.called}: {name} is there with other content: run `grc vault verify`")

    def _append(self, link: Link, who: Who) -> Entry:
        """Write the link at the end of the chain: compared with its end, and again where another came first."""
        for _ in range(RACES):
            reads = self.chain()
            kept = self._sound(reads).get(link.pack)
            if link.act is Act.ADD and kept is not None:  # by another writer, meanwhile
                return self._there(kept)
            refuse_wrong(link, kept)
            placed = replace(link, sequence=len(reads) + 1, previous=reads[-1][1].digest if reads else self.genesis)
            data = link_bytes(placed, who.signer)
            until = max(kept_until(who.at, self.description.longest), placed.retain_until or who.at)
            if self.store.put(link_file(placed.sequence), blob_of(data), until):
                return Entry(link=placed, digest=sha256(data), new=True)
        raise EvidenceError(f"{self.store.called}: others write here all the time: try again later")

    def _sound(self, reads: Sequence[tuple[int, Read]]) -> Mapping[str, Kept]:
        """What the chain says of each pack, if nothing is wrong with the chain."""
        packs, wrong = kept_packs(links_of(reads))
        faults = (*chain_faults(self.description.chain, self.genesis, reads), *wrong)
        if faults:
            raise EvidenceError(f"{self.store.called}: the chain is damaged: {faults[0]}: run `grc vault verify`")
        if len(reads) >= MOST:
            raise EvidenceError(f"{self.store.called}: the chain is full")
        return packs

    def _names_of(self, digest: str) -> list[str]:
        below = pack_folder(digest) + "/"
        return [name for name in self.store.list().names if name.startswith(below)]

    def _hold(self, digest: str, *, on: bool) -> None:
        for name in (*self._names_of(digest), list_file(digest)):
            self.store.hold(name, on)

    def _remove(self, digest: str) -> None:
        """The files go; the list of them stays, so that who has a copy can still show that it is this pack."""
        for name in self._names_of(digest):
            self.store.remove(name)


def numbers(names: Sequence[str]) -> list[int]:
    """The numbers of the links among a store's names, in order."""
    stems = [name[NUMBER:].removesuffix(".json") for name in names if name.startswith("chain/")]
    return sorted(int(stem) for stem in stems if stem.isascii() and stem.isdigit() and len(stem) == 8)


def sha256_of(store: Store, name: str) -> str:
    """The digest of a file of a store.

    Raises:
        EvidenceError: it cannot be read.
    """
    import hashlib

    hashed = hashlib.sha256()
    for piece in store.chunks(name):
        hashed.update(piece)
    return "sha256:" + hashed.hexdigest()


def _is_manifest(name: str) -> bool:
    steps = name.split("/")
    return name == "evidence/manifest.json" or (
        len(steps) == 3 and steps[0] == "assessments" and steps[2] == "manifest.json"
    )


def _copy_link(path: Path, data: bytes) -> None:
    """The pack says where it is kept, if it can be written to: the vault's own copy is what counts."""
    with suppress(OSError):
        write_file(path / LINK, data, by_way_of=path.with_name(f".{path.name}.{os.getpid()}.link"))
