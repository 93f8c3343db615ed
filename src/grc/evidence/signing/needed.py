"""The libraries that signing needs, which an installation may lack."""

from __future__ import annotations

from importlib.util import find_spec

from grc.errors import ConfigError

LIBRARIES = ("cryptography", "securesystemslib", "rfc3161_client")


def can_check() -> bool:
    """Whether signatures can be made and checked here."""
    return all(find_spec(name) is not None for name in LIBRARIES)


def need(what: str) -> None:
    """Refuse to go on where signatures cannot be made or checked.

    Raises:
        ConfigError: a library is not installed; says how to get it.
    """
    if not can_check():
        raise ConfigError(f"{what} needs more than is installed here: pip install 'grc[sign]'")
