"""``grc waive``: a failure that a named person accepts until a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from grc.cli.clock import today
from grc.cli.desk import open_desk
from grc.cli.exits import Exit
from grc.cli.options import examples, workspace_option
from grc.cli.output import printable
from grc.model.wording import counted

if TYPE_CHECKING:
    from grc.run.waiving import Covered

MOST: Final = 20
"""How many subjects are named one by one."""
day = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog=examples(
        "grc waive aws.s3.bucket.policy-not-public --subject 'arn:aws:s3:::public-*' --reason 'Public web sites' "
        "--risk R-4 --requested-by 'Ada Example' --approved-by 'Grace Example' --until 2027-06-30 --pack PACK"
    )
)
@click.argument("check", metavar="CHECK")
@click.option("--subject", metavar="PATTERN", help="A subject, or a pattern with * and ? (default: all of the check).")
@click.option("--reason", required=True, metavar="TEXT", help="Why the failure is accepted.")
@click.option("--risk", metavar="ID", help="The entry of the risk register that covers it.")
@click.option("--instead", metavar="TEXT", help="What is done instead; goes with --instead-check.")
@click.option("--instead-check", metavar="C", help="The check that tests it: the waiver counts while it is satisfied.")
@click.option("--requested-by", required=True, metavar="NAME", help="Who asks for it.")
@click.option("--approved-by", required=True, metavar="NAME", help="Who approves it: another person.")
@click.option("--approved-on", type=day, help="Day of the approval (default: today).")
@click.option("--until", type=day, required=True, help="Last day on which it counts: at most a year away.")
@click.option("--id", "name", metavar="ID", help="Id (default: the next free one, W-2026-001).")
@click.option("--pack", type=click.Path(path_type=Path), help="A pack: name the failing subjects that it would cover.")
@click.option("--dry-run", is_flag=True, help="Print the entry and what it would cover, and write nothing.")
@workspace_option
def waive(
    check: str,
    subject: str | None,
    reason: str,
    risk: str | None,
    instead: str | None,
    instead_check: str | None,
    requested_by: str,
    approved_by: str,
    approved_on: datetime | None,
    until: datetime,
    name: str | None,
    pack: Path | None,
    dry_run: bool,
    workspace: Path | None,
) -> int:
    """Record that a named person accepts a failure until a day.

    The entry goes to the end of waivers.yaml, whose comments stay, and counts from the next assessment on. A waived
    failure stays a failure: it is shown as waived, never as satisfied.
    """
    from grc.run.waiving import Wanted, covered, draft_waiver, place_waiver

    if (instead is None) != (instead_check is None):
        raise click.UsageError("--instead and --instead-check go together")
    desk = open_desk(workspace)
    wanted = Wanted(
        check=check,
        subject=subject,
        reason=reason,
        risk=risk,
        compensating=None if instead is None or instead_check is None else (instead, instead_check),
        requested_by=requested_by,
        approved_by=approved_by,
        approved_on=approved_on.date() if approved_on else today(desk.workspace.organisation.timezone),
        until=until.date().isoformat(),
        id=name,
    )
    drafted = draft_waiver(desk, wanted)
    found = covered(drafted.waiver, pack) if pack is not None else None
    if dry_run:
        click.echo(drafted.added, nl=False)
    else:
        place_waiver(drafted)
    done = "Would write" if dry_run else "Written"
    click.echo(printable(f"{done}: {drafted.waiver.id}, in {drafted.path}"))
    zone = desk.workspace.organisation.timezone
    click.echo(f"Counts from {drafted.waiver.approved_on} until the end of {until:%Y-%m-%d} ({zone}).")
    for line in _covered(found) if found is not None else ():
        click.echo(printable(line))
    return Exit.NOTHING_FAILED


def _covered(found: Covered) -> Iterator[str]:
    if not found.matching:
        yield f"It matches nothing: none of {counted(found.subjects, 'subject')} of the check in this pack."
        return
    yield f"It matches {found.matching:,} of {counted(found.subjects, 'subject')} of the check in this pack."
    fail = "fails" if len(found.failing) == 1 else "fail"
    yield f"Of these {len(found.failing):,} {fail}{':' if found.failing else '.'}"
    yield from (f"  {subject}" for subject in found.failing[:MOST])
    if len(found.failing) > MOST:
        yield f"  and {len(found.failing) - MOST} more"
