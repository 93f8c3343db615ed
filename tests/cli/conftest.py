"""The command line, run in this process through its own door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grc.cli import main
from grc.cli.clock import Clock


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def cache_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder of the tests' own."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def clock() -> Clock | None:
    """The clock of the commands: the machine's. Tests that name a day put their own in its place."""
    return None


@pytest.fixture
def grc(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cache_home: Path, clock: Clock | None
) -> Callable[..., Ran]:
    """Run ``grc`` with these arguments. A traceback fails the test: it comes out as an exception."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))

    def run(*arguments: object) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments], clock)
        captured = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Ran(int(ended.value.code), captured.out, captured.err)

    return run
