"""The built wheel, installed outside the checkout: the data folders are in it and are found."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GRC_"))}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def grc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ``grc`` installed from the wheel; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("grc-*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    found = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    # A path that stands in a .pth file is not searched for further .pth files: the checkout itself stays out of reach.
    (Path(found) / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return folder / "venv" / "bin" / "grc"


def test_it_does_not_run_from_the_checkout(grc: Path, tmp_path: Path) -> None:
    where = run(grc.with_name("python"), "-c", "import grc; print(grc.__file__)", cwd=tmp_path)
    assert str(ROOT) not in where


def test_the_data_is_found(grc: Path, tmp_path: Path) -> None:
    frameworks = json.loads(run(grc, "list", "frameworks", "--format", "json", cwd=tmp_path))
    assert {row["id"] for row in frameworks} == {"cobit", "gdpr", "hipaa", "iso27001"}
    assert json.loads(run(grc, "list", "checks", "--format", "json", cwd=tmp_path))
    assert json.loads(run(grc, "list", "kinds", "--format", "json", cwd=tmp_path))
    assert run(grc, "lint", cwd=tmp_path) == ""


def test_the_templates_are_found(grc: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    run(grc, "init", workspace, cwd=tmp_path)
    collect = ("collect", "registers", "--out", "pack", "--workspace", workspace, "--quiet")
    run(grc, *collect, cwd=tmp_path)
    command = f"import sys; from grc.cli import main; main(['assess', 'pack', '--workspace', {str(workspace)!r}])"
    done = subprocess.run([grc.with_name("python"), "-c", command], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 4, done.stderr  # the registers hold example rows alone: undecided
    run(grc, "report", "pack", "--out", "report.html", cwd=tmp_path)
    assert b"<svg" in (tmp_path / "report.html").read_bytes()
