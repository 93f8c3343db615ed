"""The catalogues and common controls as data: whole, in the publisher's order, in our own words, mapped with care."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from grc import kinds
from grc.catalogue.loading import Loaded, load_all
from grc.cli.explain import find, in_words
from grc.model.catalogue import (
    Catalogue,
    Check,
    Control,
    Mapped,
    Method,
    Policy,
    Relation,
    Requirement,
    RequirementKind,
)
from grc.model.identifiers import FrameworkId

ROOT = Path(__file__).parent.parent.parent
REFERENCE = ROOT.parent / "shared" / "reference"

ROWS = {"iso27001": 134, "cobit": 271, "hipaa": 161, "gdpr": 375}
COUNTED = {
    "iso27001": {"annex-a": 93, "clauses": 30},
    "cobit": {"practices": 231},
    "hipaa": {"duties": 123},
    "gdpr": {"duties": 121},
}
STATUTORY = {
    "Purpose limitation",
    "Data minimisation",
    "Storage limitation",
    "Integrity and confidentiality",
    "Security of processing",
    "Data protection impact assessment",
    "Data protection by design and by default",
}
ORGANISATION = {"C", "P", "DPO"}


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_all([ROOT], kinds.load(), examples=False)


@pytest.fixture(scope="module")
def policy(loaded: Loaded) -> Policy:
    return loaded.policy()


@pytest.fixture(scope="module")
def rows(policy: Policy) -> Mapping[str, Requirement]:
    return {row.id: row for catalogue in policy.catalogues.values() for row in catalogue.requirements}


def catalogue_of(policy: Policy, framework: str) -> Catalogue:
    return policy.catalogues[FrameworkId(framework)]


def reference(name: str) -> list[dict[str, str]]:
    path = REFERENCE / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{name}.csv is not beside this checkout")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def mappings(policy: Policy) -> Iterator[tuple[Control, Mapped]]:
    return ((control, mapped) for control in policy.controls.values() for mapped in control.maps)


def checks_of(control: Control) -> tuple[str, ...]:
    return (*control.deciding, *control.advisory)


def rests_on_a_register(check: Check) -> bool:
    """Whether a check reads what people keep: as its subject, or joined to it."""
    return any(kind.startswith(("register.", "document.")) for kind in (check.kind, *(it.kind for it in check.relate)))


def test_catalogues_and_mappings_have_no_problem(loaded: Loaded) -> None:
    """Whether the listed checks exist is asked where the checks are tested."""
    ours = [problem for problem in loaded.problems if Path(problem.path).is_relative_to(ROOT / "controls")]
    assert [str(problem) for problem in ours if ".checks." not in problem.at] == []


# Whole and in order


def test_there_are_four_frameworks(policy: Policy) -> None:
    assert {str(name) for name in policy.catalogues} == set(ROWS)


@pytest.mark.parametrize("framework", ROWS)
def test_every_row_is_there(policy: Policy, framework: str) -> None:
    codes = [row.code for row in catalogue_of(policy, framework).requirements]
    assert len(codes) == len(set(codes)) == ROWS[framework]


@pytest.mark.parametrize("framework", COUNTED)
def test_counted_sets_hold_as_many_as_they_say(policy: Policy, framework: str) -> None:
    catalogue = catalogue_of(policy, framework)
    assert {counted.id: counted.count for counted in catalogue.counted_sets} == COUNTED[framework]
    assert Counter(row.counted_in for row in catalogue.requirements if row.counted_in) == COUNTED[framework]


@pytest.mark.parametrize(
    ("framework", "name", "column"),
    [
        ("iso27001", "iso27001_2022", "id"),
        ("cobit", "cobit2019", "id"),
        ("hipaa", "hipaa", "citation"),
        ("gdpr", "gdpr", "id"),
    ],
)
def test_ids_and_order_are_the_publishers(policy: Policy, framework: str, name: str, column: str) -> None:
    codes = [row.code for row in catalogue_of(policy, framework).requirements]
    assert codes == [line[column] for line in reference(name)]


@pytest.mark.parametrize(("name", "framework", "column"), [("hipaa", "hipaa", "parent"), ("gdpr", "gdpr", "parent_id")])
def test_parents_are_the_publishers(policy: Policy, name: str, framework: str, column: str) -> None:
    parents = [row.parent for row in catalogue_of(policy, framework).requirements]
    assert parents == [f"{framework}:{line[column]}" if line[column] else None for line in reference(name)]


def test_annex_a_has_its_four_themes(policy: Policy) -> None:
    annex = [row for row in catalogue_of(policy, "iso27001").requirements if row.counted_in == "annex-a"]
    assert Counter(row.code.split(".")[1] for row in annex) == {"5": 37, "6": 8, "7": 14, "8": 34}
    assert {row.group for row in annex if row.code.startswith("A.6")} == {"People controls"}


def test_clauses_that_are_divided_are_headings(policy: Policy) -> None:
    headings = [
        row.code for row in catalogue_of(policy, "iso27001").requirements if row.kind is RequirementKind.HEADING
    ]
    assert headings == ["4", "5", "6", "6.1", "7", "7.5", "8", "9", "9.2", "9.3", "10"]


def test_every_practice_stands_under_its_objective(policy: Policy) -> None:
    catalogue = catalogue_of(policy, "cobit")
    objectives = [row.id for row in catalogue.requirements if row.kind is RequirementKind.HEADING]
    practices = [row for row in catalogue.requirements if row.kind is RequirementKind.ASSESSABLE]
    assert len(objectives) == 40
    assert all(row.parent == f"cobit:{row.code.partition('.')[0]}" for row in practices)
    assert {row.parent for row in practices} == set(objectives)


# The publisher's facts


def test_security_rule_has_the_standards_and_specifications_that_hhs_counts(policy: Policy) -> None:
    security = [row for row in catalogue_of(policy, "hipaa").requirements if row.attributes["rule"] == "security"]
    provisions = Counter(row.attributes["provision"] for row in security)
    assert provisions["standard"] == 22
    assert provisions["implementation specification"] == 49
    titled = [
        row
        for row in security
        if row.attributes["provision"] == "implementation specification"
        and row.code[:7] in ("164.308", "164.310", "164.312")
    ]
    assert Counter(row.designation for row in titled) == {"required": 14, "addressable": 22}


def test_designations_are_the_publishers(policy: Policy) -> None:
    designations = [row.designation for row in catalogue_of(policy, "hipaa").requirements]
    assert designations == [line["designation"] or None for line in reference("hipaa")]


@pytest.mark.parametrize(
    "code", ["164.308(a)(5)(ii)(B)", "164.308(a)(5)(ii)(C)", "164.312(a)(2)(iii)", "164.312(a)(2)(iv)"]
)
def test_addressable_specifications_are_not_left_unmarked(rows: Mapping[str, Requirement], code: str) -> None:
    assert rows[f"hipaa:{code}"].designation == "addressable"


def test_written_contract_is_b_3(rows: Mapping[str, Requirement]) -> None:
    assert "hipaa:164.308(b)(4)" not in rows
    assert rows["hipaa:164.308(b)(3)"].counted_in == "duties"


def test_secure_coding_is_not_forgotten(rows: Mapping[str, Requirement]) -> None:
    assert rows["iso27001:A.8.28"].counted_in == "annex-a"


def test_vacated_attestations_are_not_assessed(rows: Mapping[str, Requirement]) -> None:
    row = rows["hipaa:164.509"]
    assert row.kind is RequirementKind.HEADING
    assert row.counted_in is None
    assert "vacated" in (row.note or "")


def test_duty_holders_are_the_publishers(policy: Policy) -> None:
    holders = [row.duty_holder for row in catalogue_of(policy, "gdpr").requirements]
    assert holders == [tuple(line["duty_holder"].split(",")) for line in reference("gdpr")]


def test_duties_of_authorities_are_not_assessed(policy: Policy, rows: Mapping[str, Requirement]) -> None:
    assert rows["gdpr:Art.47(1)"].kind is RequirementKind.HEADING
    for row in catalogue_of(policy, "gdpr").requirements:
        if row.kind is RequirementKind.ASSESSABLE:
            assert ORGANISATION & set(row.duty_holder), row.id


def test_gdpr_rows_are_what_the_reference_says(policy: Policy) -> None:
    """A duty is assessable unless it lies in the rows below it; a required content is content."""
    lines = reference("gdpr")
    divided = {line["parent_id"] for line in lines if line["assessable"] == "yes"} - {"Art.32(1)"}
    authority = {"Art.47(1)", "Art.47(1)(a)", "Art.47(1)(b)", "Art.47(1)(c)"}
    for row, line in zip(catalogue_of(policy, "gdpr").requirements, lines, strict=True):
        duty = line["assessable"] == "yes" and row.code not in divided | authority
        assert (row.kind is RequirementKind.ASSESSABLE) == duty, row.id
        if line["assessable"] == "content-item" and row.code not in authority:
            assert row.kind is RequirementKind.CONTENT, row.id


def test_iso_facts_are_the_references(policy: Policy) -> None:
    for row, line in zip(catalogue_of(policy, "iso27001").requirements, reference("iso27001_2022"), strict=True):
        types = line["control_type"].split(";") if line["control_type_check"] == "cross-checked" else []
        assert list(row.attributes.get("control-type", ())) == types, row.id
        assert row.attributes.get("new-in-2022", False) == (line["new_in_2022"] == "yes"), row.id
        assert ("documented-information" in row.attributes) == bool(line["mandatory_documented_information"]), row.id


def test_activities_per_level_are_the_references(policy: Policy) -> None:
    for row, line in zip(catalogue_of(policy, "cobit").requirements, reference("cobit2019"), strict=True):
        if line["kind"] == "practice":
            levels = [row.attributes[f"activities-level-{level}"] for level in range(2, 6)]
            assert levels == [int(line[f"activities_level{level}"]) for level in range(2, 6)], row.id


def test_names_that_may_be_used_are_used(policy: Policy) -> None:
    """Short control titles and objective names are the publisher's."""
    iso = {row.code: row.title for row in catalogue_of(policy, "iso27001").requirements}
    cobit = {row.code: row.title for row in catalogue_of(policy, "cobit").requirements}
    assert iso == {line["id"]: line["short_title"] for line in reference("iso27001_2022")}
    for line in reference("cobit2019"):
        assert (cobit[line["id"]] == line["title"]) == (line["kind"] == "objective"), line["id"]


