"""The desk as the command line opens it: with the user's cache, unless it is told not to."""

from __future__ import annotations

import os
from pathlib import Path

import click

from grc.cli.options import NO_CACHE as ASKED
from grc.run.cache import NO_CACHE, Cache
from grc.run.desk import Desk
from grc.run.desk import open_desk as open_any_desk


def open_desk(folder: Path | None) -> Desk:
    """Open the workspace in a folder, or the one here, or none.

    Raises:
        ConfigError: the folder is given and holds no workspace.
        DataError: with every problem of the data files.
    """
    return open_any_desk(folder, cache=user_cache())


def user_cache() -> Cache:
    """The cache in the user's cache folder; none under ``--no-cache``, ``GRC_NO_CACHE``, or without a home."""
    context = click.get_current_context(silent=True)
    if os.environ.get("GRC_NO_CACHE") or (context is not None and context.meta.get(ASKED)):
        return NO_CACHE
    given = os.environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        return Cache(Path(given) / "grc")
    try:
        return Cache(Path.home() / ".cache" / "grc")
    except RuntimeError:  # no home folder
        return NO_CACHE
