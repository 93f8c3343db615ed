"""The main job, run once for all the tests that look at what it left behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grc.model.evidence import Unit
from grc.run.demo.job import run_demo


@dataclass
class Counted:
    """A progress that counts."""

    units: int = 0
    ended: int = 0

    def planned(self, units: int) -> None:
        self.units += units

    def done(self, unit: Unit) -> None:
        self.ended += 1


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's folder: a workspace, and a pack made of a simulated account, registers and a plan."""
    folder = tmp_path_factory.mktemp("clinic")
    progress = Counted()
    run_demo(folder, clock=lambda: datetime.now(UTC), progress=progress)
    assert progress.units == progress.ended > 10
    return folder


@pytest.fixture(scope="session")
def pack(clinic: Path) -> Path:
    """The demonstration's pack."""
    (found,) = (clinic / "packs").iterdir()
    return found
