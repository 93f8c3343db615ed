"""``grc period``: what the runs of a period show of how controls operated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from grc.cli.clock import now
from grc.cli.desk import open_desk
from grc.cli.gating import EXITS, fail_on_option
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json, printable
from grc.model.catalogue import Policy, Severity
from grc.model.identifiers import FrameworkId
from grc.model.overtime import CheckOverTime, Lapse, OverTime, RequirementOverTime, Stretch, by_worst, worst_first
from grc.model.wording import counted, lasting
from grc.model.workspace import Period

if TYPE_CHECKING:
    from grc.report.words import Words

MOST: Final = 5
"""Lapses of a check that are told; JSON has them all."""
DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog=examples(
        "grc period packs/2026-* --every 1",
        "grc period packs/* --from 2026-01-01 --to 2026-12-31 --every 7",
        "grc period packs/* --every 7 --format html --out period.html",
        "grc period packs/* --format json",
    )
)
@click.argument("packs", nargs=-1, required=True, metavar="PACK...", type=click.Path(path_type=Path))
@click.option("--from", "first", type=DAY, help="First day (default: the workspace's period, or of the first run).")
@click.option("--to", "last", type=DAY, help="Last day (default: the workspace's period, or of the last run).")
@click.option("--every", type=click.IntRange(1, 366), metavar="DAYS", help="A run was planned once in so many days.")
@fail_on_option
@workspace_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="How to tell it; html is a page for auditors.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where the page goes (html alone).")
@click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    help="Folder of templates of your own, before ours (repeatable).",
)
def period(
    packs: Sequence[Path],
    first: datetime | None,
    last: datetime | None,
    every: int | None,
    fail_on: str,
    workspace: Path | None,
    form: str,
    out: Path | None,
    templates: Sequence[Path],
) -> int:
    """Say how each check fared over the runs of a period.

    It tells how often a check fell short, on what, and for how long. A run shows a moment, and nothing is known of the
    time between two: so a failure lasted at least as long as runs saw it, and at most until a run saw it ended. With
    --every, a run that was planned and is missing is told.

    \b
    Exit codes: 0 nothing failed in any run; 2 wrong use or data; 3 something did; 4 nothing did,
    but something could not be decided, or a planned run is missing; 5 no run in the period.
    """
    from grc.run.overtime import document, gate, over_time

    if (form == "html") is (out is None):
        raise click.UsageError("--format html and --out go together: the page goes into a file")
    desk = open_desk(workspace)
    zone = ZoneInfo(desk.workspace.organisation.timezone)
    chosen = _period(first, last, desk.workspace.period)
    found = over_time(packs, chosen, every, zone, now())
    if form == "json":
        echo_json(document(found))
    elif out is not None:
        _page(found, zone, every, templates, out)
    else:
        for line in _lines(found, desk.policy, zone):
            click.echo(printable(line))
    return EXITS[gate(found, Severity(fail_on))]


def _page(found: OverTime, zone: ZoneInfo, every: int | None, templates: Sequence[Path], out: Path) -> None:
    from grc.catalogue import shipped
    from grc.cli.pack import put
    from grc.report import render_period
    from grc.run.overtime import period_input

    folders = (*templates, shipped() / "reports" / "templates")
    put(render_period(period_input(found, zone, every), folders), out)
    click.echo(f"Page: {printable(str(out))}")


def _period(first: datetime | None, last: datetime | None, declared: Period | None) -> Period | None:
    if first is None and last is None:
        return declared
    begins = first.date() if first else declared.first if declared else None
    ends = last.date() if last else declared.last if declared else None
    if begins is None or ends is None:
        raise click.UsageError("--from and --to go together where grc.yaml declares no period")
    return Period(first=begins, last=ends)


def _lines(found: OverTime, policy: Policy, zone: ZoneInfo) -> Iterator[str]:
    yield from _runs(found, zone)
    titles = {check.id: check.title for check in policy.checks.values()}
    held = by_worst(found)
    yield ""
    yield (
        f"{counted(len(found.checks), 'check')}: {len(held.short):,} with a failure in some run, "
        f"{len(held.undecided):,} without one and not decided in some run, "
        f"{len(held.waived):,} with waived failures alone, "
        f"{len(held.sound):,} sound or not applicable in every run that ran them"
    )
    if now_and_then := [check for check in found.checks if check.ran < len(found.runs)]:
        yield f"{counted(len(now_and_then), 'check')} not run in every run: --format json says in how many"
    for check in worst_first(held.short):
        yield ""
        yield f"{check.severity.value:<8}  {check.check}: {titles.get(check.check, '')}"
        yield f"  fell short in {check.fell_short:,} of {counted(check.ran, 'run')}{_undecided(check)}"
        for lapse in check.lapses[:MOST]:
            yield f"    {_lapse(lapse, zone)}"
        if len(check.lapses) > MOST:
            yield f"    and {len(check.lapses) - MOST:,} more: --format json names them all"
    if held.undecided:
        yield ""
        yield "Not decided in some run, and no failure seen"
        for check in held.undecided:
            yield f"  {check.check}: {check.undecided:,} of {counted(check.ran, 'run')}"
    yield from _requirements(found, policy)


def _runs(found: OverTime, zone: ZoneInfo) -> Iterator[str]:
    first, last = found.runs[0].collected.astimezone(zone), found.runs[-1].collected.astimezone(zone)
    yield f"{counted(len(found.runs), 'run')}, from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} ({zone.key})"
    yield f"Period: {_days(found.period, zone)}; longest time without a run: {_span(found.longest_gap.length)}"
    if found.planned:
        made = len(found.planned) - len(found.missed)
        yield f"Planned runs: {len(found.planned):,}; made: {made:,}; missing: {len(found.missed):,}"
    for missed in found.missed[:MOST]:
        yield f"  none: {_days(missed, zone)}"
    if len(found.missed) > MOST:
        yield f"  and {len(found.missed) - MOST:,} more: --format json names them all"
    judges = {run.judge for run in found.runs}
    if len(judges) > 1:
        yield f"Not one policy judged them but {len(judges):,}: `grc diff` of two runs says how they differ"
    if found.outside:
        yield f"{counted(len(found.outside), 'pack')} outside the period: left out"


def _undecided(check: CheckOverTime) -> str:
    return f", not decided in {check.undecided:,}" if check.undecided else ""


def _lapse(lapse: Lapse, zone: ZoneInfo) -> str:
    _, place, subject = lapse.subject
    since = f"sound on {_moment(lapse.sound_before, zone)}, " if lapse.sound_before else ""
    seen = f"failed on {_moment(lapse.first, zone)}"
    if lapse.last != lapse.first:
        seen += f" to {_moment(lapse.last, zone)}"
    end = f"{lapse.ending.value} by {_moment(lapse.ended_by, zone)}" if lapse.ended_by else "not seen to end"
    return f"{subject} ({place}): {since}{seen}, {end}: {_lasted(lapse)}"


def _lasted(lapse: Lapse) -> str:
    least, most = _span(lapse.at_least), lapse.at_most
    if most is None:
        return f"at least {least}" if lapse.at_least else "seen once"
    longest = _span(most, up=True)
    return f"{least} to {longest}" if lapse.at_least else f"at most {longest}"


def _requirements(found: OverTime, policy: Policy) -> Iterator[str]:
    from grc.report import load_words

    words = load_words()
    changed = [held for held in found.requirements if len(held.statuses) > 1]
    titles = {it.id: it.title for held in policy.catalogues.values() for it in held.requirements}
    yield ""
    yield (
        f"{counted(len(found.requirements), 'counted requirement')}: "
        f"{len(found.requirements) - len(changed):,} with one status in every run, {len(changed):,} with several"
    )
    for held in changed:
        yield f"  {held.requirement} {titles.get(held.requirement, '')}: {_counted(held, words)}"


def _counted(held: RequirementOverTime, words: Words) -> str:
    """The statuses in the words of the framework, with how many runs came to each."""
    framework = FrameworkId(held.requirement.partition(":")[0])
    counts = ((words.status(status, framework).word, count) for status, count in held.statuses.items())
    return ", ".join(f"{word} in {count:,}" for word, count in counts)


def _days(stretch: Stretch, zone: ZoneInfo) -> str:
    begins, ends = _day(stretch.begins, zone), _day(stretch.ends - timedelta(microseconds=1), zone)
    return str(begins) if begins == ends else f"{begins} to {ends}"


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""


def _span(length: timedelta, *, up: bool = False) -> str:
    """``3 days 4 hours``; minutes where it is less than an hour."""
    return " ".join(counted(count, noun) for count, noun in lasting(length, up=up))
