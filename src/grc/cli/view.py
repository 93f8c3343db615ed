"""``grc view``: the tables that frameworks are known by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, assert_never

import click

from grc.cli.clock import today
from grc.cli.desk import open_desk
from grc.cli.exits import Exit
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json, format_option, printable, table
from grc.errors import ConfigError
from grc.model.catalogue import View
from grc.model.identifiers import FrameworkId
from grc.model.status import Status
from grc.model.views import (
    AccountabilityView,
    AddressableView,
    AnyView,
    ApplicabilityView,
    CapabilityRow,
    CapabilityView,
)
from grc.model.wording import counted
from grc.run.selection import frameworks_of
from grc.run.views import Given, changes, document, given_here, given_in, views


@click.command(
    epilog=examples(
        "grc view soa --workspace compliance",
        "grc view soa --pack PACK --format json --since soa-2025.json",
        "grc view capability --pack PACK",
    )
)
@click.argument("view", metavar="VIEW", type=click.Choice([view.value for view in View]))
@click.option("--framework", "frameworks", metavar="F", multiple=True, help="Only of this framework (repeatable).")
@click.option("--pack", type=click.Path(path_type=Path), help="A pack: what was found, and decided at the time.")
@click.option("--since", type=click.Path(path_type=Path), help="An earlier table as JSON: say what changed.")
@workspace_option
@format_option
def view(
    view: str, frameworks: Sequence[str], pack: Path | None, since: Path | None, workspace: Path | None, form: str
) -> int:
    """Print one of the tables that frameworks are known by.

    VIEW is soa (the statement of applicability), addressable (the decisions on addressable specifications),
    accountability (every duty and what answers for it) or capability (objectives, targets and ratings). Each has
    every row of its framework, whether or not anything was decided on it.
    """
    given, known = _given(pack, workspace)
    found = views(given, frameworks_of(given.policy, frameworks or known), View(view))
    if not found:
        raise ConfigError(f"no framework chosen has the view {view!r}: `views` in a catalogue's head names them")
    if since is not None and len(found) > 1:
        raise click.UsageError("--since goes with one framework: choose it with --framework")
    changed = changes(found[0], since) if since is not None else None
    if form == "json":
        rows = [document(each) | ({"changes": changed} if changed is not None else {}) for each in found]
        echo_json(rows[0] if len(rows) == 1 else rows)
        return Exit.NOTHING_FAILED
    for each in found:
        for line in _lines(each):
            click.echo(printable(line))
    if changed is not None:
        click.echo("Changed:" if changed else f"Nothing changed since {since}.")
        for change in changed:
            click.echo(printable(f"  {_change(change)}"))
    return Exit.NOTHING_FAILED


def _given(pack: Path | None, workspace: Path | None) -> tuple[Given, Sequence[str]]:
    """What the table is made of, and the frameworks that are in it by default."""
    if pack is None:
        desk = open_desk(workspace)
        return given_here(desk, today(desk.workspace.organisation.timezone)), desk.workspace.frameworks or ()
    from grc.evidence import open_assessment, open_pack
    from grc.run.sealed import sealed_policy

    layer = open_assessment(open_pack(pack))
    effective, assessment = layer.effective(), layer.assessment()
    policy, _ = sealed_policy(layer, effective)
    return given_in(policy, effective, assessment), assessment.scope.frameworks


def _lines(found: AnyView) -> Iterator[str]:
    yield f"{found.title}, {found.edition}"
    status = _statuses(found.framework)
    match found:
        case ApplicabilityView():
            yield from _soa(found, status)
        case AddressableView():
            yield f"{found.total} addressable, {found.undocumented} undocumented, {found.overdue} to be reviewed"
            cells = [
                [
                    row.code,
                    row.standing.value.replace("-", " "),
                    status(row.engine_status),
                    status(row.counts_as),
                    _word(row.review_on),
                    row.title,
                ]
                for row in found.rows
            ]
            yield from table([["", "standing", "found", "counts as", "review on", ""], *cells])
        case AccountabilityView():
            cells = [
                [row.code, status(row.engine_status), ", ".join(row.binds), counted(len(row.parts), "part"), row.title]
                for row in found.rows
            ]
            yield from table([["", "found", "binds", "", ""], *cells])
        case CapabilityView():
            yield f"{found.rated} of {found.total} objectives rated"
            cells = [
                [row.code, _word(row.target), _word(row.reached), _grades(row), _evidence(found, row), row.title]
                for row in found.rows
            ]
            yield from table([["", "target", "reached", "levels", "", ""], *cells])
        case _:
            assert_never(found)


def _soa(found: ApplicabilityView, status: Callable[[Status | None], str]) -> Iterator[str]:
    head = found.statement
    if head is not None:
        yield f"version {head.version} of {head.on}, approved by {head.approved_by}, rests on {head.risk_assessment}"
    yield (
        f"{found.total} rows: {found.applicable} applicable ({found.undecided} of them undecided), "
        f"{found.excluded} excluded"
    )
    words = {True: "applicable", False: "excluded", None: "undecided"}
    cells = [
        [
            row.code,
            words[row.applicable],
            ", ".join(row.included_for),
            _word(row.implemented),
            status(row.engine_status),
            row.owner or "",
            row.title,
        ]
        for row in found.rows
    ]
    yield from table([["", "", "included for", "implemented", "found", "owner", ""], *cells])


def _grades(row: CapabilityRow) -> str:
    return " ".join(f"{level.level}:{level.grade or '-'}" for level in row.levels)


def _evidence(found: CapabilityView, row: CapabilityRow) -> str:
    if row.reached is not None:
        return ""
    said = "evidence available for" if found.seen else "can be tested:"
    return f"not rated; {said} {row.with_evidence} of {row.practices} practices"


def _change(change: dict[str, Any]) -> str:
    name = change["row"] or "the table"
    if change["field"] is None:
        return f"{name} {'came' if change['before'] is None else 'went'}"
    return f"{name}: {_spoken(change['field'])} was {_word(change['before'])}, is {_word(change['after'])}"


def _statuses(framework: FrameworkId) -> Callable[[Status | None], str]:
    """How the statuses of a framework are said: in the words of its reports."""
    from grc.report import load_words

    words = load_words()
    return lambda found: "-" if found is None else words.status(found, framework).word


def _word(value: object) -> str:
    match value:
        case None | [] | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(_word, value))
        case dict():
            return ", ".join(f"{_spoken(key)} {_word(each)}" for key, each in value.items())
        case _:
            return str(value)


def _spoken(key: str) -> str:
    return key.replace("_", " ")
