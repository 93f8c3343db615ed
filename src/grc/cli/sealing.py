"""The key that a command signs with, and its passphrase."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from grc.errors import ConfigError

if TYPE_CHECKING:
    from grc.evidence import Sealer
    from grc.evidence.signing.signers import Signer
    from grc.model.workspace import Workspace

PASSPHRASE = "GRC_KEY_PASSPHRASE"  # noqa: S105 - the name of the variable


def open_sealer(workspace: Workspace, key: str | None, timestamp: str | None) -> Sealer | None:
    """Who signs, if the command line or the workspace says.

    Raises:
        ConfigError: the key cannot be had; says why.
    """
    if key is None and timestamp is None and workspace.signing is None:
        return None
    from grc.run.signing import sealer_of

    return sealer_of(workspace, key, timestamp, passphrase)


def open_signer(workspace: Workspace, key: str | None) -> Signer | None:
    """What signs, if the command line or the workspace says.

    Raises:
        ConfigError: the key cannot be had; says why.
    """
    if key is None and workspace.signing is None:
        return None
    from grc.run.signing import signer_of

    return signer_of(workspace, key, passphrase)


def named_signer(key: str | None) -> Signer | None:
    """What signs, if the command line names a key.

    Raises:
        ConfigError: the key cannot be had; says why.
    """
    if key is None:
        return None
    from grc.evidence.signing.signers import open_signer as opened

    return opened(key, passphrase)


def passphrase(called: str) -> str:
    """The passphrase of a key: from the environment, or from who sits at the terminal.

    Raises:
        ConfigError: there is neither.
    """
    given = os.environ.get(PASSPHRASE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise ConfigError(f"the key {called} has a passphrase: put it into {PASSPHRASE}")
    typed: str = click.prompt(f"Passphrase of {called}", hide_input=True, err=True)
    return typed
