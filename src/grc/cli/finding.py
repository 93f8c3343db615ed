"""``grc finding``: findings that people put on record, from their raising to their closing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from grc.cli.clock import now, today
from grc.cli.desk import open_desk
from grc.cli.exits import Exit
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json, format_option, printable
from grc.model.raised import FindingClass, RaisedFinding, RaisedResult

if TYPE_CHECKING:
    from grc.run.raising import FindingDraft, Treatment

Command = TypeVar("Command", bound=Callable[..., Any])
CLASSES: Final = [each.value for each in FindingClass]
day = click.DateTime(["%Y-%m-%d"])


def treatment_options(command: Command) -> Command:
    """Add what is done about a finding, which may be said when it is opened or when it is closed."""
    options = (
        click.option("--cause", metavar="TEXT", help="Why it came about."),
        click.option("--correction", metavar="TEXT", help="What puts the failure itself right."),
        click.option("--corrective-action", metavar="TEXT", help="What puts its cause right."),
        click.option("--effective-check", metavar="C", help="The check that is to show that the action worked."),
        click.option(
            "--effective-from",
            type=day,
            help="First day from which that check has to hold; goes with --effective-check.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(
    short_help="Put findings on record, close them, list them.",
    epilog=examples(
        "grc finding open --check aws.s3.bucket.policy-not-public ...", "grc finding list", "grc finding list PACK"
    ),
)
def finding() -> None:
    """Put findings on record: class, owner, due day, cause, what is done, and what shows that it worked.

    A file each in findings/ of the workspace, read by every assessment from then on and sealed with it. A finding on
    record moves no status.
    """


@finding.command(
    "open",
    epilog=examples(
        "grc finding open --check aws.s3.bucket.policy-not-public --class major --condition 'Exports were public' "
        "--raised-by 'Grace Example' --owner 'Ada Example' --due 2027-06-30"
    ),
)
@click.option("--check", metavar="C", help="The check that it is about.")
@click.option("--requirement", metavar="R", help="The requirement that it is about.")
@click.option("--class", "class_", type=click.Choice(CLASSES), required=True, help="How grave it is.")
@click.option("--condition", required=True, metavar="TEXT", help="What was found.")
@click.option("--raised-by", required=True, metavar="NAME", help="Who raises it.")
@click.option("--raised-on", type=day, help="Day on which it is raised (default: today).")
@click.option("--owner", required=True, metavar="NAME", help="Who has it to do.")
@click.option("--due", type=day, required=True, help="Last day by which it is to be closed.")
@click.option("--repeats", metavar="ID", help="An earlier finding that has come back.")
@treatment_options
@click.option("--id", "name", metavar="ID", help="Id and file name (default: the next free one, F-2026-001).")
@click.option("--dry-run", is_flag=True, help="Print the file, and write nothing.")
@workspace_option
def open_(
    check: str | None,
    requirement: str | None,
    class_: str,
    condition: str,
    raised_by: str,
    raised_on: datetime | None,
    owner: str,
    due: datetime,
    repeats: str | None,
    cause: str | None,
    correction: str | None,
    corrective_action: str | None,
    effective_check: str | None,
    effective_from: datetime | None,
    name: str | None,
    dry_run: bool,
    workspace: Path | None,
) -> int:
    """Put a finding on record, about a check, a requirement, or both."""
    from grc.run.raising import Raising, draft_finding

    desk = open_desk(workspace)
    said = Raising(
        id=name,
        class_=FindingClass(class_),
        condition=condition,
        check=check,
        requirement=requirement,
        raised_by=raised_by,
        raised_on=raised_on.date() if raised_on else today(desk.workspace.organisation.timezone),
        owner=owner,
        due=due.date(),
        repeats=repeats,
        treatment=_treatment(cause, correction, corrective_action, effective_check, effective_from),
    )
    _finish(draft_finding(desk, said), dry_run=dry_run)
    return Exit.NOTHING_FAILED


@finding.command(
    short_help="Close a finding, as another person than its owner.",
    epilog=examples(
        "grc finding close F-2026-001 --by 'Grace Example' --cause 'An old template' --correction 'Made private' "
        "--corrective-action 'The template is tested' --effective-check aws.s3.bucket.policy-not-public "
        "--effective-from 2027-07-01"
    ),
)
@click.argument("name", metavar="ID")
@click.option("--by", required=True, metavar="NAME", help="Who closes it: not its owner.")
@click.option("--on", type=day, help="Day of the closing (default: today).")
@treatment_options
@click.option("--dry-run", is_flag=True, help="Print what would be added, and write nothing.")
@workspace_option
def close(
    name: str,
    by: str,
    on: datetime | None,
    cause: str | None,
    correction: str | None,
    corrective_action: str | None,
    effective_check: str | None,
    effective_from: datetime | None,
    dry_run: bool,
    workspace: Path | None,
) -> int:
    """Close a finding: another person than its owner says that it is done.

    A nonconformity (major, minor) needs its cause, correction and corrective action. Closed is not yet effective: an
    assessment says whether its checks hold on evidence from the day on that was named (else from after the closing),
    and opens it again when one fails.
    """
    from grc.run.raising import draft_closing

    desk = open_desk(workspace)
    treatment = _treatment(cause, correction, corrective_action, effective_check, effective_from)
    day_of = on.date() if on else today(desk.workspace.organisation.timezone)
    _finish(draft_closing(desk, name, treatment, by, day_of), dry_run=dry_run)
    return Exit.NOTHING_FAILED


@finding.command("list", epilog=examples("grc finding list", "grc finding list packs/november --format json"))
@click.argument("pack", type=click.Path(path_type=Path), required=False)
@click.option("--assessment", "which", help="Which assessment of the pack (default: the latest).")
@format_option
@workspace_option
def list_(pack: Path | None, which: str | None, form: str, workspace: Path | None) -> int:
    """List the findings on record with where each stands.

    With PACK, as its assessment sealed them: open, overdue, closed, opened again because a check fails after the
    closing, or closed with nothing that shows yet that the action worked. Without, by the workspace's files alone.
    """
    from grc.run.raising import findings_in, findings_now

    if pack is None:
        as_of = now().replace(microsecond=0)
        found = findings_now(open_desk(workspace), as_of)
    else:
        as_of, found = findings_in(pack, which)
    if form == "json":
        from grc.canonical import plain
        from grc.report import raised_row

        echo_json([plain(raised_row(each)) for each in found])
        return Exit.NOTHING_FAILED
    for line in _listed(found, as_of):
        click.echo(printable(line))
    return Exit.NOTHING_FAILED


def _treatment(
    cause: str | None, correction: str | None, corrective: str | None, check: str | None, since: datetime | None
) -> Treatment:
    from grc.run.raising import Treatment

    if (check is None) != (since is None):
        raise click.UsageError("--effective-check and --effective-from go together")
    proof = None if check is None or since is None else (check, since.date())
    return Treatment(cause=cause, correction=correction, corrective_action=corrective, proof=proof)


def _finish(drafted: FindingDraft, *, dry_run: bool) -> None:
    from grc.run.raising import place_finding

    if dry_run:
        click.echo(drafted.added, nl=False)
    else:
        place_finding(drafted)
    done = "Would write" if dry_run else "Written"
    click.echo(printable(f"{done}: {drafted.finding.id}, in {drafted.path}"))
    click.echo("It counts from the next assessment on, and moves no status.")


def _listed(found: Sequence[RaisedResult], as_of: datetime) -> Iterator[str]:
    from grc.report import load_words, raised_line

    words = load_words()
    yield raised_line(found, words) or f"No finding is on record as of {as_of:%Y-%m-%d %H:%M} UTC."
    for each in found:
        state = words.say(f"raised_{each.state.value.replace('-', '_')}")
        grave = words.say(f"raised_{each.finding.class_.value}")
        yield f"{each.finding.id}: {state}, {grave}, {_about(each.finding)}"
        yield f"  {each.finding.condition}"
        yield f"  {each.reason}"


def _about(found: RaisedFinding) -> str:
    return ", ".join(each for each in (found.check, found.requirement) if each is not None)
