"""The pages that people read: every link arrives, every page is linked to, and every command that is shown exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from grc.cli.main import COMMANDS, cli

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """A page without its code, in which brackets mean something else."""
    return re.sub(r"`[^`\n]*`", "``", FENCE.sub("", page.read_text(encoding="utf-8")))


def linked(page: Path) -> Iterator[tuple[str, Path, str]]:
    """The links of a page to our own: as written, the file, and the heading or nothing."""
    for link in LINK.findall(prose(page)):
        if "://" not in link and not link.startswith("mailto:"):
            file, _, anchor = link.partition("#")
            yield link, (page.parent / file).resolve() if file else page, anchor


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_arrives(page: Path) -> None:
    for link, file, anchor in linked(page):
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


def test_every_page_is_linked_to() -> None:
    reached = {file for page in PAGES for _, file, _ in linked(page) if file != page}
    within = {page for page in PAGES if any(page.is_relative_to(folder) for folder in reached if folder.is_dir())}
    assert {page.relative_to(ROOT).as_posix() for page in set(PAGES) - reached - within} == {"README.md"}


def commands(page: Path) -> Iterator[list[str]]:
    """The words of each `grc` that a page shows in a shell or a pipeline: up to a pipe, a redirection or a comment."""
    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if language in ("sh", "yaml"):
            for line in block.replace("\\\n", " ").splitlines():
                for found in re.finditer(r"(?:^ *(?:- )?(?:run: )?|[|;(] *|&& *|[A-Z_]+=\S* )grc (.*)", line):
                    words = shlex.split(found[1], comments=True)
                    ends = [
                        place
                        for place, word in enumerate(words)
                        if word in ("|", "||", ">", "&&", ">>", "<") or word == ";"
                    ]
                    yield words[: ends[0] if ends else None]


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda page: page.name
)
def test_every_command_that_is_shown_exists_with_its_options(page: Path) -> None:
    context = click.Context(cli, info_name="grc")
    for name, *words in commands(page):
        assert name in COMMANDS, name
        command = cli.get_command(context, name)
        if isinstance(command, click.Group):
            command = command.commands[words[0]]
        assert command is not None
        known = {option for it in command.params for option in (*it.opts, *it.secondary_opts)}
        given = {word.partition("=")[0] for word in words if word.startswith("-") and word != "-"}
        assert given <= known | {"--help", "--version"}, (name, given - known)
