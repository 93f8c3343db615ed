"""What tests in several rooms share."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from grc.model.evidence import Unit

ROOT = Path(__file__).parent.parent
LONGEST = (
    "test_tampering.py",
    "test_runs_compared.py",
    "test_denied_verdicts.py",
    "test_killed.py",
    "test_hostile_names.py",
    "test_determinism.py",
    "test_commands.py",
    "test_end_to_end.py",
    "test_verify.py",
)
"""The modules that take longest come first, so that no process is left to work at the end alone."""

# A process of tests holds two million values as long as it lives. To search them for cyclic garbage again and again
# took a quarter of its time: what a module of tests leaves behind is put aside. What is left is searched whole a tenth
# as often as usual; a hundredth as often, memory grows.
gc.set_threshold(700, 10, 100)

# Every server that a test asks is on this machine: a proxy that the environment names knows none of them. Nor does a
# test see the accounts of whoever runs it.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost"
for name in [name for name in os.environ if name.startswith("AWS_") or name in ("GITHUB_TOKEN", "KUBECONFIG")]:
    del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull

# The same examples each time: a run says the same of the same code. `GRC_EXPLORE=1 pytest` looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
if not os.environ.get("GRC_EXPLORE"):
    settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the golden files anew; review them like code")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    turn = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: turn.get(item.path.name, len(turn)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """All tests are held to the end, and so is what they are made of: nothing of it is garbage."""
    gc.disable()
    try:
        return (yield)
    finally:
        put_aside()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    if nextitem is None or nextitem.path != item.path:
        put_aside()


def put_aside() -> None:
    """Search for garbage once more, and never again in what is not."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """What was put aside is let go with the rest: libraries tell at the end of what is still held."""
    gc.unfreeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """No pack that a test writes in its own folder holds a secret; see samples/pack_scanner.py."""
    result = yield
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if folder is not None:
        from pack_scanner import packs_in, secrets_in

        found = {str(pack): held for pack in packs_in(folder) if (held := secrets_in(pack))}
        assert not found, f"secrets reached a pack: {found}"
    return result


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, bytes], None]:
    """Compares bytes with a golden file, or writes it anew under ``--update``."""

    def compare(path: Path, made: bytes) -> None:
        if request.config.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made)
        assert path.read_bytes().decode() == made.decode(), f"{path.name} is out of step: run pytest --update"

    return compare


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of reference tables beside a checkout; a user's clone has none."""
    folder = ROOT.parent / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("there is no ../shared/reference beside this checkout")
    return folder


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
    """The main job, run once: a workspace, and a pack made of a simulated account, registers and a plan."""
    from made_once import made_once

    folder = tmp_path_factory.mktemp("clinic")
    shutil.copytree(made_once(tmp_path_factory, "clinic", _demonstrated), folder, dirs_exist_ok=True, symlinks=True)
    return folder


def _demonstrated(folder: Path) -> None:
    from grc.run.demo.job import run_demo

    progress = Counted()
    run_demo(folder, clock=lambda: datetime.now(UTC), progress=progress)
    assert progress.units == progress.ended > 10


@pytest.fixture(scope="session")
def pack(clinic: Path) -> Path:
    """The demonstration's pack."""
    (found,) = (clinic / "packs").iterdir()
    return found
