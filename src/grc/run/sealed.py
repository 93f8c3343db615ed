"""The policy as it was sealed with an assessment: a pack stands on its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from grc import canonical, catalogue, kinds
from grc.errors import DataError, EvidenceError
from grc.evidence import AssessmentLayer, policy_digest
from grc.evidence.durable import writing
from grc.model.assessment import Effective
from grc.model.catalogue import Check, ParameterValue, Policy
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.run.desk import Desk


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
    return _with_effective(policy, effective), known


def same_policy(
    layer: AssessmentLayer, effective: Effective, desk: Desk
) -> tuple[Policy, Mapping[KindName, Kind]] | None:
    """What ``sealed_policy`` would read, where the policy in force is that very one by its digest; else None.

    Raises:
        EvidenceError: a file of the policy cannot be read.
    """
    files = policy_files(desk.roots, desk.policy, desk.kinds)
    if policy_digest(files, effective) != layer.manifest.policy:
        return None
    return _with_effective(desk.policy, effective), {name: desk.kinds[name] for name in sorted(kinds_of(desk.policy))}


def policy_files(roots: Sequence[Path], policy: Policy, kinds: Mapping[KindName, Kind]) -> Mapping[str, bytes]:
    """Everything that judges, by its path in the pack: the data files verbatim, and the kinds that checks speak of.

    The files of our own root keep their path; those of a workspace stand below ``workspace/``.

    Raises:
        EvidenceError: a file cannot be read.
    """
    files: dict[str, bytes] = {}
    for prefix, root in zip(("", "workspace/"), roots, strict=False):
        for path in catalogue.data_files((root,)):
            if not path.name.endswith(".examples.yaml"):
                files[prefix + path.relative_to(root).as_posix()] = _read(path)
    for name in sorted(kinds_of(policy)):
        files[f"kinds/{name}.json"] = canonical.encode(kinds[name].document)
    return files


def kinds_of(policy: Policy) -> set[KindName]:
    """The kinds that its checks speak of."""
    own = {check.kind for check in policy.checks.values()}
    return own | {related.kind for check in policy.checks.values() for related in check.relate}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{path} cannot be read: {error.strerror}") from error


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


def _with_effective(policy: Policy, effective: Effective) -> Policy:
    checks = {name: _with_values(check, effective.parameters.get(name, {})) for name, check in policy.checks.items()}
    return replace(policy, checks=checks)


def _with_values(check: Check, values: Mapping[str, ParameterValue]) -> Check:
    parameters = tuple(
        replace(parameter, value=values.get(parameter.name, parameter.value)) for parameter in check.parameters
    )
    return replace(check, parameters=parameters)
