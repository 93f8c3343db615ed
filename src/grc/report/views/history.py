"""What earlier packs say of a check that fails now: since when it has, and whether it had been put right between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from grc.model.assessment import CheckResult
from grc.model.identifiers import CheckId
from grc.model.status import Status
from grc.report.index import Index
from grc.report.text import instant, number
from grc.report.words import Words


def history(index: Index, words: Words, result: CheckResult) -> str:
    """When a failing check was first seen to fail, and that it does so again; empty where no earlier pack is known."""
    runs = [(it.assessment.as_of, _failed(it.assessment.checks, result.check)) for it in index.input.earlier]
    if not runs or result.status is not Status.NOT_SATISFIED:
        return ""
    failing = [moment for moment, failed in runs if failed]
    if not failing:
        return words.say("seen_first", n=number(len(runs)))
    since = [moment for moment, _ in takewhile(lambda run: run[1], reversed(runs))]
    return _told(words, failing, since)


def _told(words: Words, failing: Sequence[datetime], since: Sequence[datetime]) -> str:
    """``failing`` are the earlier runs in which it failed, ``since`` those of them that no other run parts from now."""
    if len(since) == len(failing):
        return words.say("seen_since", since=instant(failing[0]))
    begun = words.say("seen_again_since", since=instant(since[-1])) if since else words.say("seen_again_now")
    return words.say("seen_repeat", first=instant(failing[0]), begun=begun)


def _failed(results: Sequence[CheckResult], check: CheckId) -> bool:
    return any(it.check == check and it.status is Status.NOT_SATISFIED for it in results)
