"""``grc diff``: what has become worse since an earlier pack, and what better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from grc.cli.desk import open_desk
from grc.cli.gating import EXITS, fail_on_option
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json, format_option, printable
from grc.model.catalogue import Severity
from grc.model.identifiers import CheckId, Place
from grc.model.wording import counted

if TYPE_CHECKING:
    from grc.assess.comparing import Change, StatusChange
    from grc.run.comparing import Difference, Side
    from grc.run.judged import PolicyChange

MOST: Final = 5
"""Subjects of a check that are named; JSON has them all."""
SAID: Final = {
    "broken": ("fails and did not", "fail and did not"),
    "undecided": ("cannot be decided any more", "cannot be decided any more"),
    "unseen": ("is not seen any more", "are not seen any more"),
    "accepted": ("fails, and is waived now", "fail, and are waived now"),
    "mended": ("failed and is mended", "failed and are mended"),
    "decided": ("is decided now, and passes", "are decided now, and pass"),
    "gone": ("failed and is gone", "failed and are gone"),
}
STOOD: Final = {
    "pass": "passed",
    "fail": "failed",
    "waived": "was waived",
    "unknown": "could not be decided",
    "not_applicable": "did not apply",
    "absent": "was not there",
    "not_run": "was not tested",
}


@click.command(
    epilog=examples(
        "grc diff packs/monday packs/tuesday",
        "grc diff main-pack pull-request-pack --fail-on high",
        "grc diff packs/2026-10 packs/2026-11 --format json",
    )
)
@click.argument("earlier", type=click.Path(path_type=Path))
@click.argument("later", type=click.Path(path_type=Path))
@fail_on_option
@workspace_option
@format_option
def diff(earlier: Path, later: Path, fail_on: str, workspace: Path | None, form: str) -> int:
    """Say what became worse between two packs, and what better.

    It goes down to the subject before each check. A failure whose subject is there no more is gone only where
    everything was seen; else it is not seen any more, which is no good news.

    \b
    Exit codes, about what has become worse: 0 nothing; 2 wrong use or data; 3 something fails
    that did not; 4 nothing does, but something is seen or decided no more.
    """
    from grc.run.comparing import compare_packs

    found = compare_packs(earlier, later, open_desk(workspace))
    if form == "json":
        echo_json(found.document())
    else:
        for line in difference_lines(found):
            click.echo(printable(line))
    return EXITS[found.gate(Severity(fail_on))]


def difference_lines(found: Difference) -> Iterator[str]:
    """What became worse and what better, in words."""
    yield f"From {_side(found.earlier)}"
    yield f"to   {_side(found.later)}"
    yield _policy(found.policy)
    if found.apart is not None:
        earlier, later = map(_named, found.apart)
        yield (
            f"The earlier one is about {earlier}, the later about {later}, so nothing in them compares: "
            "a place bears the name of its folder. Read both from folders of one name."
        )
    if found.dropped:
        yield f"{counted(len(found.dropped), 'check')} not run any more: {_named(found.dropped)}"
    if found.added:
        yield f"{counted(len(found.added), 'check')} run for the first time: {_named(found.added)}"
    for place, checks in _by_place(found.lost):
        yield f"{place} is not seen whole any more: {counted(len(checks), 'check')} ({_named(checks)})"
    for turn, count in found.counts.items():
        if count:
            yield ""
            one, many = SAID[turn]
            yield f"{count:,} {one if count == 1 else many}"
            yield from _changes(found, [change for change in found.changes if change.turn is turn])
    yield from _statuses(found, "requirement", found.requirements)
    if not (found.changes or found.requirements or found.checks or found.lost):
        yield "Nothing stands otherwise."


def _side(side: Side) -> str:
    return f"{side.path}, as of {side.as_of:%Y-%m-%d %H:%M} UTC ({side.pack[:19]})"


def _policy(change: PolicyChange | None) -> str:
    if change is None:
        return "The same policy judged both."
    told = [f"engine {' → '.join(change.engine)}"] if change.engine else []
    named = (("file", change.files), ("parametrised check", change.parameters), ("setting", change.settings))
    told += [f"{counted(len(names), noun)} ({_named(names)})" for noun, names in named if names]
    return f"The later one was not judged alike, so a change may come from there: {'; '.join(told)}"


def _by_place(lost: Sequence[tuple[CheckId, Place]]) -> Iterator[tuple[Place, list[CheckId]]]:
    for place, group in groupby(sorted(lost, key=itemgetter(1)), key=itemgetter(1)):
        yield place, [check for check, _ in group]


def _changes(found: Difference, changes: Sequence[Change]) -> Iterator[str]:
    """A turn's changes by check, the worst first."""
    severities, zone = list(Severity), ZoneInfo(found.timezone)
    ordered = sorted(changes, key=lambda it: (severities.index(found.severities[it.check]), it.check))
    for check, group in groupby(ordered, key=lambda it: it.check):
        held = list(group)
        yield f"  {found.severities[check].value:<8}  {check}: {found.titles.get(check, '')}"
        for change in held[:MOST]:
            yield f"    {_subject(change, zone)}"
        if len(held) > MOST:
            yield f"    and {len(held) - MOST:,} more: --format json names them all"


def _subject(change: Change, zone: ZoneInfo) -> str:
    from grc.report.dated import WRITTEN_BY_PEOPLE, in_days

    _, place, subject = change.subject
    told = change.message or change.reason
    if told and change.origin in WRITTEN_BY_PEOPLE:
        told = in_days(told, zone)
    return f"{subject} ({place}) {STOOD[change.before]}{f'. {told}' if told else ''}"


def _statuses(found: Difference, noun: str, changes: Sequence[StatusChange]) -> Iterator[str]:
    if changes:
        yield ""
        yield f"{counted(len(changes), noun)} with another status"
        for change in changes:
            before = "not there" if change.before is None else change.before.replace("_", " ")
            yield f"  {change.id} {found.titles.get(change.id, '')}: {before} → {change.now.replace('_', ' ')}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST:,} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more
