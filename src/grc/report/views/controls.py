"""The common controls: what the organisation does, what tests it, and which requirements it answers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from grc.model.assessment import ControlResult
from grc.model.identifiers import ControlId
from grc.report import anchors
from grc.report.index import Index
from grc.report.views.marks import Mark, mark
from grc.report.views.requirements import Answers, CheckLines, answers, check_lines
from grc.report.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlView:
    """One control and its checks. Advisory checks are findings that do not move its status."""

    anchor: str
    id: str
    title: str
    statement: str
    owner: str
    frequency: str
    mark: Mark
    reason: str
    deciding: CheckLines | None
    advisory: CheckLines | None
    out_of_scope: tuple[str, ...]
    answers: tuple[Answers, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Controls of one theme."""

    title: str
    controls: tuple[ControlView, ...]


def themes(index: Index, words: Words) -> tuple[Theme, ...]:
    """Every control of the assessment, by theme and then by id."""
    held = index.input.policy.controls

    def theme(control: ControlId) -> str:
        return held[control].theme if control in held else ""

    ordered = sorted(index.controls, key=lambda control: (theme(control), control))
    return tuple(
        Theme(title=title, controls=tuple(_control(index, words, index.controls[control]) for control in run))
        for title, run in groupby(ordered, key=theme)
    )


def _control(index: Index, words: Words, result: ControlResult) -> ControlView:
    control = index.input.policy.controls.get(result.control)
    return ControlView(
        anchor=anchors.anchor(result.control),
        id=result.control,
        title=control.title if control else result.control,
        statement=control.statement if control else "",
        owner=control.owner if control else "",
        frequency=control.frequency if control else "",
        mark=mark(words, result.status),
        reason=result.reason,
        deciding=check_lines(index, words, result.deciding),
        advisory=check_lines(index, words, result.advisory),
        out_of_scope=result.out_of_scope,
        answers=answers(index, index.requirements_of.get(result.control, ())),
    )
