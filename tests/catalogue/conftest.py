from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from grc import kinds
from grc.model.identifiers import KindName
from grc.model.kind import Kind

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def demo_kinds() -> Mapping[KindName, Kind]:
    return kinds.load([HERE / "kinds"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the base: a small, good workspace with one framework."""
    copy = tmp_path / "root"
    shutil.copytree(HERE / "base", copy)
    return copy
