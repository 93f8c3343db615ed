"""Every problem of every data file: shapes, references, expressions, examples, and files that nobody reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from grc.catalogue.applicability import load_applicability
from grc.catalogue.attestations import load_attestations
from grc.catalogue.capability import load_capability
from grc.catalogue.checks import Kinds, PlacedCheck
from grc.catalogue.declared import no_workspace
from grc.catalogue.examples import missing
from grc.catalogue.files import strays
from grc.catalogue.findings import load_findings
from grc.catalogue.loading import load_all
from grc.catalogue.parameters import with_parameters
from grc.catalogue.places import distinct
from grc.catalogue.references import unlisted_problems
from grc.catalogue.waivers import load_waivers
from grc.catalogue.workspace import FILE, load_workspace, workspace_problems
from grc.errors import DataError, Problem
from grc.garbage import collector_paused
from grc.model.catalogue import Check, Policy
from grc.yamltext import json_path

if TYPE_CHECKING:
    from grc.policy.program import ExpressionProblem


class Cleared(Protocol):
    """Checks whose expressions and examples had no problem under the same kinds and the same engine."""

    def holds(self, check: Check) -> bool:
        """Whether this very check, examples and all, had none."""

    def add(self, check: Check) -> None:
        """It has none."""


class _Nothing:
    def holds(self, check: Check) -> bool:
        return False

    def add(self, check: Check) -> None:
        return None


def lint(roots: Sequence[Path], kinds: Kinds, cleared: Cleared | None = None) -> tuple[Problem, ...]:
    """Every problem of the roots, sorted by file and place; a root may be a workspace.

    Expressions and examples of a check are looked at when its entries have no problem, what a workspace says of the
    policy when nothing has one. Checks that are ``cleared`` are not looked at again, and those without a problem are
    added to them.
    """
    with collector_paused():
        return _lint(roots, kinds, cleared or _Nothing())


def _lint(roots: Sequence[Path], kinds: Kinds, cleared: Cleared) -> tuple[Problem, ...]:
    loaded = load_all(roots, kinds, examples=True)
    problems = [*loaded.problems, *strays(distinct(roots))]
    for placed in loaded.checks.values():
        if not any(_is_below(problem, placed) for problem in loaded.problems):
            problems.extend(_uncleared_problems(placed, kinds, cleared))
            problems.extend(missing(placed) if loaded.whole else ())
    if loaded.whole:
        problems.extend(unlisted_problems(loaded.controls, loaded.checks))
    if not loaded.problems:
        for root in roots:
            problems.extend(_decisions(root, loaded.policy(), kinds))
    return tuple(sorted(set(problems)))


def _is_below(problem: Problem, placed: PlacedCheck) -> bool:
    """Whether a problem is with an entry of a check or of its examples."""
    sources = [(placed.source, placed.at)]
    if placed.examples is not None:
        sources.append((placed.examples, ("examples", placed.check.id)))
    return any(
        problem.path == source.document.path and problem.at.startswith((json_path(at) + ".", json_path(at) + "["))
        for source, at in sources
    )


def _uncleared_problems(placed: PlacedCheck, kinds: Kinds, cleared: Cleared) -> tuple[Problem, ...]:
    if cleared.holds(placed.check):
        return ()
    found = tuple(_check_problems(placed, kinds))
    if not found:
        cleared.add(placed.check)
    return found


def _check_problems(placed: PlacedCheck, kinds: Kinds) -> Iterator[Problem]:
    from grc.policy.agreement import disagreements
    from grc.policy.examples import example_problems
    from grc.policy.lint import absent_passes_problems
    from grc.policy.program import CheckErrors, compile_check

    try:
        program = compile_check(placed.check, kinds)
    except CheckErrors as error:
        yield from (_located(placed, found) for found in error.problems)
        return
    wrong = example_problems(program) or disagreements(program)
    yield from (placed.example_problem(found.message, found.index, *found.at) for found in wrong)
    if not wrong:
        yield from (_located(placed, found) for found in absent_passes_problems(program))


def _located(placed: PlacedCheck, found: ExpressionProblem) -> Problem:
    return placed.source.document.problem((*placed.at, *found.field), found.message, offset=found.offset)


def _decisions(root: Path, policy: Policy, kinds: Kinds) -> Iterator[Problem]:
    """The problems of a workspace's own files, held against the policy."""
    workspace = no_workspace(root)
    try:
        if (root / FILE).exists():
            workspace = load_workspace(root)
    except DataError as error:
        yield from error.problems
    yield from workspace_problems(workspace, policy, kinds)
    yield from _raised(lambda: with_parameters(policy, workspace.overrides))
    yield from _raised(lambda: load_waivers(root, policy, workspace.organisation.timezone))
    yield from _raised(lambda: load_attestations(root, policy, workspace.organisation.timezone))
    yield from _raised(lambda: load_findings(root, policy, workspace.organisation.timezone))
    yield from _raised(lambda: load_applicability(root, policy))
    yield from _raised(lambda: load_capability(root, policy))


def _raised(load: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        load()
    except DataError as error:
        return error.problems
    return ()
