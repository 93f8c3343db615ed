"""The clinic's statement of applicability, a row a control, and its decisions on addressable specifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

COUNTS: Final = {5: 37, 6: 8, 7: 14, 8: 34}
LEFT_OUT: Final = {"A.8.30": "The clinic has no software developed for it"}
PLANNED: Final = {"A.5.7": "D+60", "A.8.12": "D-14", "A.8.16": "D+120"}
"""What is not in place yet, and until when. The leakage of data is late."""
CITATIONS: Final = (
    *(f"164.308(a)(3)(ii)({letter})" for letter in "ABC"),
    *(f"164.308(a)(4)(ii)({letter})" for letter in "BC"),
    *(f"164.308(a)(5)(ii)({letter})" for letter in "ABCD"),
    *(f"164.308(a)(7)(ii)({letter})" for letter in "DE"),
    *(f"164.310(a)(2)({number})" for number in ("i", "ii", "iii", "iv")),
    *(f"164.310(d)(2)({number})" for number in ("iii", "iv")),
    *(f"164.312({rest}" for rest in ("a)(2)(iii)", "a)(2)(iv)", "c)(2)", "e)(2)(i)", "e)(2)(ii)")),
)
ALTERNATIVE: Final = "164.312(a)(2)(iii)"


def _control(number: str) -> Mapping[str, Any]:
    row: dict[str, Any] = {"control_id": number, "owner": "C-007", "approved_by": "C-005", "approved_on": "D-100"}
    if number in LEFT_OUT:
        return {**row, "applicable": False, "justification": LEFT_OUT[number]}
    row |= {
        "applicable": True,
        "justification": "Patient data and its systems depend on it",
        "drivers": ["risk", "law"],
    }
    if number in PLANNED:
        return {**row, "implemented": "planned", "planned_on": PLANNED[number]}
    return {**row, "implemented": "yes", "implementation_ref": f"ISMS-{number}", "evidence_refs": [f"E-{number}"]}


def _decision(citation: str) -> Mapping[str, Any]:
    row: dict[str, Any] = {"citation": citation, "decided_by": "C-005", "decided_on": "D-100", "review_on": "D+265"}
    if citation != ALTERNATIVE:
        return {**row, "decision": "implement", "evidence_refs": [f"E-{citation}"]}
    return {
        **row,
        "decision": "alternative",
        "factors": "The ward terminal must stay readable in an emergency",
        "rationale": "A session that ends by itself would hide the chart while staff treat the patient",
        "alternative_measure": "The terminal stands in a staffed room and locks when the badge is taken away",
        "evidence_refs": ["DOC-WARD-3"],
    }


ANNEX_A: Final[Sequence[Mapping[str, Any]]] = tuple(
    _control(f"A.{theme}.{number}") for theme, count in COUNTS.items() for number in range(1, count + 1)
)
ADDRESSABLE: Final[Sequence[Mapping[str, Any]]] = tuple(_decision(citation) for citation in CITATIONS)
