"""The workflows of docs/ci.md: our own checks find nothing in them, and what they run does what the page says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml

PAGE = (Path(__file__).parents[2] / "docs" / "ci.md").read_text(encoding="utf-8")
WORKFLOWS = {
    found[1]: found[0] for found in re.findall(r"^```yaml\n(# (\.github/workflows/\S+)\n.*?)^```", PAGE, re.M | re.S)
}
OPEN = 'resource "aws_ebs_volume" "data" {\n  availability_zone = "eu-central-1a"\n  size = 10\n  encrypted = %s\n}\n'


def test_our_own_checks_find_nothing_in_the_workflows(grc: Callable[..., Any], tmp_path: Path) -> None:
    for name, text in WORKFLOWS.items():
        file = tmp_path / "repository" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    ran = grc("scan", tmp_path / "repository", "--out", tmp_path / "pack")
    assert len(WORKFLOWS) == 2
    assert "workflows 2 files" in ran.out
    assert ran.code == 0, ran.out


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone with a branch of a change, which its pipeline checked out; `origin/main` has an old failure."""
    folder = tmp_path / "infra"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "old.tf").write_text(OPEN % "false", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=one")
    git(folder, "update-ref", "refs/remotes/origin/main", "main")
    return folder


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@clinic.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def step(repository: Path, name: str) -> int:
    """Run a step of the workflow of a change, as its runner does."""
    file = next(name for name in WORKFLOWS if "change" in name)
    steps = yaml.safe_load(WORKFLOWS[file])["jobs"]["scan"]["steps"]
    text = next(each["run"] for each in steps if each.get("name") == name)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "BASE": "main"}
    bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    return subprocess.run(bash, cwd=repository, env=environment, check=False, capture_output=True).returncode


@pytest.mark.skipif(which("git") is None or which("bash") is None, reason="no git or no bash")
@pytest.mark.parametrize(("change", "expected"), [("true", 0), ("false", 3)])
def test_a_change_is_stopped_for_what_it_makes_worse_alone(repository: Path, change: str, expected: int) -> None:
    pytest.importorskip("tree_sitter_hcl")
    (repository / "new.tf").write_text((OPEN % change).replace('"data"', '"more"'), encoding="utf-8")
    assert step(repository, "Read the branch that it goes into") == 0
    assert step(repository, "Read the change") == expected
    assert step(repository, "Put alerts at its lines") == 0
    results = json.loads((repository / "grc.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    files = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert files == ({"old.tf", "new.tf"} if expected else {"old.tf"})
