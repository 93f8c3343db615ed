"""Faults put into the roll-up on purpose, each of which the tests must find."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import grc

HERE = Path(__file__).parent
FAULTS = [
    # rule 1: a gap hides behind a pass, age before failure, nothing is a pass, a waiver is a pass
    ("rollup.py", "    if undecided:\n        return Status.UNKNOWN\n", ""),
    ("rollup.py", "    if failed:\n        return Status.NOT_SATISFIED\n    if undecided:", "    if undecided:"),
    ("rollup.py", "if not passed + waived:", "if not passed:"),
    ("rollup.py", "Status.WAIVED if waived else Status.SATISFIED", "Status.SATISFIED"),
    (
        "rollup.py",
        "        return Status.NOT_APPLICABLE\n    return Status.WAIVED",
        "        pass\n    return Status.WAIVED",
    ),
    # rule 2: nothing is a pass, the wrong worst, a failure that is outweighed
    ("rollup.py", "if present else Status.NOT_ASSESSED", "if present else Status.SATISFIED"),
    (
        "rollup.py",
        "(Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED)",
        "(Status.STALE, Status.UNKNOWN, Status.NOT_ASSESSED)",
    ),
    ("rollup.py", "(Status.UNKNOWN, Status.STALE, Status.NOT_ASSESSED)", "(Status.UNKNOWN, Status.STALE)"),
    ("rollup.py", "counted = present - {Status.NOT_APPLICABLE}", "counted = present"),
    ("rollup.py", "if Status.WAIVED in counted:", "if counted == {Status.WAIVED}:"),
    (
        "rollup.py",
        "Status.INHERITED if counted == {Status.INHERITED}",
        "Status.INHERITED if Status.INHERITED in counted",
    ),
    # rule 3: a support that does not lower, or raises
    (
        "rollup.py",
        "    if undecided is not None:\n        return undecided\n    return Status.WAIVED if",
        "    return Status.WAIVED if",
    ),
    ("rollup.py", "return Status.WAIVED if Status.WAIVED in present else status", "return status"),
    (
        "rollup.py",
        "    if present & FAILING and status in LOWERABLE | {Status.STALE}:\n        return Status.PARTIAL\n",
        "",
    ),
    ("rollup.py", "LOWERABLE | {Status.STALE}", "LOWERABLE"),
    ("rollup.py", "    if status not in LOWERABLE:\n        return status\n", ""),
    (
        "controls.py",
        "result for result in mapped if result.relation is Relation.SUPPORTS and",
        "result for result in () if",
    ),
    ("controls.py", "bool(_tested(mapped.checks, checks).counted)", "True"),
    ("controls.py", "(result for result in mapped if result.relation is Relation.MEETS)", "(mapped)"),
    # a part rests on checks that do not answer it, or on what the whole control comes to
    ("controls.py", "claim.answered_by(found.deciding)", "found.deciding"),
    (
        "controls.py",
        "status=_tested(answering, checks).status",
        "status=Status.NOT_ASSESSED if found is None else found.status",
    ),
    # rule 2 through a control: what was deleted or never ran is forgotten
    (
        "controls.py",
        "        else:\n            counted[check] = checks[check].status if check in checks else Status.NOT_ASSESSED",
        "        elif check in checks:\n            counted[check] = checks[check].status",
    ),
    (
        "controls.py",
        "if check in checks and not checks[check].in_scope",
        "if check not in checks or not checks[check].in_scope",
    ),
    # rule 4
    (
        "rollup.py",
        "    if not counted:\n        return Status.NOT_ASSESSED\n    if counted & FAILING",
        "    if not counted:\n        return Status.NOT_APPLICABLE\n    if counted & FAILING",
    ),
    ("rollup.py", "Status.PARTIAL if counted & MET_IN_PART else Status.NOT_SATISFIED", "Status.NOT_SATISFIED"),
    ("findings.py", "if applicability is not None and scoped_out:", "if applicability is not None:"),
    ("findings.py", "return requirement.kind is not RequirementKind.CONTENT", "return True"),
    # rule 5
    ("frameworks.py", "total = max(counted.count, found.total())", "total = found.total()"),
    (
        "frameworks.py",
        "good = found[Status.SATISFIED] + found[Status.INHERITED]",
        "good = found[Status.SATISFIED] + found[Status.WAIVED]",
    ),
    ("frameworks.py", "applicable = total - found[Status.NOT_APPLICABLE]", "applicable = total"),
    # evidence of record, holes, age, waivers
    ("checks.py", "if result.origin in OF_RECORD)", "if result.origin)"),
    ("checks.py", "if not result.complete or result.gaps)", "if result.gaps)"),
    ("checks.py", "if not result.complete or result.gaps)", "if not result.complete)"),
    (
        "checks.py",
        "unknown = sum(result.unknown for result in results) + untold",
        "unknown = sum(result.unknown for result in results)",
    ),
    ("checks.py", " or undated,", ","),
    ("checks.py", "age > terms.max_age or", "age >= terms.max_age or"),
    ("checks.py", "or bool(terms.stale_related)", ""),
    ("checks.py", "frozenset(results) if terms.may_waive else", "frozenset(results) if True else"),
    ("checks.py", "    if not terms.ran:\n", "    if False:\n"),
    ("checks.py", "    if not terms.in_scope:\n", "    if False:\n"),
    ("assessment.py", "if (found.unit.place, found.origin) not in told", "if False"),
    ("assessment.py", "    refuse_newer(_newest(seen.populations), as_of)\n", ""),
    ("assessment.py", "places = () if kind is None else reach.unreached(", "places = () if True else reach.unreached("),
    ("reach.py", "if found.facts and not found.count:", "if False:"),
    ("reach.py", "sorted((_expected(kind, seen) - present) | wanted)", "sorted(wanted)"),
    ("reach.py", 'place.startswith(declared + "/")', "place.startswith(declared)"),
    ("waivers.py", "as_of >= waiver.until", "as_of > waiver.until"),
    ("waivers.py", "not two_persons(waiver.requested_by, waiver.approved_by)", "False"),
    ("waivers.py", "not has_begun(waiver.approved_on, as_of)", "False"),
    ("waivers.py", "waiver.compensating.check not in proven", "False"),
    ("waivers.py", "bool(found.reason.strip()) and", ""),
    ("patterns.py", 'return not pattern[at:].strip("*")', "return True"),
    # a person answers for what a system or a check shows, for a record that nobody sees, or alone
    ("controls.py", "None if answering else statements.on", "statements.on"),
    ("attestations.py", "method in ATTESTABLE and", ""),
    ("attestations.py", "(shows or method is not Method.RECORD)", "True"),
    ("attestations.py", "if claim.relation is not Relation.MEETS:", "if False:"),
    ("attestations.py", "if four_eyes and not (", "if False and not ("),
    ("attestations.py", "(_is_by_two(attestation) and", "(True and"),
    ("attestations.py", "and _review_has_begun(attestation, as_of))", "and True)"),
    # a statement counts too early, too long, about other days, or without its files; a failure is taken back too soon
    ("attestations.py", "if not has_begun(attestation.signed_on, as_of):", "if False:"),
    ("attestations.py", "if as_of >= attestation.valid_until:", "if as_of > attestation.valid_until:"),
    ("attestations.py", "period is not None and not _meet", "False and not _meet"),
    ("attestations.py", "not all(file.unchanged", "not any(file.unchanged"),
    ("attestations.py", "good.signed_on <= failing.signed_on", "good.signed_on < failing.signed_on"),
]

JUDGING = [
    # what was not seen, what does not apply and what is waived is taken for something else
    ("population.py", "if begins is None or gaps is not None]", "if begins is None]"),
    ("population.py", "            return range(len(records))", "            return ()"),
    ("population.py", "answer not in plain or position in unseen", "answer not in plain"),
    ("population.py", "if type(record) is Line else next(answers)", "if type(record) is Line else True"),
    ("population.py", "if len(line) <= LARGEST:", "if True:"),
    ("tally.py", "failed=found[Verdict.FAIL.value]", "failed=found[WAIVED]"),
    ("tally.py", "passed=found[True]", "passed=sum(found.values())"),
    ("tally.py", "each if isinstance(each, bool) else each[position]", "each if isinstance(each, bool) else each[0]"),
    (
        "lines.py",
        "if not all(answer in PLAIN for answer in answers):",
        "if not any(answer in PLAIN for answer in answers):",
    ),
    # a record's digest is told where nothing is explained, or is another's
    ("population.py", "digest_of(line) if explains else None", "digest_of(line)"),
    ("records.py", 'line.removesuffix(b"\\n")', "line"),
    # an explanation is used again of a record that is not alike
    ("alike.py", 'gaps = bytes(_gaps.decode(text).gaps) if self.touched(found.gaps) else b""', 'gaps = b""'),
    ("alike.py", "read=tops(program.reads | program.message_reads)", "read=tops(program.message_reads)"),
    ("alike.py", "if self.likeness.touched(found.gaps):", "if False:"),
    (
        "alike.py",
        "return self._known.setdefault(coverage, {})",
        "return self._known.setdefault(Coverage(paths=frozenset()), {})",
    ),
    ("exact.py", "WAIVED if waiver is not None else", "True if waiver is not None else"),
    ("exact.py", "if message is None and not gaps:", "if message is None:"),
    ("exact.py", "if self._tells[position] else None", "if True else None"),
]

MODULES = (
    "test_attested.py",
    "test_patterns.py",
    "test_conclude.py",
    "test_reach.py",
    "test_rollup.py",
    "test_laws.py",
)
"""What finds the faults of the roll-up; those of judging ``test_observe.py`` and ``test_joins.py`` do."""


def test_the_list_is_in_step_with_the_code() -> None:
    """A fault that finds nothing to break proves nothing; the faults themselves take minutes: `make faults`."""
    folder = Path(grc.__file__).parent / "assess"
    assert [
        (file, sound) for file, sound, _ in (*FAULTS, *JUDGING) if sound not in (folder / file).read_text("utf-8")
    ] == []


@pytest.mark.faults
@pytest.mark.parametrize(("file", "sound", "faulty"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_found(tmp_path: Path, file: str, sound: str, faulty: str) -> None:
    assert_found(tmp_path, (file, sound, faulty), MODULES)


@pytest.mark.faults
@pytest.mark.parametrize(("file", "sound", "faulty"), JUDGING, ids=range(len(JUDGING)))
def test_a_fault_of_judging_is_found(tmp_path: Path, file: str, sound: str, faulty: str) -> None:
    assert_found(tmp_path, (file, sound, faulty), ("test_observe.py", "test_joins.py"))


def assert_found(folder: Path, fault: tuple[str, str, str], modules: Sequence[str]) -> None:
    file, sound, faulty = fault
    source = Path(grc.__file__).parent
    shutil.copytree(source, folder / "grc", ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "grc" / "assess" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(sound) >= 1, "the list is behind the code"
    path.write_text(text.replace(sound, faulty, 1), encoding="utf-8")
    tests = [str(HERE / name) for name in modules]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        env={**os.environ, "PYTHONPATH": str(folder)},
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout[-2000:]
