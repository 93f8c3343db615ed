"""What judged an assessment: the engine, the data files and the settings, but for the day and for what people decided.

The digest of a layer's policy is also of its day, of waivers and of statements: two runs of one policy do not share it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from grc import canonical
from grc.evidence import AssessmentLayer
from grc.model.assessment import Effective
from grc.model.identifiers import CheckId

DECIDED: Final = frozenset({"as_of", "waivers", "applicability", "attestations", "raised"})
"""What an assessment was performed under and is no policy: the day, and what people decided and said."""
PARAMETERS: Final = "parameters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """``files`` are digests by path, ``settings`` everything else that was in force, by its name."""

    engine: str
    files: Mapping[str, str]
    parameters: Mapping[CheckId, object]
    settings: Mapping[str, object]

    @property
    def digest(self) -> str:
        """The same for two runs that were judged alike."""
        return canonical.digest(canonical.encode(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """What judged the one and not the other: data files by path, checks with other values of parameters, settings by
    name, and the engine's versions where they are two."""

    engine: tuple[str, str] | None
    files: tuple[str, ...]
    parameters: tuple[CheckId, ...]
    settings: tuple[str, ...]


def judge_of(layer: AssessmentLayer) -> Judge:
    """What judged in one assessment.

    Raises:
        EvidenceError: the layer is not what was sealed.
    """
    effective: Effective = layer.effective()
    names = (field.name for field in fields(effective))
    return Judge(
        engine=layer.manifest.engine,
        files={file.path: file.digest for file in layer.manifest.files},
        parameters=effective.parameters,
        settings={name: getattr(effective, name) for name in names if name not in {*DECIDED, PARAMETERS}},
    )


def policy_change(before: Judge, after: Judge) -> PolicyChange | None:
    """How two judges differ; None where they are alike."""
    if before == after:
        return None
    return PolicyChange(
        engine=(before.engine, after.engine) if before.engine != after.engine else None,
        files=tuple(_unlike(before.files, after.files)),
        parameters=tuple(_unlike(before.parameters, after.parameters)),
        settings=tuple(_unlike(before.settings, after.settings)),
    )


def _unlike(before: Mapping[Any, object], after: Mapping[Any, object]) -> Iterator[Any]:
    return (name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name))
