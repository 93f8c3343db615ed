"""A workspace's own registers stand beside those that come with the engine, and never in their place."""

from __future__ import annotations

from pathlib import Path

import pytest
from keys_issued import HELD

from grc import kinds
from grc.errors import DataError


def load(folder: Path, *texts: str) -> list[str]:
    for number, text in enumerate(texts):
        (folder / f"{number}.yaml").write_text(text)
    try:
        kinds.load_with(kinds.own_files(folder))
    except DataError as error:
        return [f"{Path(problem.path).name} {problem.at} {problem.message}" for problem in error.problems]
    return []


def test_a_register_of_ones_own_is_loaded_beside_ours(tmp_path: Path) -> None:
    (tmp_path / "keys.yaml").write_text(HELD)
    loaded = kinds.load_with(kinds.own_files(tmp_path))
    assert set(loaded) - set(kinds.load()) == {"register.keys-issued"}
    assert list(loaded) == sorted(loaded)


def test_without_a_folder_there_are_ours(tmp_path: Path) -> None:
    assert kinds.load_with(kinds.own_files(tmp_path / "none")).keys() == kinds.load().keys()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name: register.keys-issued": "name: register.people"}, "the register register.people comes with the engine"),
        (
            {"name: register": "name: aws", "provider: register": "provider: aws"},
            "declares registers (register.<name>) and files (file.<name>) alone",
        ),
        ({"key: key_id": "key: other"}, "must be a required property"),
        ({"people.person_id": "people.nobody"}, "has no property 'nobody'"),
        ({"people.person_id": "persons.id"}, "there is no kind 'register.persons'"),
        ({"x-personal: pseudonym, ": ""}, "the same x-personal"),
    ],
)
def test_what_is_wrong_with_a_schema_is_said(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    text = HELD
    for found, put in changes.items():
        assert found in text
        text = text.replace(found, put)
    (problem,) = load(tmp_path, text)
    assert problem.startswith("0.yaml ")
    assert said in problem


def test_two_files_cannot_declare_one_register(tmp_path: Path) -> None:
    (problem,) = load(tmp_path, HELD, HELD)
    assert "1.yaml $.name the kind register.keys-issued is declared twice" in problem
