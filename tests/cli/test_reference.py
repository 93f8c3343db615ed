"""The command line's help is its documentation: one page, held in step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import pytest

from grc.cli.main import COMMANDS, cli

PAGE = Path(__file__).parent.parent.parent / "docs" / "command-line.md"

HEAD = """\
# The command line

Data goes to stdout, progress and messages to stderr. `--format json` prints keys that stay as they are.

A flag wins over the environment, the environment over `grc.yaml`, and that over the default. The environment's names
are `GRC_<COMMAND>_<OPTION>` (`GRC_SCAN_FAIL_ON=high`), and `GRC_WORKSPACE` and `GRC_NO_CACHE` for every command.

What was read without a problem is kept in the user's cache folder (`grc` in `XDG_CACHE_HOME`, or in `~/.cache`), by
the digest of every file that it came from, and read anew as soon as one of them changes. `--no-cache` uses and keeps
nothing.

| exit code | says |
|---|---|
| 0 | nothing in the gate failed or is undecided (waived is allowed) |
| 1 | a crash, never anything else |
| 2 | wrong use, wrong data, or no usable credentials |
| 3 | a failure; for `verify`, `reperform` and `vault verify`: not proven whole, as what is not there is not |
| 4 | no failure, but something could not be decided |
| 5 | nothing to assess |
| 130 | interrupted; the same command goes on from there |
| 141 | whoever read the output went away before its end, as `head` does |

`tests/cli` compares this page with the commands' own help.
"""


def help_of(command: click.Command, name: str) -> str:
    parent = click.Context(cli, info_name="grc", **cli.context_settings)
    context = click.Context(command, parent=parent, info_name=name, terminal_width=100, max_content_width=100)
    return command.get_help(context)


def commands() -> dict[str, click.Command]:
    context = click.Context(cli, info_name="grc")
    found: dict[str, click.Command] = {}
    for name in sorted(COMMANDS):
        command = cli.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {below}": command.commands[below] for below in sorted(command.commands)}
    return found


def test_the_page_is_what_the_commands_say(golden: Callable[[Path, bytes], None]) -> None:
    sections = [f"## grc {name}\n\n```text\n{help_of(command, name)}\n```\n" for name, command in commands().items()]
    golden(PAGE, "\n".join([HEAD, *sections]).encode())


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_is_described_and_shows_an_example(name: str) -> None:
    command = commands()[name]
    assert command.help
    assert command.epilog
    assert f"grc {name}" in command.epilog
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert parameter.help, f"{name}: {parameter.opts[0]} has no help"
