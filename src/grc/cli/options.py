"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

NO_CACHE: Final = "grc.no_cache"
"""Where a command's context says that nothing kept may be used."""


def workspace_option(command: Command) -> Command:
    """Add ``--workspace`` and ``--no-cache``."""
    workspace = click.option(
        "--workspace",
        envvar="GRC_WORKSPACE",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the workspace (default: here, when it has a grc.yaml).",
    )
    no_cache = click.option(
        "--no-cache",
        envvar="GRC_NO_CACHE",
        is_flag=True,
        expose_value=False,
        callback=_without_cache,
        help="Read and check every data file anew.",
    )
    return workspace(no_cache(command))


def _without_cache(context: click.Context, _: click.Parameter, asked: bool) -> None:
    context.meta[NO_CACHE] = asked


framework_option = click.option(
    "--framework", "frameworks", multiple=True, help="Report on this framework alone (repeatable)."
)
templates_option = click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    help="Folder of templates of your own, before ours (repeatable).",
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


def sign_options(command: Command) -> Command:
    """Add ``--sign`` and ``--timestamp``."""
    sign = click.option(
        "--sign",
        metavar="KEY",
        help="Sign with this key: a file in PEM, env:NAME or awskms:KEY (default: the workspace's).",
    )
    timestamp = click.option(
        "--timestamp", metavar="URL", help="Ask this authority when it was signed (RFC 3161; default: the workspace's)."
    )
    return sign(timestamp(command))


def examples(*lines: str) -> str:
    """The end of a command's help: examples as they are typed."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