# In our own words


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def longest_common_run(one: str, other: str) -> int:
    """The most words in a row that two titles share."""
    first, second = words(one), words(other)
    return max(
        (
            length
            for length in range(1, len(first) + 1)
            for start in range(len(first) - length + 1)
            for there in range(len(second) - length + 1)
            if first[start : start + length] == second[there : there + length]
        ),
        default=0,
    )


def test_longest_common_run() -> None:
    assert longest_common_run("Manage user identity and access", "To manage user identity well") == 3
    assert longest_common_run("one", "two") == 0


@pytest.mark.parametrize(("framework", "name"), [("cobit", "cobit2019"), ("gdpr", "gdpr")])
def test_titles_are_our_own_words(policy: Policy, framework: str, name: str) -> None:
    lines = [line for line in reference(name) if line["kind"] != "objective"]
    theirs = {" ".join(words(line["title"])) for line in lines}
    ours = {row.code: row.title for row in catalogue_of(policy, framework).requirements}
    for line in lines:
        title = ours[line["id"]]
        if title in STATUTORY:
            continue
        assert " ".join(words(title)) not in theirs, line["id"]
        assert longest_common_run(title, line["title"]) < 6, line["id"]


@pytest.mark.parametrize("framework", ROWS)
def test_titles_are_short_and_tell_siblings_apart(policy: Policy, framework: str) -> None:
    seen = Counter((row.group, row.parent, row.title) for row in catalogue_of(policy, framework).requirements)
    assert [key for key, times in seen.items() if times > 1] == []
    assert [row.id for row in catalogue_of(policy, framework).requirements if len(row.title) > 110] == []


