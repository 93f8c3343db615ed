"""The pages on AWS say what is declared, and are in step with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from campaign import declared_reads

from grc.collect.aws.declared import load
from grc.run.awspages import INDEX, pages, write
from grc.run.desk import Desk, open_desk

FOLDER = Path(__file__).parents[2] / "docs" / "aws"


@pytest.fixture(scope="module")
def desk() -> Desk:
    return open_desk()


def test_the_pages_are_in_step(desk: Desk) -> None:
    texts = pages(desk)
    assert {path.name for path in FOLDER.glob("*.md")} == set(texts), "run make docs"
    for name, text in texts.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name} is out of step: run make docs"


def test_every_kind_call_and_check_stands_on_a_page(desk: Desk) -> None:
    texts = pages(desk)
    whole = "\n".join(texts.values())
    for read in declared_reads():
        assert f"| `{read.call}` | `{read.action}` |" in whole
    for name in load():
        assert f"### {name}\n" in whole
    for check in desk.policy.checks.values():
        if check.kind.startswith("aws."):
            assert f"### {check.id}\n" in whole
            for parameter in check.parameters:
                assert f"Parameter `{parameter.name}`" in whole
    assert all(f"({name})" in texts[INDEX] for name in texts if name != INDEX)


def test_pages_of_services_no_longer_read_are_removed(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("gone")
    write(tmp_path, desk)
    assert {path.name for path in tmp_path.iterdir()} == set(pages(desk))
