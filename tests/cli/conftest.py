"""The command line, run in this process through its own door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from grc.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def grc(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run ``grc`` with these arguments. A traceback fails the test: it comes out as an exception."""

    def run(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(int(ended.value.code), captured.out, captured.err)

    return run
