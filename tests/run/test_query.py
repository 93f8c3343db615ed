"""Questions in SQL: every documented one is answered, from the pack alone, and nothing else can be reached."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grc.cli.query import query as command
from grc.errors import ConfigError, EvidenceError
from grc.evidence import open_assessment, open_pack
from grc.model.status import Status
from grc.report import render_json, summary_lines
from grc.run.concluding import Word, conclude
from grc.run.query import TABLES, Answer, asking, query
from grc.run.reporting import report_input
from grc.run.tracing import trace

PAGE = Path(__file__).parent.parent.parent / "docs" / "query.md"
QUESTIONS = re.findall(r"```sql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def ask(pack: Path) -> Iterator[Ask]:
    with asking(pack) as asked:
        yield asked


def documented(ask: Ask) -> str:
    """The tables as the page has them: what a row is, and the columns with their types."""
    told = []
    for name, table in TABLES.items():
        described = ask(f'DESCRIBE "{name}"').rows
        columns = ", ".join(f"`{column}` {_sort(sort)}" for column, sort, *_ in described)
        told.append(f"**`{name}`**: {table.holds}.  \n{columns}\n")
    return "\n".join(told)


def _sort(sort: str) -> str:
    if sort.startswith("ENUM"):
        return "text that sorts from critical to low"
    names = {"VARCHAR": "text", "VARCHAR[]": "texts", "BIGINT": "number", "BOOLEAN": "true or false"}
    return names.get(sort, {"TIMESTAMP": "instant", "DATE": "day", "JSON": "JSON"}.get(sort, sort))


def test_the_page_lists_every_table_and_column(ask: Ask, request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, between, after = text.partition("## Tables\n")
    held, heading, questions = after.partition("## Ten questions\n")
    made = f"\n{documented(ask)}\n"
    if request.config.getoption("--update"):
        PAGE.write_text(before + between + made + heading + questions, encoding="utf-8")
        held = made
    assert held == made, "docs/query.md is out of step: run pytest --update"


def test_there_are_ten_questions() -> None:
    assert len(QUESTIONS) == 10


@pytest.mark.parametrize("question", QUESTIONS, ids=range(1, len(QUESTIONS) + 1))
def test_a_documented_question_has_an_answer(question: str, ask: Ask) -> None:
    answer = ask(question)
    assert answer.rows, "the demonstration has something to say to each question"
    assert {len(row) for row in answer.rows} == {len(answer.columns)}


def test_figures_are_those_of_the_assessment(pack: Path, ask: Ask) -> None:
    layer = open_assessment(open_pack(pack))
    assessment = layer.assessment()
    told = dict(ask("SELECT status, count(*) FROM requirements WHERE counted IS NOT NULL GROUP BY 1").rows)
    sets = [counted for summary in assessment.frameworks for counted in summary.sets]
    counts = {status.value: sum(counted.counts[status] for counted in sets) for status in Status}
    assert told == {status: count for status, count in counts.items() if count}
    ((seen,),) = ask("SELECT count(*) FROM observations").rows
    assert seen == sum(1 for _ in layer.observed())
    ((records,),) = ask("SELECT count(*) FROM records").rows
    assert records == sum(population.count for population in open_pack(pack).populations())
    ((mapped, answered),) = ask("SELECT count(*), count(*) FILTER (len(checks) > 0) FROM mappings").rows
    parts = [part for finding in assessment.findings for part in finding.parts]
    assert mapped == sum(len(part.controls) for part in parts)
    assert answered == sum(bool(control.checks) for part in parts for control in part.controls)


def test_severities_sort_from_the_gravest_on(ask: Ask) -> None:
    found = [severity for (severity,) in ask("SELECT severity FROM checks GROUP BY severity ORDER BY severity").rows]
    assert found == ["critical", "high", "medium", "low"]
    assert ask("SELECT severity FROM checks WHERE severity LIKE 'crit%' LIMIT 1").rows[0] == ("critical",)


def test_the_help_names_every_table() -> None:
    assert command.help is not None
    told = command.help.partition("The tables: ")[2].partition(".")[0]
    assert re.findall(r"\w+", told) == list(TABLES)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_json('https://example.com/x.json')",
    ],
)
def test_nothing_but_the_pack_can_be_reached(sql: str, ask: Ask) -> None:
    with pytest.raises(ConfigError, match="the question cannot be answered"):
        ask(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "COPY requirements TO '/tmp/stolen.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/stolen.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "ATTACH '/tmp/other.db'",
        "SET enable_external_access = true",
        "DROP TABLE requirements",
        "SELECT 1; SELECT 2",
        "",
    ],
)
def test_what_is_no_question_is_refused(sql: str, ask: Ask) -> None:
    with pytest.raises(ConfigError, match="a question is one SELECT"):
        ask(sql)


def test_the_pack_is_not_written_to(pack: Path, ask: Ask) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in pack.rglob("*"))
    with pytest.raises(ConfigError):
        ask(f"COPY requirements TO '{pack}/evidence/manifest.json'")
    assert sorted((path, path.stat().st_mtime_ns) for path in pack.rglob("*")) == before


@pytest.mark.parametrize("sql", ["SELEC", "SELECT nothing FROM requirements", "SELECT * FROM no_such_table"])
def test_a_wrong_question_says_what_is_wrong(sql: str, ask: Ask) -> None:
    with pytest.raises(ConfigError, match="cannot be answered"):
        ask(sql)


def test_an_instant_with_a_zone_says_how_to_ask_for_it(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB needs another module to hand one over, and says so by a traceback."""
    monkeypatch.setitem(sys.modules, "pytz", None)
    with pytest.raises(ConfigError, match=r"such as now\(\)::TIMESTAMP$"):
        ask("SELECT now()")
    assert len(ask("SELECT now()::TIMESTAMP").rows) == 1


