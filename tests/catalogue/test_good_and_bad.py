"""``good/<file>/<case>.yaml`` and ``bad/<file>/<case>.yaml`` take the place of that file of the base.

Where the base has no such file, they stand beside the others; where it has a folder of that name, in the folder. A good
case has no problem. A bad case begins with comments that are exactly the problems that lint must print. Adding a file
adds a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from grc import catalogue
from grc.model.identifiers import KindName
from grc.model.kind import Kind

HERE = Path(__file__).parent


def cases(folder: str) -> list[Path]:
    return sorted(path.relative_to(HERE / folder) for path in (HERE / folder).rglob("*.yaml") if path.is_file())


def linted(root: Path, case: Path, folder: str, kinds: Mapping[KindName, Kind]) -> list[str]:
    target = root / (case if (root / case.parent).is_dir() else case.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((HERE / folder / case).read_bytes())
    return [str(problem).replace(f"{root}/", "") for problem in catalogue.lint([root], kinds)]


@pytest.mark.parametrize("case", cases("bad"), ids=str)
def test_a_bad_file_gives_exactly_the_problems_that_it_names(
    root: Path, case: Path, demo_kinds: Mapping[KindName, Kind]
) -> None:
    comments = (HERE / "bad" / case).read_text(encoding="utf-8").splitlines()
    expected = [line.removeprefix("# ") for line in comments if line.startswith("# ")]
    assert expected
    assert linted(root, case, "bad", demo_kinds) == expected


@pytest.mark.parametrize("case", cases("good"), ids=str)
def test_a_good_file_has_no_problem(root: Path, case: Path, demo_kinds: Mapping[KindName, Kind]) -> None:
    assert linted(root, case, "good", demo_kinds) == []


def test_the_base_has_no_problem(root: Path, demo_kinds: Mapping[KindName, Kind]) -> None:
    assert catalogue.lint([root], demo_kinds) == ()


def test_a_file_that_is_not_read_is_a_problem(root: Path, demo_kinds: Mapping[KindName, Kind]) -> None:
    stray = root / "checks" / "more.yml"
    stray.write_text("format: grc.checks/1\n", encoding="utf-8")
    (root / "checks" / "README.md").write_text("About the checks\n", encoding="utf-8")
    (problem,) = catalogue.lint([root], demo_kinds)
    assert str(problem) == f"{stray}:1:1: $: is not read: our files end in .yaml"


def test_a_folder_without_a_workspace_is_linted_too(root: Path, demo_kinds: Mapping[KindName, Kind]) -> None:
    for name in ("grc.yaml", "waivers.yaml", "applicability.yaml"):
        (root / name).unlink()
    assert catalogue.lint([root], demo_kinds) == ()
