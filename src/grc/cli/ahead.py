"""What a plan or a template would fail, for the terminal: a pull request is decided by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Final

from grc.model.assessment import Observation
from grc.model.catalogue import Check, Severity
from grc.model.evidence import OF_RECORD, Gap, GapReason, Location
from grc.model.identifiers import CheckId, SubjectKey
from grc.model.status import Verdict

MOST: Final = 20
SHOWN: Final = (Verdict.FAIL, Verdict.UNKNOWN)
ORDER: Final = tuple(Severity)
"""The worst first."""
WHY: Final = {
    GapReason.NOT_TRANSLATED: "only a live system shows",
    GapReason.NOT_PROVIDED: "nothing that was read shows",
    GapReason.UNKNOWN_UNTIL_APPLY: "only known once applied",
}


def ahead_lines(
    observations: Iterable[Observation],
    checks: Mapping[CheckId, Check],
    located: Callable[[Container[SubjectKey]], Mapping[SubjectKey, Location]],
) -> Iterator[str]:
    """Each failure and each unknown seen ahead of deployment, the worst first; at most 20 of them, the rest counted.

    ``located`` tells where in a file subjects stand.
    """
    seen = [it for it in observations if it.origin not in OF_RECORD and it.verdict in SHOWN and it.waiver is None]
    if not seen:
        return
    yield ""
    yield "Ahead of deployment"
    seen.sort(key=lambda it: (SHOWN.index(it.verdict), ORDER.index(checks[it.check].severity), it.check, it.subject))
    places = located({it.key for it in seen[:MOST]})
    for it in seen[:MOST]:
        where = places.get(it.key)
        yield f"{it.verdict} ({checks[it.check].severity}): {f'{where}: ' if where else ''}{it.subject} in {it.place}"
        yield f"  {it.message or _unseen(it.gaps) or it.reason or checks[it.check].title} [{it.check}]"
    if len(seen) > MOST:
        yield f"and {len(seen) - MOST} more, which are in the report"


def _unseen(gaps: Iterable[Gap]) -> str:
    """What would have to be seen, and why it is not: "only known once applied: VpcId"."""
    paths: defaultdict[GapReason, dict[str, None]] = defaultdict(dict)
    for gap in gaps:
        paths[gap.reason][gap.path or "the whole resource"] = None
    return "; ".join(f"{WHY.get(reason, reason.replace('-', ' '))}: {', '.join(met)}" for reason, met in paths.items())
