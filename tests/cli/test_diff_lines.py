"""How ``grc diff`` tells a change to a person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grc.assess.comparing import Change, Standing, Turn
from grc.cli.diff import difference_lines
from grc.model.catalogue import Severity
from grc.model.evidence import Origin
from grc.model.identifiers import CheckId, KindName, Place, SubjectId
from grc.run.comparing import Difference, Side

CHECK = CheckId("register.people.trained")
SAID = "Left on 2026-10-11T22:00:00Z"


APART = ((Place("file/base"),), (Place("file/infra"),))


def told(origin: Origin) -> str:
    change = Change(
        turn=Turn.BROKEN,
        check=CHECK,
        subject=(KindName("register.people"), Place("register/people"), SubjectId("P-1")),
        origin=origin,
        before=Standing.ABSENT,
        now=Standing.FAILED,
        message=SAID,
    )
    side = Side(path="a", pack="", assessment="", as_of=datetime(2026, 11, 1, tzinfo=UTC))
    found = Difference(
        earlier=side,
        later=side,
        policy=None,
        dropped=(),
        added=(),
        lost=(),
        apart=APART,
        changes=(change,),
        checks=(),
        requirements=(),
        titles={},
        severities={CHECK: Severity.HIGH},
        timezone="Europe/Berlin",
    )
    return "\n".join(difference_lines(found))


@pytest.mark.parametrize(
    ("origin", "said"),
    [(Origin.REGISTER, "Left on 2026-10-12"), (Origin.DOCUMENT, "Left on 2026-10-12"), (Origin.LIVE, SAID)],
)
def test_days_of_registers_and_documents_are_told_as_people_wrote_them(origin: Origin, said: str) -> None:
    assert f"P-1 (register/people) was not there. {said}\n" in told(origin) + "\n"


def test_folders_that_are_named_otherwise_are_said_not_to_compare() -> None:
    assert "The earlier one is about file/base, the later about file/infra, so nothing in them compares" in told(
        Origin.LIVE
    )
