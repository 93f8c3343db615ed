"""``grc attest``: a person's dated statement on what no system shows."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from grc.cli.clock import here
from grc.cli.desk import open_desk
from grc.cli.exits import Exit
from grc.cli.options import examples, workspace_option
from grc.cli.output import printable
from grc.model.attestation import Conclusion, Standing
from grc.model.workspace import Period
from grc.run.desk import Desk

if TYPE_CHECKING:
    from grc.run.attesting import Draft
    from grc.run.stated import Change

ASKED: Final = {
    "control": "The control it is about",
    "statement": "What you state, in your words",
    "who": "Your name",
    "role": "Your role",
}
"""What has to be said, and how a terminal asks for it."""
day = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog=examples(
        "grc attest --control duties-separated --who 'Ada Example' --role 'head of platform' "
        "--statement 'No one both asks for access and grants it' --file exhibits/duties.pdf",
        "grc attest --control security-policy-approved --part iso27001:A.5.1/policy --not-met ...",
    )
)
@click.option("--control", metavar="C", help="The control that it is about.")
@click.option(
    "--part",
    "parts",
    metavar="REQUIREMENT/PART",
    multiple=True,
    help="A part that it answers for (repeatable; default: all that await a person).",
)
@click.option("--statement", metavar="TEXT", help="What is stated, in the person's words.")
@click.option("--who", metavar="NAME", help="Who states it.")
@click.option("--role", metavar="ROLE", help="In what role.")
@click.option("--not-met", is_flag=True, help="State that it is not met.")
@click.option("--signed-on", type=day, help="Day of the signature (default: today).")
@click.option("--from", "first", type=day, help="First day that it is about (default: as the workspace's period).")
@click.option("--to", "last", type=day, help="Last day that it is about (default: the day of the signature).")
@click.option("--valid-until", type=day, help="Last day on which it counts (default: a year after --to; at most that).")
@click.option(
    "--file", "files", metavar="PATH", multiple=True, help="A file of the workspace that shows it (repeatable)."
)
@click.option("--reviewed-by", metavar="NAME", help="Who has reviewed it: another person.")
@click.option(
    "--reviewed-on", type=day, help="Day of the review (default: today, or the day of the signature if that is later)."
)
@click.option("--id", "name", metavar="ID", help="Id and file name (default: the control and the day).")
@click.option("--dry-run", is_flag=True, help="Print the file and what it would change, and write nothing.")
@workspace_option
def attest(
    control: str | None,
    parts: Sequence[str],
    statement: str | None,
    who: str | None,
    role: str | None,
    not_met: bool,
    signed_on: datetime | None,
    first: datetime | None,
    last: datetime | None,
    valid_until: datetime | None,
    files: Sequence[str],
    reviewed_by: str | None,
    reviewed_on: datetime | None,
    name: str | None,
    dry_run: bool,
    workspace: Path | None,
) -> int:
    """Record that a person answers for what no system shows.

    The statement goes into attestations/, a file each, and counts from the next assessment on. It answers parts of
    the control that no check answers: documents, interviews, and records if they are named with --file. It never
    stands in for a technical test or for a check. What is missing is asked for where there is a terminal.
    """
    from grc.run.attesting import Said, draft, place

    desk = open_desk(workspace)
    asked = _asked(control=control, statement=statement, who=who, role=role)
    now = here(desk.workspace.organisation.timezone)
    signed = signed_on.date() if signed_on else now.date()
    period = _period(desk, signed, first, last)
    until = valid_until.date() if valid_until else period.last + timedelta(days=365)
    said = Said(
        control=asked["control"],
        parts=parts,
        conclusion=Conclusion.NOT_MET if not_met else Conclusion.MET,
        statement=asked["statement"],
        who=asked["who"],
        role=asked["role"],
        signed_on=signed,
        period=period,
        valid_until=until.isoformat(),
        files=files,
        reviewed_by=reviewed_by,
        reviewed_on=reviewed_on.date() if reviewed_on else max(now.date(), signed) if reviewed_by else None,
        id=f"{asked['control']}-{signed}" if name is None else name,
    )
    drafted = draft(desk, said, now)
    if dry_run:
        click.echo(drafted.text, nl=False)
    else:
        place(drafted)
    for line in drafted_lines(drafted, until, desk.workspace.organisation.timezone, written=not dry_run):
        click.echo(printable(line))
    return Exit.NOTHING_FAILED


def _asked(**given: str | None) -> dict[str, str]:
    """What was given, and on a terminal the rest as it is answered."""
    missing = [name for name, value in given.items() if value is None]
    if missing and not sys.stdin.isatty():
        raise click.UsageError(f"missing: {', '.join(f'--{name}' for name in missing)}")
    return {name: click.prompt(ASKED[name]) if value is None else value for name, value in given.items()}


def _period(desk: Desk, signed: date, first: datetime | None, last: datetime | None) -> Period:
    """The days that a statement is about: as given, else those of the workspace's period until the signature."""
    declared = desk.workspace.period
    end = last.date() if last else min(signed, declared.last) if declared else signed
    begin = first.date() if first else min(declared.first, end) if declared else end
    return Period(first=begin, last=end)


def drafted_lines(drafted: Draft, until: date, zone: str, *, written: bool) -> Iterator[str]:
    """What a statement changes and what it leaves as it is, line by line."""
    made = drafted.attestation
    yield f"{'Written' if written else 'Would write'}: {drafted.path}"
    about = f"about {made.period.first} to {made.period.last}"
    yield f"Counts from {made.signed_on} until the end of {until} ({zone}), {about}."
    if drafted.standing is not Standing.COUNTS:
        yield f"Not in force yet: {drafted.reason}"
    for change in drafted.changes:
        yield f"  {change.about.requirement}/{change.about.part}: {_became(change)}"
    yield f"Parts that statements answer: {drafted.answered_before} before, {drafted.answered_after} after."
    yield "Technical parts and every part that a check answers stay as they are."


def _became(change: Change) -> str:
    was, now = (status.value.replace("_", " ") for status in (change.before, change.after))
    moved = f"stays {now}" if was == now else f"{was}, becomes {now}"
    waits = f"; waits for {', '.join(change.waits_for)}" if change.waits_for else ""
    return moved + waits
