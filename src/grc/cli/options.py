"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

workspace_option = click.option(
    "--workspace",
    envvar="GRC_WORKSPACE",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the workspace (default: here, when it has a grc.yaml).",
)
pack_argument = click.argument("pack", type=click.Path(path_type=Path))


def progress_options(command: Command) -> Command:
    """Add ``--quiet``, ``--verbose`` and ``--log-format``."""
    quiet = click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
    verbose = click.option("--verbose", "-v", is_flag=True, help="A line for every unit of work.")
    log_format = click.option(
        "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Progress as."
    )
    return quiet(verbose(log_format(command)))


def examples(*lines: str) -> str:
    """The end of a command's help: examples as they are typed."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
