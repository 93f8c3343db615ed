"""A register that a workspace declares itself: collected, tested, and performed again from the pack alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from keys_issued import HELD, write_workspace

from grc.errors import DataError
from grc.evidence import open_pack
from grc.model.evidence import Unit
from grc.model.status import Status
from grc.run import Reach, assess, collect, open_desk, reperform
from grc.run.collecting import Asked

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
CHECK = """format: grc.checks/1
checks:
- id: register.keys-issued.held
  title: Every key is held by somebody
  severity: low
  kind: register.keys-issued
  assert: resource.holder != null
  fail: Nobody holds {resource.key_id}
  remedy: {text: Ask for it}
  source: ["https://clinic.example/keys"]
"""


class Silent:
    """Progress that nobody watches."""

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return write_workspace(tmp_path, CHECK, "K-1,Ada Example\nK-2,\n")


def test_it_is_collected_tested_and_performed_again(workspace: Path) -> None:
    desk = open_desk(workspace)
    asked = Asked(checks=("register.keys-issued.held",))
    pack = workspace / "pack"
    collect(desk, Reach(names=("registers",)), pack, asked, clock=lambda: NOW, progress=Silent())
    found = assess(desk, pack, asked, as_of=NOW).assessment()
    (result,) = (one for one in found.checks if one.check == "register.keys-issued.held")
    assert (result.status, result.passed, result.failed) == (Status.NOT_SATISFIED, 1, 1)
    (population,) = open_pack(pack).populations()
    kept = b"".join(open_pack(pack).lines(population))
    assert kept.count(b"person:") == 1
    assert b"Ada" not in kept
    (workspace / "registers" / "schemas" / "keys.yaml").unlink()
    assert reperform(pack).same


def test_a_name_of_ours_is_refused_with_the_file(workspace: Path) -> None:
    path = workspace / "registers" / "schemas" / "keys.yaml"
    path.write_text(HELD.replace("register.keys-issued", "register.people"))
    with pytest.raises(DataError, match="comes with the engine") as raised:
        open_desk(workspace)
    assert raised.value.problems[0].path == str(path)