# Parts


def test_a_counted_row_above_others_has_parts_of_its_own(policy: Policy) -> None:
    for catalogue in policy.catalogues.values():
        above = {row.parent for row in catalogue.requirements if row.kind is RequirementKind.ASSESSABLE}
        for row in catalogue.requirements:
            assert not (row.id in above and row.counted_in and not row.parts), row.id


def test_no_part_is_pending(rows: Mapping[str, Requirement]) -> None:
    assert [row.id for row in rows.values() if row.parts is None] == []


def test_no_requirement_is_shown_by_configuration_alone(policy: Policy, rows: Mapping[str, Requirement]) -> None:
    """What a machine reads is never all: another method, or a part that a person answers, stands beside it."""
    meeting = defaultdict(list)
    for control, mapped in mappings(policy):
        if mapped.relation is Relation.MEETS:
            meeting[mapped.requirement, mapped.part].append(mapped.answered_by(control.deciding))
    met = {part for part, answers in meeting.items() if all(answers)}
    for row in rows.values():
        if row.counted_in is not None and row.parts:
            left = [part for part in row.parts if part.method is not Method.TECHNICAL or (row.id, part.id) not in met]
            assert left, row.id


def test_every_practice_has_one_accountable_and_a_rating(policy: Policy) -> None:
    for row in catalogue_of(policy, "cobit").requirements:
        shared = [part.id for part in row.parts or () if part.id in ("accountable", "rated")]
        assert shared == (["accountable", "rated"] if row.counted_in else []), row.id


