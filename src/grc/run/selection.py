"""Which checks run: narrowed by name, by framework and by what the sources can give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from grc.errors import ConfigError
from grc.model.catalogue import Check, Policy
from grc.model.identifiers import CheckId, FrameworkId, KindName


def frameworks_of(policy: Policy, named: Sequence[str]) -> tuple[FrameworkId, ...]:
    """The frameworks named, or all of them, in a fixed order.

    Raises:
        ConfigError: a name is not a framework.
    """
    known = [str(name) for name in policy.catalogues]
    for name in named:
        if name not in known:
            raise ConfigError(f"there is no framework {name!r}: {meant(name, known)}")
    return tuple(FrameworkId(name) for name in sorted(set(named) or known))


def select(
    policy: Policy,
    *,
    checks: Sequence[str],
    frameworks: Sequence[FrameworkId],
    kinds: frozenset[KindName],
    themes: Sequence[str] | None = None,
) -> tuple[Check, ...]:
    """The checks to run, by id, on kinds that can be had: those named, else those of the frameworks and themes.

    A filter narrows what runs; it never narrows what a control requires.

    Raises:
        ConfigError: a name is not a check.
    """
    named = {resolve(policy, name) for name in checks}
    wanted = named or _of_frameworks(policy, frozenset(frameworks), themes)
    return tuple(policy.checks[name] for name in sorted(wanted) if _can_be_had(policy.checks[name], kinds))


def _can_be_had(check: Check, kinds: frozenset[KindName]) -> bool:
    """Whether the sources give what is tested, and the registers that a system is compared with.

    Without them the check is left out of the run, so that a system alone is not undecided for want of a register. A
    register is tested even where the systems behind it are not read: what could not be seen of them is then said.
    """
    registers = {related.kind for related in check.relate if related.kind.startswith("register.")}
    return check.kind in kinds and (check.kind.startswith("register.") or registers <= kinds)


def resolve(policy: Policy, name: str) -> CheckId:
    """The check of this id or alias.

    Raises:
        ConfigError: there is none.
    """
    for check in policy.checks.values():
        if name == check.id or name in check.aliases:
            return check.id
    raise ConfigError(f"there is no check {name!r}: {meant(name, map(str, policy.checks))}")


def meant(name: str, known: Iterable[str]) -> str:
    """What to do about a name that is not known."""
    known = list(known)
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        return "did you mean " + " or ".join(close) + "?"
    return "there are " + ", ".join(sorted(known)) if len(known) <= 10 else "see `grc list`"


def _of_frameworks(policy: Policy, frameworks: frozenset[FrameworkId], themes: Sequence[str] | None) -> set[CheckId]:
    return {
        check
        for control in policy.controls.values()
        if themes is None or control.theme in themes
        if not control.maps or any(claim.requirement.partition(":")[0] in frameworks for claim in control.maps)
        for check in (*control.deciding, *control.advisory)
    }
