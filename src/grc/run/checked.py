"""Loading and linting that remember what was found without a problem."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from grc import catalogue, kinds
from grc.catalogue.attestations import attestation_files, unread_attestations
from grc.catalogue.findings import finding_files, unread_findings
from grc.catalogue.places import EXAMPLES, FOLDERS
from grc.errors import Problem
from grc.kinds.loader import kind_from
from grc.model.catalogue import Check, Policy
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.run.cache import Cache, key_of

OWN_FILES: Final = ("grc.yaml", "waivers.yaml", "applicability.yaml", "capability.yaml")
"""The files of a workspace that lint looks at beside its policy."""
CLEAN: Final = b"no problem"


def load_kinds(own: tuple[Path, ...], cache: Cache) -> Mapping[KindName, Kind]:
    """The kinds that come with the engine and a workspace's own, as ``kinds.load_with`` reads them.

    Raises:
        DataError: as ``kinds.load_with``.
    """
    key = key_of((*_kind_files(), *own), "kinds") if cache.folder else None
    kept = cache.get("kinds", key) if key else None
    found = _kinds_in(kept) if kept is not None else None
    if found is None:
        found = kinds.load_with(own)
        if key:
            cache.put("kinds", key, msgspec.msgpack.encode({name: kind.document for name, kind in found.items()}))
    return found


def load_policy(roots: Sequence[Path], known: Mapping[KindName, Kind], own: tuple[Path, ...], cache: Cache) -> Policy:
    """The policy of the roots, as ``catalogue.load`` reads it without examples. ``own`` are a workspace's schemas.

    Raises:
        ConfigError: as ``catalogue.load``.
        DataError: as ``catalogue.load``.
    """
    files = (path for path in catalogue.data_files(roots) if not path.name.endswith(EXAMPLES))
    key = key_of((*files, *_kind_files(), *own), "policy", *map(str, roots)) if cache.folder else None
    kept = cache.get("policy", key) if key else None
    if kept is not None:
        found = _decoded(kept)
        if found is not None:
            return found
    policy = catalogue.load(roots, known)
    if key:
        cache.put("policy", key, msgspec.msgpack.encode(policy))
    return policy


def lint(roots: Sequence[Path], own: tuple[Path, ...], cache: Cache) -> tuple[Problem, ...]:
    """Every problem of the roots; at once where the same files had none before. ``own`` are a workspace's schemas.

    Raises:
        DataError: a kind is wrong.
    """
    files = tuple(_looked_at(roots))
    key = key_of((*files, *_kind_files(), *own), "lint", *map(str, roots)) if cache.folder else None
    if key and cache.get("lint", key) == CLEAN:
        return ()
    clear_key = key_of((*_kind_files(), *own), "checks") if cache.folder else None
    cleared = Cleared(cache.get("checks", clear_key) if clear_key else None)
    problems = catalogue.lint(roots, load_kinds(own, cache), cleared)
    if clear_key and cleared.grown:
        cache.put("checks", clear_key, cleared.packed())
    if key and not problems:
        cache.put("lint", key, CLEAN)
    return problems


class Cleared:
    """Checks that had no problem before, by the digest of all that they declare. ``kept`` is what was packed."""

    def __init__(self, kept: bytes | None) -> None:
        self._known = _digests(kept)
        self.grown = False

    def holds(self, check: Check) -> bool:
        """Whether this very check, examples and all, had none."""
        return _digest(check) in self._known

    def add(self, check: Check) -> None:
        """It has none."""
        self._known.add(_digest(check))
        self.grown = True

    def packed(self) -> bytes:
        """All of them, to be kept."""
        return msgspec.msgpack.encode(sorted(self._known))


def _digest(check: Check) -> bytes:
    return hashlib.sha256(msgspec.msgpack.encode(check)).digest()


def _digests(kept: bytes | None) -> set[bytes]:
    try:
        return set() if kept is None else msgspec.msgpack.decode(kept, type=set[bytes])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return set()


def _decoded(data: bytes) -> Policy | None:
    try:
        return msgspec.msgpack.decode(data, type=Policy)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


class _Kept(Mapping[KindName, Kind]):
    """Kinds whose documents had no problem, each made when it is first asked for: few commands ask for all."""

    def __init__(self, documents: Mapping[KindName, Mapping[str, Any]]) -> None:
        self._documents = documents
        self._made: dict[KindName, Kind] = {}

    def __getitem__(self, name: KindName) -> Kind:
        if name not in self._made:
            self._made[name] = kind_from(self._documents[name], name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._documents

    def __iter__(self) -> Iterator[KindName]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


def _kinds_in(data: bytes) -> Mapping[KindName, Kind] | None:
    try:
        return _Kept(msgspec.msgpack.decode(data, type=dict[KindName, dict[str, Any]]))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _looked_at(roots: Sequence[Path]) -> Iterator[Path]:
    """Every file that lint reads, or complains of because nobody reads it."""
    for root in roots:
        for folder in FOLDERS:
            yield from sorted(path for path in (root / folder).rglob("*") if path.is_file())
        yield from (root / name for name in OWN_FILES if (root / name).is_file())
        yield from (*attestation_files(root), *unread_attestations(root))
        yield from (*finding_files(root), *unread_findings(root))


def _kind_files() -> Iterator[Path]:
    yield from sorted(path for path in kinds.SHIPPED.rglob("*") if path.suffix in (".json", ".yaml"))