def test_addressable_specifications_leave_room_for_a_decision(rows: Mapping[str, Requirement]) -> None:
    """164.306(d)(3): where it is not carried out, the documented decision stands in its place."""
    for code in ("164.312(a)(2)(iv)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"):
        parts = rows[f"hipaa:{code}"].parts or ()
        assert any("decision not to is documented" in part.show for part in parts), code


def test_parts_are_sentences_with_evidence(rows: Mapping[str, Requirement]) -> None:
    for row in rows.values():
        for part in row.parts or ():
            assert part.show.endswith("."), (row.id, part.id)
            assert len(words(part.show)) >= 6, (row.id, part.id)
            assert part.evidence, (row.id, part.id)


# Mappings


def test_mappings_lead_to_parts(policy: Policy, rows: Mapping[str, Requirement]) -> None:
    for control, mapped in mappings(policy):
        assert mapped.part in {part.id for part in rows[mapped.requirement].parts or ()}, (
            control.id,
            mapped.requirement,
        )


def test_every_mapping_says_why(policy: Policy) -> None:
    rationales = [mapped.rationale for _, mapped in mappings(policy)]
    assert [text for text in rationales if len(words(text)) < 12] == []
    assert [text for text, times in Counter(rationales).items() if times > 1] == []


def test_every_check_stands_in_a_control_that_is_mapped(policy: Policy) -> None:
    mapped = {check for control in policy.controls.values() if control.maps for check in checks_of(control)}
    assert [check for check in policy.checks if check not in mapped] == []


def test_what_people_wrote_or_know_is_not_met_by_configuration(policy: Policy, rows: Mapping[str, Requirement]) -> None:
    methods = {(row.id, part.id): part.method for row in rows.values() for part in row.parts or ()}
    for control, mapped in mappings(policy):
        if mapped.relation is Relation.MEETS and methods[mapped.requirement, mapped.part] is not Method.TECHNICAL:
            answering = mapped.answered_by(control.deciding)
            shown = [check for check in answering if rests_on_a_register(policy.checks[check])]
            assert shown or not answering, (control.id, mapped.requirement, mapped.part)


def test_some_control_meets_every_part(policy: Policy, rows: Mapping[str, Requirement]) -> None:
    """Each part of each requirement is answered, by a check or a person; COBIT's shared ones are the assessor's own."""
    met = {(mapped.requirement, mapped.part) for _, mapped in mappings(policy) if mapped.relation is Relation.MEETS}
    parts = {(row.id, part.id) for row in rows.values() for part in row.parts or ()}
    assert {part for part in parts - met if part[1] not in ("accountable", "rated")} == set()


@pytest.mark.parametrize("control", ["crypto-at-rest", "second-factor", "no-public-storage", "databases-backed-up"])
def test_main_controls_answer_all_four(policy: Policy, control: str) -> None:
    maps = next(entry.maps for name, entry in policy.controls.items() if name == control)
    assert {mapped.requirement.partition(":")[0] for mapped in maps} == set(ROWS)


MACHINES = r"(?!(register|document)\.).*"
"""Checks that read a configuration. A register may say what none of them can."""
KNOWN_MISTAKES = {
    "risk analysis is not a recorder that is on": (
        [
            r"hipaa:164\.308\(a\)\(1\)\(ii\)\([AB]\)",
            r"iso27001:6\.1.*",
            r"iso27001:8\.[23]",
            r"gdpr:Art\.32\(2\)",
            r"gdpr:Art\.35.*",
            r"cobit:(APO12|EDM03).*",
        ],
        MACHINES,
    ),
    "a record of processing is not a log of calls": ([r"gdpr:Art\.30.*"], MACHINES),
    "encryption at rest is not transmission security, and not masking": (
        [
            r"hipaa:164\.312\(e\).*",
            r"iso27001:A\.5\.14",
            r"iso27001:A\.8\.11",
            r"iso27001:A\.8\.2[0-2]",
            r"cobit:DSS05\.02",
        ],
        # Listeners and traffic between nodes are in transit, whatever the names of their checks.
        r"(?!.*\.(encrypted-listeners|node-to-node-encryption)$).*(encrypt|\.kms\.|customer-managed).*",
    ),
    "segregation of duties is not the existence of a role": (
        [r"iso27001:A\.5\.3", r"cobit:DSS06\.03"],
        r"aws\.iam\.role\..*",
    ),
    "oversight by the board is not a policy on access": (
        [r"cobit:EDM.*", r"iso27001:5.*", r"iso27001:9\.3.*"],
        MACHINES,
    ),
    "ending access is not changing keys": (
        [r"hipaa:164\.308\(a\)\(3\)\(ii\)\(C\)", r"iso27001:A\.6\.5"],
        r"(aws\.kms|aws\.iam\.user\.(access-)?key).*",
    ),
    "training is not a technical setting": ([r"iso27001:A\.6\.3", r"hipaa:164\.308\(a\)\(5\)\(i\)"], MACHINES),
    "physical safeguards are not cloud settings": ([r"iso27001:A\.7\..*", r"hipaa:164\.310.*"], MACHINES),
}
"""What other tools map: requirements, and the checks that say nothing about them."""


