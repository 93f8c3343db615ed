"""Kinds that a workspace declares over files: the example of the docs, collected, tested and performed again."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grc.catalogue.loading import load_all
from grc.errors import DataError
from grc.evidence import open_pack
from grc.model.evidence import Unit
from grc.model.identifiers import CheckId
from grc.model.status import Status
from grc.policy.examples import example_problems, missing_verdicts
from grc.policy.lint import absent_passes_problems
from grc.policy.program import compile_check
from grc.run import Reach, assess, collect, open_desk, reperform
from grc.run.collecting import Asked
from grc.run.desk import known_kinds, open_workspace, policy_roots

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PAGE = Path(__file__).parent.parent.parent / "docs" / "own-kinds.md"
EXAMPLE = re.compile(r"`([a-z./-]+\.yaml)`:\n\n```yaml\n(.*?)```", re.DOTALL)
CHECK = "file.service.gold-runs-twice"


class Silent:
    """Progress that nobody watches."""

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    found = dict(EXAMPLE.findall(PAGE.read_text(encoding="utf-8")))
    assert len(found) == 5
    for name, text in {"grc.yaml": "format: grc.workspace/1\n", **found}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def of_record(workspace: Path) -> None:
    path = workspace / "kinds" / "services.yaml"
    path.write_text(path.read_text().replace("files:\n", "of_record: true\nfiles:\n"))


def test_the_example_is_collected_tested_and_performed_again(workspace: Path) -> None:
    of_record(workspace)
    desk = open_desk(workspace)
    asked = Asked(checks=(CHECK,))
    pack = workspace / "pack"
    collect(desk, Reach(names=("files",)), pack, asked, clock=lambda: NOW, progress=Silent())
    found = assess(desk, pack, asked, as_of=NOW).assessment()
    (result,) = (one for one in found.checks if one.check == CHECK)
    assert (result.status, result.passed, result.failed, result.unknown) == (Status.NOT_SATISFIED, 1, 1, 1)
    (population,) = open_pack(pack).populations()
    lines = b"".join(open_pack(pack).lines(population))
    assert b"person:" in lines
    assert b"ada@" not in lines
    assert b"not-for-the-pack" not in lines
    at = {record["subject"]: (record["file"], record["line"]) for record in map(json.loads, lines.splitlines())}
    assert at["search"] == ("platform/eu/services.yaml", 8)
    (workspace / "kinds" / "services.yaml").unlink()
    assert reperform(pack).same


def test_the_example_has_no_problem(workspace: Path) -> None:
    known = known_kinds(open_workspace(workspace))
    loaded = load_all(policy_roots(open_workspace(workspace)), known, examples=True)
    assert [str(problem) for problem in loaded.problems] == []
    program = compile_check(loaded.checks[CheckId(CHECK)].check, known)
    assert (example_problems(program), missing_verdicts(program), absent_passes_problems(program)) == ((), (), ())


def test_declarations_look_ahead_and_raise_nothing(workspace: Path) -> None:
    desk = open_desk(workspace)
    asked = Asked(checks=(CHECK,))
    pack = workspace / "pack"
    collect(desk, Reach(), pack, asked, clock=lambda: NOW, progress=Silent())
    found = assess(desk, pack, asked, as_of=NOW).assessment()
    (result,) = (one for one in found.checks if one.check == CHECK)
    assert result.status is Status.NOT_ASSESSED
    assert result.ahead_status is Status.NOT_SATISFIED
    assert open_pack(pack).manifest.run.scope["providers"] == []


def test_a_fault_of_a_kind_is_told_with_its_file(workspace: Path) -> None:
    path = workspace / "kinds" / "services.yaml"
    path.write_text(path.read_text().replace("minimum: 1", "minimun: 1"))
    with pytest.raises(DataError, match="no keyword that is read") as raised:
        open_desk(workspace)
    assert raised.value.problems[0].path == str(path)
