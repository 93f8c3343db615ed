"""Reads ``applicability.yaml``: what a named person decided to apply, and what stands in for an addressable row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from grc.catalogue.dates import day_of, existing_day
from grc.catalogue.files import JsonPath, Source, read_one, repeats
from grc.catalogue.schema import meant
from grc.errors import DataError, Problem
from grc.model.assessment import Applicability
from grc.model.catalogue import Policy, Requirement
from grc.model.identifiers import RequirementId
from grc.model.tailoring import AddressableChoice, AddressableDecision, Implementation, Inclusion, Statement

FILE: Final = "applicability.yaml"
FORMAT: Final = "grc.applicability/1"
ADDRESSABLE: Final = "addressable"
OF_AN_INCLUSION: Final = ("included-for", "implemented", "planned-for", "how")
"""The keys of a decision that say how something that applies is carried out."""

Rows = Mapping[RequirementId, Requirement]
Entry = Mapping[str, Any]
Fault = tuple[str, str]


def load_applicability(folder: Path, policy: Policy) -> tuple[Applicability, ...]:
    """The decisions on what applies, by requirement; none when the workspace has no ``applicability.yaml``.

    Raises:
        DataError: with every problem of the file.
    """
    value = _sound(folder, policy)
    return tuple(sorted(map(_decision, value.get("decisions", ())), key=lambda decision: decision.requirement))


def load_statement(folder: Path, policy: Policy) -> Statement | None:
    """The head of the statement of applicability, where the workspace has one.

    Raises:
        DataError: with every problem of the file.
    """
    declared = _sound(folder, policy).get("statement")
    if declared is None:
        return None
    return Statement(
        version=declared["version"],
        on=day_of(declared["on"]),
        approved_by=declared["approved-by"],
        risk_assessment=declared["risk-assessment"],
    )


def load_addressable(folder: Path, policy: Policy) -> tuple[AddressableDecision, ...]:
    """The decisions on addressable rows, by requirement.

    Raises:
        DataError: with every problem of the file.
    """
    entries = _sound(folder, policy).get(ADDRESSABLE, ())
    return tuple(sorted(map(_addressable, entries), key=lambda decision: decision.requirement))


def rows_of(policy: Policy) -> Rows:
    """Every row of every catalogue, by id."""
    return {row.id: row for catalogue in policy.catalogues.values() for row in catalogue.requirements}


def no_requirement(name: str, rows: Rows) -> str:
    """What to say of a requirement that does not exist."""
    framework = name.partition(":")[0]
    near = meant(name, [row for row in rows if row.startswith(framework + ":")])
    return f"there is no requirement {name!r}{near}"


def _sound(folder: Path, policy: Policy) -> Entry:
    """The file as data, held against the policy; empty when there is none."""
    if not (folder / FILE).exists():
        return {}
    source = read_one(folder / FILE, FORMAT)
    problems = list(_problems(source, rows_of(policy)))
    if problems:
        raise DataError(problems)
    return source.value


def _problems(source: Source, rows: Rows) -> Iterator[Problem]:
    statement = source.value.get("statement")
    if statement and existing_day(statement["on"]) is None:
        yield source.problem(("statement", "on"), f"there is no day {statement['on']}")
    for entries, faults in (("decisions", _decision_faults), (ADDRESSABLE, _addressable_faults)):
        yield from repeats(source, entries, "requirement")
        for index, value in enumerate(source.value.get(entries, ())):
            at: JsonPath = (entries, index)
            for key, message in (*_requirement_faults(value, rows), *faults(value, rows)):
                yield source.problem((*at, key), message)


def _requirement_faults(value: Entry, rows: Rows) -> Iterator[Fault]:
    row = rows.get(RequirementId(value["requirement"]))
    if row is None:
        yield "requirement", no_requirement(value["requirement"], rows)
    elif row.counted_in is None:
        yield "requirement", f"{row.id} is not counted: decide on the counted rows below or above it"
    yield from _day_faults(value, "approved-on")


def _decision_faults(value: Entry, rows: Rows) -> Iterator[Fault]:
    yield from _day_faults(value, "planned-for", "reviewed-on")
    if not value["applicable"]:
        for key in OF_AN_INCLUSION:
            if key in value:
                yield key, "is about what applies, and this does not: leave it out, or say `applicable: true`"
    elif value.get("implemented") == "planned" and "planned-for" not in value:
        yield "implemented", "is 'planned': say for which day under `planned-for`"
    elif "planned-for" in value and value.get("implemented") != "planned":
        yield "planned-for", "goes with `implemented: planned` alone"


def _addressable_faults(value: Entry, rows: Rows) -> Iterator[Fault]:
    row = rows.get(RequirementId(value["requirement"]))
    if row is not None and row.designation != ADDRESSABLE:
        designated = f"it is {row.designation}" if row.designation else "it has no designation"
        yield "requirement", f"{row.id} is not addressable ({designated}): only an addressable row leaves a choice"
    yield from _day_faults(value, "review-on")
    choice = value["decision"]
    if choice != AddressableChoice.IMPLEMENT and "rationale" not in value:
        yield "decision", f"is {choice!r} without a `rationale`: write why it is not carried out as it stands"
    if choice == AddressableChoice.ALTERNATIVE and "alternative" not in value:
        yield "decision", "is 'alternative': describe the equivalent measure under `alternative`"
    if choice != AddressableChoice.ALTERNATIVE and "alternative" in value:
        yield "alternative", "goes with `decision: alternative` alone"
    approved, review = existing_day(value["approved-on"]), existing_day(value["review-on"])
    if approved and review and review <= approved:
        yield "review-on", "is not after the approval"


def _day_faults(value: Entry, *keys: str) -> Iterator[Fault]:
    for key in keys:
        if key in value and existing_day(value[key]) is None:
            yield key, f"there is no day {value[key]}"


def _decision(value: Entry) -> Applicability:
    return Applicability(
        requirement=RequirementId(value["requirement"]),
        applicable=value["applicable"],
        reason=value["reason"],
        approved_by=value["approved-by"],
        approved_on=day_of(value["approved-on"]),
        included_for=tuple(Inclusion(reason) for reason in value.get("included-for", ())),
        implemented=Implementation(value["implemented"]) if "implemented" in value else None,
        planned_for=day_of(value["planned-for"]) if "planned-for" in value else None,
        how=value.get("how"),
        owner=value.get("owner"),
        references=_texts(value, "references"),
        risks=_texts(value, "risks"),
        evidence=_texts(value, "evidence"),
        reviewed_on=day_of(value["reviewed-on"]) if "reviewed-on" in value else None,
    )


def _addressable(value: Entry) -> AddressableDecision:
    return AddressableDecision(
        requirement=RequirementId(value["requirement"]),
        choice=AddressableChoice(value["decision"]),
        factors=_texts(value, "factors"),
        rationale=value.get("rationale"),
        alternative=value.get("alternative"),
        evidence=_texts(value, "evidence"),
        approved_by=value["approved-by"],
        approved_on=day_of(value["approved-on"]),
        review_on=day_of(value["review-on"]),
    )


def _texts(value: Entry, key: str) -> tuple[str, ...]:
    declared: Sequence[str] = value.get(key, ())
    return tuple(declared)
