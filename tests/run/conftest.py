"""The recorded estate, made once a run."""

from __future__ import annotations

import pytest
from campaign import Recorded, record, recorded
from made_once import made_once


@pytest.fixture(scope="session")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return recorded(made_once(tmp_path_factory, "estate", record))