def test_a_pack_at_an_odd_path_is_read(pack: Path, ask: Ask, tmp_path: Path) -> None:
    odd = tmp_path / "it's a pack; DROP TABLE 2"
    shutil.copytree(pack, odd)
    assert query(odd, "SELECT count(*) FROM records").rows == ask("SELECT count(*) FROM records").rows


def test_a_path_that_would_be_a_pattern_is_refused(pack: Path, tmp_path: Path) -> None:
    odd = tmp_path / "pack[1]"
    shutil.copytree(pack, odd)
    with pytest.raises(ConfigError, match="for a pattern"):
        query(odd, "SELECT 1")


def test_what_is_no_pack_is_said(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError):
        query(tmp_path, "SELECT 1")


def test_answers_can_be_printed_for_programs_and_spreadsheets(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from grc.cli import main

    sql = "SELECT '=1+1' AS text, 3 AS number, ['a', 'b'] AS texts, NULL AS nothing"
    with pytest.raises(SystemExit) as left:
        main(["query", str(pack), sql, "--format", "json"])
    assert left.value.code == 0
    assert json.loads(capsys.readouterr().out) == [{"text": "=1+1", "number": 3, "texts": ["a", "b"], "nothing": None}]
    with pytest.raises(SystemExit):
        main(["query", str(pack), sql, "--format", "csv"])
    assert capsys.readouterr().out.splitlines() == ["text,number,texts,nothing", '\'=1+1,3,"a, b",']


def test_a_question_of_the_command_line_leaves_nothing_on_standard_error(pack: Path) -> None:
    command = [sys.executable, "-c", "from grc.cli import main; main()"]
    asked = [*command, "query", str(pack), "SELECT 1 AS one", "--format", "csv"]
    told = subprocess.run(asked, check=True, capture_output=True, text=True)
    assert (told.stdout.split(), told.stderr) == (["one", "1"], "")


def test_no_progress_is_drawn_into_an_answer(pack: Path) -> None:
    command = [sys.executable, "-c", "from grc.cli import main; main()"]  # for DuckDB, somebody at a keyboard
    asked = [*command, "query", str(pack), "SELECT current_setting('enable_progress_bar') AS bar", "--format", "json"]
    assert json.loads(subprocess.run(asked, check=True, capture_output=True, text=True).stdout) == [{"bar": False}]


def test_an_instant_is_of_utc_whatever_zone_the_machine_is_in(pack: Path) -> None:
    command = [sys.executable, "-c", "from grc.cli import main; main()"]  # a process takes up its zone as it starts
    sql = "SELECT TIMESTAMPTZ '2026-11-23T12:00:00Z' = TIMESTAMP '2026-11-23T12:00:00' AS same"
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        asked = [*command, "query", str(pack), sql, "--format", "json"]
        told = subprocess.run(asked, check=True, capture_output=True, text=True, env={**os.environ, "TZ": zone})
        assert json.loads(told.stdout) == [{"same": True}], zone


def test_the_subjects_of_a_finding_are_those_that_the_reports_name(pack: Path, ask: Ask) -> None:
    named = json.loads(render_json(report_input(pack)))["raised"]
    columns = ("finding", "check", "standing", "subject", "kind", "place", "found", "waiver", "digest")
    held = [(each["id"], *(row[name] for name in columns[1:])) for each in named for row in each["subjects"]]
    asked = ask("SELECT * FROM affected_subjects")
    assert asked.columns == columns
    assert held
    assert sorted(asked.rows, key=repr) == sorted(held, key=repr)
    failing = ask('SELECT finding, subject FROM affected_subjects JOIN observations USING ("check", subject, place)')
    assert {(row[0], row[3]) for row in held} == set(failing.rows)


def test_what_people_concluded_and_found_is_asked_for_and_explained(pack: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(pack, tmp_path / "P")
    assert query(copy, "SELECT * FROM conclusions").rows == ()
    word = Word(conclusion=Status.NOT_APPLICABLE, who="Ada Example", role="assessor", reason="Not ours to do")
    made = conclude(copy, "iso27001:A.8.24", word, datetime(2026, 11, 22, 9, tzinfo=UTC))
    asked = query(copy, "SELECT requirement, proposed, conclusion, overrides, who, concluded FROM conclusions")
    at = datetime(2026, 11, 22, 9)  # noqa: DTZ001 - DuckDB's instants are in UTC and do not say so
    assert asked.rows == (("iso27001:A.8.24", made.engine_status.value, "not_applicable", True, "Ada Example", at),)
    assert any(
        line.startswith("  an assessor concluded: not applicable") for line in trace(copy, made.requirement, None)
    )
    assert any("An assessor concluded on 1 requirement" in line for line in summary_lines(report_input(copy)))
    found = open_assessment(open_pack(copy)).assessment().raised
    assert {(row[0], row[1]) for row in query(copy, "SELECT finding, state FROM findings_on_record").rows} == {
        (each.finding.id, each.state.value) for each in found
    }
    about = next(each for each in found if each.finding.check)
    assert any(f"finding {about.finding.id} " in line for line in trace(copy, about.finding.check or "", None))
