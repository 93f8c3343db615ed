"""Which resource belongs to which: by what the source refers to, else by the value that names the owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grc.collect.translated.resource import Declared, DeclaredResource
from grc.collect.translated.translation import Attachment

INSTANCES = (".", "[each", "[count")
"""What follows an owner's name where a reference says more than the name."""
KEYS = ("each.key", "each.value", "count.index")
EARLY = ("path.", "terraform.")
UNSEEN = ("local.", "module.", "var.", "each.value")
"""How a reference begins that does not show what it comes to in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """``of`` gives an owner's attached resources by its address; ``unresolved`` those whose owner is not known.

    ``perhaps`` gives by an owner's address why something attached to it may be there or not.
    """

    of: Mapping[str, Sequence[DeclaredResource]]
    unresolved: tuple[str, ...]
    perhaps: Mapping[str, str]


class Named:
    """The resources of one type, found by a reference or by a value of the arguments that name them."""

    def __init__(self, resources: Sequence[DeclaredResource], named: tuple[str, ...]) -> None:
        self._by_name: dict[tuple[str, str], dict[str, list[DeclaredResource]]] = {}
        self._by_value: dict[str, dict[str, DeclaredResource]] = {}
        self._arguments = named
        self._named_after: dict[tuple[str, str], set[str]] = {}
        self._named_unseen: set[str] = set()
        for one in resources:
            for argument in named:
                self._note_naming(one, argument)
            for name in {one.local, one.name}:
                self._by_name.setdefault((one.module, name), {}).setdefault(one.index, []).append(one)
            for argument in named:
                if isinstance(value := one.values.get(argument), str):
                    self._by_value.setdefault(value, {})[one.address] = one

    def found(self, resource: DeclaredResource, attachment: Attachment) -> Sequence[DeclaredResource] | None:
        """The owners of an attached resource, or None where they are not certain."""
        if attachment.several:
            return self.several(resource, attachment.by)
        owner = self.owner(resource, attachment.by)
        return None if owner is None else (owner,)

    def owner(self, resource: DeclaredResource, by: str) -> DeclaredResource | None:
        """The one that this resource's argument ``by`` speaks of, or None where that is not certain."""
        value = resource.values.get(by)
        known = value if isinstance(value, str) and not resource.unknown.get(by) else None
        referred = {one: self._referred(resource, one) for one in _longest(resource.references.get(by, ()))}
        found = {owner.address: owner for owner in referred.values() if owner is not None}
        if len(found) > 1:
            return None
        for owner in found.values():
            if known is None and self._may_be_another(owner):
                return None  # what is named after the owner may be meant: not every source tells how it refers
            others = [reference for reference, one in referred.items() if one is None]
            if self._holds(owner, known) if known is not None else all(_settled(resource, one) for one in others):
                return owner
        if known is None:
            return None
        valued = self._by_value.get(known, {})
        return next(iter(valued.values())) if len(valued) == 1 else None

    def _note_naming(self, resource: DeclaredResource, argument: str) -> None:
        """Keep what a resource takes its name from; or, where the name is not known, that it may be from any."""
        for reference in _longest(resource.references.get(argument, ())):
            if resource.unknown.get(argument) and reference.startswith(UNSEEN):
                self._named_unseen.add(resource.address)
            for name in _names(reference):
                self._named_after.setdefault((resource.module, name), set()).add(resource.address)

    def _may_be_another(self, owner: DeclaredResource) -> bool:
        """Whether something else of the owner's type may be named after it."""
        named = self._named_unseen.union(
            *(self._named_after.get((owner.module, one), ()) for one in {owner.local, owner.name})
        )
        return not named <= {owner.address}

    def _holds(self, owner: DeclaredResource, known: str) -> bool:
        """Whether a text is of this owner: it is not where a condition chose something else."""
        names = [name for argument in self._arguments if isinstance(name := owner.values.get(argument), str) and name]
        return any(known == name or known.startswith((f"{name}:", f"{name}/")) for name in names)

    def several(self, resource: DeclaredResource, by: str) -> list[DeclaredResource] | None:
        """All that a list in the argument ``by`` speaks of, or None where that is not certain."""
        texts = resource.values.get(by)
        if resource.unknown.get(by) in (None, False) and by not in resource.references:
            texts = [] if texts is None else texts
        if isinstance(texts, list) and not _marked(resource.unknown.get(by)):
            valued = [self._by_value.get(text, {}) if isinstance(text, str) else {} for text in texts]
            found = [next(iter(one.values())) for one in valued if len(one) == 1]
            return found if len(found) == len(texts) else None
        references = resource.references.get(by, ())
        referred = [self._referred(resource, reference) for reference in references]
        return [one for one in referred if one is not None] if referred and all(referred) else None

    def _referred(self, resource: DeclaredResource, reference: str) -> DeclaredResource | None:
        groups = [
            group for name in _names(reference) if (group := self._by_name.get((resource.module, name))) is not None
        ]
        for group in reversed(groups):
            if sum(map(len, group.values())) == 1:
                return next(iter(group.values()))[0]
        same = [one for group in groups for one in group.get(resource.index, ())]
        return same[0] if len(same) == 1 else None


