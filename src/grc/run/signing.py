"""Who signs a run's layers, as the command line and the workspace say."""

from __future__ import annotations

from grc.errors import ConfigError
from grc.evidence import Sealer
from grc.evidence.signing.keys import Passphrase
from grc.evidence.signing.signers import ELSEWHERE, Signer, open_signer
from grc.evidence.signing.timestamps import authority
from grc.model.workspace import Workspace


def signer_of(workspace: Workspace, key: str | None, passphrase: Passphrase) -> Signer | None:
    """The key that is asked for, or the workspace's; None: neither names one.

    Raises:
        ConfigError: the key cannot be had; says why.
    """
    if key is not None:
        return open_signer(key, passphrase)
    if workspace.signing is None:
        return None
    named = workspace.signing.key
    return open_signer(named if named.startswith(ELSEWHERE) else str(workspace.folder / named), passphrase)


def sealer_of(workspace: Workspace, key: str | None, timestamp: str | None, passphrase: Passphrase) -> Sealer | None:
    """Who signs and who says when; None: nobody signs.

    Raises:
        ConfigError: the key cannot be had, or a timestamp is asked for where nothing is signed.
    """
    signer = signer_of(workspace, key, passphrase)
    asked = timestamp or (workspace.signing.timestamp if workspace.signing else None)
    if signer is None:
        if asked:
            raise ConfigError("a timestamp is of a signature: name a key too (--sign)")
        return None
    return Sealer(signer=signer, stamp=authority(asked) if asked else None)
