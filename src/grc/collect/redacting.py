"""What a workspace does not want in a pack, taken out of the body of a record before it is sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grc.collect.persons import Pseudonyms
from grc.errors import ConfigError
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.types import Redaction

Redact = Mapping[KindName, Mapping[str, Redaction]]
"""What a workspace wants redacted: of a kind, its top-level fields."""


@dataclass(frozen=True, slots=True)
class Redacting:
    """Redacts top-level fields of one kind. What the record is known by cannot be dropped, only made a pseudonym."""

    kind: Kind
    told: Mapping[str, Redaction]
    pseudonyms: Pseudonyms | None

    def of(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body without what must not be kept.

        Raises:
            ConfigError: pseudonyms are asked for, and there is no key to make them with.
        """
        if not self.told:
            return dict(body)
        kept: dict[str, Any] = {}
        for name, value in body.items():
            how = self.told.get(name)
            if how is None:
                kept[name] = value
            elif how is Redaction.PSEUDONYM or not self.kind.shape.fields[name].nullable:
                kept[name] = self._pseudonym(value)
        return kept

    def _pseudonym(self, value: Any) -> Any:
        if self.pseudonyms is None:
            raise ConfigError(
                f"{self.kind.name} is to be redacted by pseudonyms, and the workspace has no key for them"
            )
        return [self._pseudonym(one) for one in value] if isinstance(value, list) else self.pseudonyms.of(str(value))