class Index:
    """What a source declares, found by type: made once for all translations of it."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self._by_type: dict[str, list[DeclaredResource]] = {}
        self._perhaps: dict[str, list[DeclaredResource]] = {}
        self._named: dict[tuple[str, tuple[str, ...]], Named] = {}
        for resource in declared.resources:
            self._by_type.setdefault(resource.type, []).append(resource)
        for one in declared.uncertain:
            self._perhaps.setdefault(one.resource.type, []).append(one.resource)

    def of(self, type_: str) -> Sequence[DeclaredResource]:
        """The resources of one type, in order of address."""
        return self._by_type.get(type_, ())

    def owners(self, type_: str, attachment: Attachment) -> Owners:
        """Pair the attached resources of one type with their owners."""
        key = (type_, attachment.named)
        owners = self._named.get(key) or self._named.setdefault(key, Named(self.of(type_), attachment.named))
        of: dict[str, list[DeclaredResource]] = {}
        unresolved: list[str] = []
        perhaps: dict[str, str] = {}
        for resource, certain in self._candidates(attachment):
            found = owners.found(resource, attachment)
            if found is None:
                unresolved.append(resource.address)
            for address in dict.fromkeys(owner.address for owner in found or ()):
                if certain:
                    of.setdefault(address, []).append(resource)
                else:
                    perhaps[address] = resource.address
        return Owners(of=of, unresolved=tuple(unresolved), perhaps=perhaps)

    def _candidates(self, attachment: Attachment) -> Iterator[tuple[DeclaredResource, bool]]:
        """What may be attached, and whether it certainly is."""
        for resource in self.of(attachment.type):
            if (certain := _wanted(resource, attachment)) is not None:
                yield resource, certain
        for resource in self._perhaps.get(attachment.type, ()):
            if _wanted(resource, attachment) is not None:
                yield resource, False


def _wanted(resource: DeclaredResource, attachment: Attachment) -> bool | None:
    """Whether this is certainly of those that are attached; None where it certainly is not."""
    certain = True
    for name, value in attachment.where.items():
        if resource.unknown.get(name):
            certain = False
        elif resource.values.get(name) != value:
            return None
    if attachment.given is not None and resource.values.get(attachment.given) in (None, ""):
        return False if resource.unknown.get(attachment.given) else None
    return certain


def _marked(mirror: object) -> bool:
    return any(map(_marked, mirror)) if isinstance(mirror, list) else bool(mirror)


def _names(reference: str) -> Iterator[str]:
    """What a reference may be the name of: ``aws_s3_bucket.logs[0].id`` speaks of ``aws_s3_bucket.logs[0]``."""
    for at in range(len(reference)):
        if reference.startswith(INSTANCES, at):
            yield reference[:at]
    yield reference


def _longest(references: Sequence[str]) -> Sequence[str]:
    """The references that no other says more of: a plan tells ``a.b[0].id`` as ``a.b[0]`` and ``a.b`` too."""
    return [one for one in references if not any(other.startswith((f"{one}.", f"{one}[")) for other in references)]


def _settled(resource: DeclaredResource, reference: str) -> bool:
    """Whether what is referred to beside the owner is known before apply, so that it cannot be what is not known."""
    return reference in KEYS or reference.startswith(EARLY if resource.module else (*EARLY, "var."))
