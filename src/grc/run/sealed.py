"""The policy as it was sealed with an assessment: a pack stands on its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grc import catalogue, kinds
from grc.errors import DataError, EvidenceError
from grc.evidence import AssessmentLayer, policy_digest
from grc.evidence.durable import writing
from grc.model.assessment import Effective
from grc.model.catalogue import Check, ParameterValue, Policy
from grc.model.identifiers import KindName
from grc.model.kind import Kind


def sealed_policy(layer: AssessmentLayer, effective: Effective) -> tuple[Policy, Mapping[KindName, Kind]]:
    """The catalogues, controls and checks that judged, with the values that their parameters had; and the kinds.

    Raises:
        EvidenceError: they are not what was sealed, or this engine does not read them; says why. Or there is no room
            for temporary files.
    """
    files = layer.policy_files()
    if policy_digest(files, effective) != layer.manifest.policy:
        raise EvidenceError(f"{layer.path}: the policy is not the one that was sealed: run `grc verify`")
    with scratch() as root:
        _unpack(files, root, layer)
        try:
            known = kinds.load((root / "kinds",))
            roots = (root, root / "workspace") if (root / "workspace").is_dir() else (root,)
            policy = catalogue.load(roots, known)
        except DataError as error:
            problems = str(error).replace(str(root), str(layer.path / "policy"))
            raise EvidenceError(f"this engine does not read the policy of the pack:\n{problems}") from error
    checks = {name: _with_values(check, effective.parameters.get(name, {})) for name, check in policy.checks.items()}
    return replace(policy, checks=checks), known


@contextmanager
def scratch() -> Iterator[Path]:
    """A temporary folder, while the block lasts.

    Raises:
        EvidenceError: it cannot be made or written.
    """
    with writing(Path("temporary files")), tempfile.TemporaryDirectory(prefix="grc-") as folder:
        yield Path(folder)


def _unpack(files: Mapping[str, bytes], root: Path, layer: AssessmentLayer) -> None:
    for name, data in files.items():
        target = root / name
        if not target.resolve().is_relative_to(root.resolve()):
            raise EvidenceError(f"{layer.path}: the policy names a file outside of the pack: run `grc verify`")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _with_values(check: Check, values: Mapping[str, ParameterValue]) -> Check:
    parameters = tuple(
        replace(parameter, value=values.get(parameter.name, parameter.value)) for parameter in check.parameters
    )
    return replace(check, parameters=parameters)