@pytest.mark.parametrize("mistake", KNOWN_MISTAKES)
def test_known_mapping_mistakes_are_not_made(policy: Policy, mistake: str) -> None:
    requirements, check = KNOWN_MISTAKES[mistake]
    for control, mapped in mappings(policy):
        if any(re.fullmatch(requirement, mapped.requirement) for requirement in requirements):
            answering = mapped.answered_by(control.deciding)
            read = [name for name in answering if not rests_on_a_register(policy.checks[name])]
            wrong = [name for name in read if re.fullmatch(check, name)]
            assert not wrong, (control.id, mapped.requirement)


@pytest.mark.parametrize("mistake", KNOWN_MISTAKES)
def test_known_mistakes_name_requirements_that_exist(rows: Mapping[str, Requirement], mistake: str) -> None:
    requirements, _ = KNOWN_MISTAKES[mistake]
    for requirement in requirements:
        assert any(re.fullmatch(requirement, row) for row in rows), requirement


# Controls


def test_each_control_is_mapped_and_owned_by_a_role(policy: Policy) -> None:
    assert len(policy.controls) >= 100
    for control in policy.controls.values():
        assert control.maps, control.id
        assert "@" not in control.owner, control.id
        assert len(words(control.statement)) >= 8, control.id


def test_titles_of_controls_tell_them_apart(policy: Policy) -> None:
    titles = Counter(control.title.casefold() for control in policy.controls.values())
    assert [title for title, times in titles.items() if times > 1] == []


# Reached


def test_every_row_leads_up_to_the_top(policy: Policy) -> None:
    for catalogue in policy.catalogues.values():
        rows = {row.id: row for row in catalogue.requirements}
        for row in catalogue.requirements:
            seen = [row.id]
            while (parent := rows[seen[-1]].parent) is not None:
                assert parent not in seen
                seen.append(parent)
            assert all(name.startswith(f"{catalogue.id}:") for name in seen)


@pytest.mark.parametrize("framework", ROWS)
def test_every_row_is_found_by_its_id_and_has_words(policy: Policy, framework: str) -> None:
    for row in catalogue_of(policy, framework).requirements:
        assert find(policy, row.id) is row
        said = "\n".join(in_words(policy, row, {}))
        assert row.title in said
        for part in row.parts or ():
            assert f"\n  {part.id} ({part.method})\n" in said


# In our own words, all of them

LONGEST_RUN = 6
"""Runs of this many words happen by chance; longer ones are copied."""


def runs(text: str) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return (tuple(found[start : start + LONGEST_RUN + 1]) for start in range(len(found) - LONGEST_RUN))


def our_texts(policy: Policy) -> Iterator[tuple[str, str, str]]:
    """Every text that we wrote, with its place and with the title that it may repeat."""
    for catalogue in policy.catalogues.values():
        for row in catalogue.requirements:
            for part in row.parts or ():
                yield f"{row.id} {part.id}", part.show, row.title
                yield f"{row.id} {part.id}", part.evidence or "", row.title
    for control in policy.controls.values():
        yield control.id, control.statement, control.title
        for mapped in control.maps:
            yield f"{control.id} {mapped.requirement}", mapped.covers, ""
            yield f"{control.id} {mapped.requirement}", mapped.rationale, ""


@pytest.mark.parametrize("name", ["iso27001_2022", "cobit2019", "hipaa", "gdpr"])
def test_no_long_run_of_words_is_the_references(policy: Policy, name: str) -> None:
    lines = reference(name)
    theirs = {run: line for line in lines for run in runs(line.get("title") or line.get("short_title") or "")}
    copied = [
        (place, " ".join(run))
        for place, text, title in our_texts(policy)
        for run in runs(text.replace(title, "·") if title else text)
        if run in theirs
    ]
    assert copied == []


def test_a_copied_run_is_noticed() -> None:
    assert list(runs("one two three four five six")) == []
    assert next(iter(runs("One two, three four five six seven")))[-1] == "seven"
