"""Loads a policy: the catalogues, controls and checks of one or several roots, all problems at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grc.catalogue.catalogues import Row, catalogues_of
from grc.catalogue.checks import Kinds, PlacedCheck, checks_of
from grc.catalogue.controls import PlacedControl, controls_of
from grc.catalogue.examples import with_examples
from grc.catalogue.files import read_all
from grc.catalogue.places import distinct
from grc.catalogue.references import reference_problems
from grc.errors import ConfigError, DataError, Problem
from grc.garbage import collector_paused
from grc.model.catalogue import Catalogue, Policy
from grc.model.identifiers import CheckId, ControlId, FrameworkId, RequirementId


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that was read, with its places, and every problem met. ``whole``: every file could be read."""

    catalogues: dict[FrameworkId, Catalogue]
    rows: dict[RequirementId, Row]
    controls: dict[ControlId, PlacedControl]
    checks: dict[CheckId, PlacedCheck]
    problems: tuple[Problem, ...]
    whole: bool

    def policy(self) -> Policy:
        """The policy; only sound when there is no problem."""
        return Policy(
            catalogues=self.catalogues,
            controls={name: placed.control for name, placed in self.controls.items()},
            checks={name: placed.check for name, placed in self.checks.items()},
        )


def load(roots: Sequence[Path], kinds: Kinds, *, examples: bool = False) -> Policy:
    """Load the policy of the roots, each a folder with ``controls/`` and ``checks/``.

    The first root is ours, the others add to it. An id that two files declare is refused, whichever roots they are
    in, so that a workspace never changes what an id of ours means. Examples are read only when asked for.

    Raises:
        ConfigError: the roots hold no file of ours at all.
        DataError: with every problem of every file. Expressions are not compiled here: that is ``lint``.
    """
    loaded = load_all(roots, kinds, examples=examples)
    if loaded.problems:
        raise DataError(loaded.problems)
    return loaded.policy()


def load_all(roots: Sequence[Path], kinds: Kinds, *, examples: bool) -> Loaded:
    """What ``load`` reads, problems and all.

    References are only followed when every file could be read: a file that is left out would make each reference to
    it a second problem.
    """
    with collector_paused():
        return _load_all(roots, kinds, examples=examples)


def _load_all(roots: Sequence[Path], kinds: Kinds, *, examples: bool) -> Loaded:
    problems: list[Problem] = []
    sources, failed = read_all(distinct(roots), examples=examples, problems=problems)
    if not sources and not problems:
        folders = " and ".join(str(root) for root in roots) or "nowhere"
        raise ConfigError(f"there is no policy: no file in controls/ or checks/ of {folders}")
    catalogues, rows = catalogues_of(sources, failed, problems)
    controls = controls_of(sources, problems)
    checks = checks_of(sources, kinds, problems)
    checks = with_examples(checks, sources, problems, whole=not failed)
    if not failed:
        problems.extend(reference_problems(rows, controls, checks, kinds))
    return Loaded(catalogues, rows, controls, checks, tuple(sorted(set(problems))), whole=not failed)
