"""The shipped checks, loaded and compiled once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from grc import kinds
from grc.catalogue.loading import Loaded, load_all
from grc.model.identifiers import CheckId
from grc.policy.program import CheckProgram, compile_check

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def shipped() -> Loaded:
    """Our own policy, with the examples of its checks."""
    return load_all([ROOT], kinds.load(), examples=True)


@pytest.fixture(scope="session")
def programs(shipped: Loaded) -> Mapping[CheckId, CheckProgram]:
    """Every shipped check, ready to run."""
    known = kinds.load()
    return {name: compile_check(placed.check, known) for name, placed in shipped.checks.items()}
