"""A directory is walked once, in one order, and no link leads out of it."""

import os
from pathlib import Path

import pytest

from grc.collect.files import Skipped, UnreadableError, find
from grc.evidence.journal import FORMAT


def test_files_are_found_in_one_order(tmp_path: Path) -> None:
    for name in ("b/two.tf", "a.yaml", "b/One.tf", "é.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    tree = find(tmp_path)
    assert tree.files == ("a.yaml", "b/One.tf", "b/two.tf", "é.json")
    assert tree.skipped == ()
    assert tree.read("b/two.tf") == b"b/two.tf"


def test_links_and_folders_of_tools_are_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "secret").symlink_to("/etc/passwd")
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "copy.tf").write_text("")
    os.mkfifo(tmp_path / "pipe")
    tree = find(tmp_path)
    assert tree.files == ()
    assert tree.skipped == (
        Skipped(path=".terraform", reason="holds what a tool put there"),
        Skipped(path="pipe", reason="is neither a file nor a folder"),
        Skipped(path="real/loop", reason="is a link, and links are not followed"),
        Skipped(path="secret", reason="is a link, and links are not followed"),
    )


@pytest.mark.parametrize(
    ("name", "content", "left_out"),
    [
        ("evidence/manifest.json", '{"engine":"0.1.0","format":"grc.evidence/1"}', True),
        ("evidence/manifest.json", '{"format":"other/1"}', False),
        ("journal.ndjson", f'{{"begun":{{"format":"{FORMAT}"}}}}', True),
        ("journal.ndjson", "{}", False),
        ("other.json", '{"format":"grc.evidence/1"}', False),
    ],
)
def test_a_pack_of_an_earlier_run_is_left_out_and_told(tmp_path: Path, name: str, content: str, left_out: bool) -> None:
    """`grc scan .` puts its pack where it stands: the next run must not read its policy and its evidence."""
    pack = tmp_path / "grc-pack-1"
    for folder in ("evidence", "assessments/1/policy", "infra"):
        (pack / folder).mkdir(parents=True)
        (pack / folder / "dockerfile.yaml").write_text("a: 1")
    (pack / name).write_text(content)
    tree = find(tmp_path)
    layers = [f"grc-pack-1/{layer}" for layer in ("assessments", "evidence")]
    assert tree.skipped == tuple(Skipped(path=path, reason="is a layer of a pack") for path in layers if left_out)
    assert ("grc-pack-1/evidence/dockerfile.yaml" in tree.files) is not left_out
    assert "grc-pack-1/infra/dockerfile.yaml" in tree.files


def test_a_file_that_became_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    tree = find(tmp_path)
    (tmp_path / "plan.json").unlink()
    (tmp_path / "plan.json").symlink_to("/etc/passwd")
    with pytest.raises(UnreadableError):
        tree.read("plan.json")


def test_a_file_larger_than_the_limit_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(b"x" * 11)
    with pytest.raises(UnreadableError, match="larger than 10 bytes"):
        find(tmp_path).read("plan.json", at_most=10)


def test_a_name_that_is_no_text_is_told_and_not_read(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.json")).write_text("{}")
    tree = find(tmp_path)
    assert tree.files == ()
    assert tree.skipped == (Skipped(path="\\xff.json", reason="has a name that is not UTF-8"),)
