"""The recorded estate, made once a run."""

from __future__ import annotations

import pytest
from campaign import Recorded, recorded


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return recorded(tmp_path_factory.getbasetemp() / "estate")
