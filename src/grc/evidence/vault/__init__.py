"""Vaults: packs kept in a folder or a locked bucket, in a chain that shows what was done to them."""

from __future__ import annotations

from pathlib import Path

from grc.evidence.chain import Act
from grc.evidence.vault.bucket import MODES, SCHEME, BucketStore
from grc.evidence.vault.description import FORMAT, NAME, Description
from grc.evidence.vault.folder import FolderStore
from grc.evidence.vault.held import Kept
from grc.evidence.vault.retention import EvidenceClass, read_retention
from grc.evidence.vault.store import Store
from grc.evidence.vault.vault import Entry, Vault, Who
from grc.evidence.vault.verify import VaultResult, verify_vault

__all__ = [
    "FORMAT",
    "MODES",
    "NAME",
    "SCHEME",
    "Act",
    "Description",
    "Entry",
    "EvidenceClass",
    "Kept",
    "Store",
    "Vault",
    "VaultResult",
    "Who",
    "open_store",
    "open_vault",
    "read_retention",
    "verify_vault",
]


def open_store(address: str, mode: str | None = None) -> Store:
    """The store at an address: a folder, or ``s3://bucket/prefix``, whose objects are locked in a mode.

    Raises:
        ConfigError: the bucket cannot be used.
    """
    if not address.startswith(SCHEME):
        return FolderStore(Path(address))
    return BucketStore(address, mode or MODES[0])


def open_vault(address: str) -> Vault:
    """The vault at an address.

    Raises:
        ConfigError: the bucket cannot be used.
        EvidenceError: there is no vault.
    """
    vault = Vault(open_store(address))
    mode = vault.description.mode
    return vault if mode in (None, MODES[0]) else Vault(open_store(address, mode))
