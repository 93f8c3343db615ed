"""What must not reach a pack as it is: by the resource files, and by what the workspace says beyond them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from grc.collect.aws.declared import Resource, template_fields
from grc.collect.aws.paths import visit, written
from grc.collect.persons import Pseudonyms
from grc.errors import ConfigError
from grc.model.evidence import Gap, GapReason
from grc.model.identifiers import KindName
from grc.model.types import Redaction

DETAIL: Final = "redacted by the workspace"

Told = Mapping[KindName, Mapping[str, Redaction]]
"""What the workspace says: for each kind, paths of the body and what happens to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redactor:
    """Redacts bodies before they become records.

    What a resource file drops is no field of the kind, so nobody can read it. What the workspace drops is one: its
    place is a gap, because "not shown" is not "not set".
    """

    told: Told
    pseudonyms: Pseudonyms | None

    def check(self, resources: Mapping[KindName, Resource]) -> None:
        """Refuse what cannot be done before anything is collected.

        Raises:
            ConfigError: a subject's own id is to be dropped, or there is no key for pseudonyms.
        """
        for kind, rules in self.told.items():
            for path, how in rules.items():
                if kind in resources and how is Redaction.DROP and path in _identity(resources[kind]):
                    raise ConfigError(f"redact: {kind}: {path} says which subject it is: say `pseudonym`, not `drop`")
                if kind in resources and how is Redaction.PSEUDONYM and self.pseudonyms is None:
                    raise ConfigError(f"redact: {kind}: {path} needs a key for pseudonyms: make one with `grc init`")

    def body(self, body: dict[str, Any], resource: Resource) -> tuple[Gap, ...]:
        """Redact a body in place; a gap for each place that the workspace emptied."""
        for path in (*resource.drop, *resource.secret, *resource.personal):
            for holder, key, _ in list(visit(body, path)):
                del holder[key]
        rules = self.told.get(resource.name, {})
        return tuple(gap for path, how in rules.items() for gap in self._by_rule(body, path, how))

    def subject(self, subject: str, resource: Resource) -> str:
        """The subject's id, under the key when the workspace hides a field that it is made of."""
        hidden = self.told.get(resource.name, {}).keys() & _identity(resource)
        return f"{resource.name}/{self._pseudonym(subject)}" if hidden else subject

    def _by_rule(self, body: dict[str, Any], path: str, how: Redaction) -> list[Gap]:
        gaps = []
        for holder, key, at in list(visit(body, path)):
            if how is Redaction.PSEUDONYM and isinstance(holder[key], str):
                holder[key] = self._pseudonym(holder[key])
            else:
                del holder[key]
                gaps.append(Gap(path=written(at), reason=GapReason.NOT_PROVIDED, detail=DETAIL))
        return gaps

    def _pseudonym(self, text: str) -> str:
        assert self.pseudonyms is not None
        return self.pseudonyms.of(text)


def _identity(resource: Resource) -> frozenset[str]:
    return frozenset({resource.key, *template_fields(resource.subject)})
