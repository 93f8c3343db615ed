"""Days, instants and lengths of a period, as its page writes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from grc.model.overtime import Lapse, Stretch
from grc.model.wording import lasting
from grc.report.words import Words


def moment(at: datetime, zone: ZoneInfo) -> str:
    """``2026-03-02 03:00``, in a time zone that the page names."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def days(words: Words, stretch: Stretch, zone: ZoneInfo) -> str:
    """``2026-03-02``, or ``2026-03-02 to 2026-03-08`` with both days within."""
    first = stretch.begins.astimezone(zone).date()
    last = (stretch.ends - timedelta(microseconds=1)).astimezone(zone).date()
    return first.isoformat() if first == last else words.say("period", first=first, last=last)


def length(words: Words, span: timedelta, *, up: bool = False) -> str:
    """``3 days 4 hours``; rounded down, or ``up``."""
    return " ".join(words.count(count, noun) for count, noun in lasting(span, up=up))


def lasted(words: Words, lapse: Lapse) -> str:
    """How long a failure lasted, between its bounds."""
    least, most = length(words, lapse.at_least), lapse.at_most
    if most is None:
        return words.say("lapse_least", least=least) if lapse.at_least else words.say("lapse_once")
    longest = length(words, most, up=True)
    if not lapse.at_least:
        return words.say("lapse_most", most=longest)
    return words.say("lapse_between", least=least, most=longest)
