"""The packs of a vault: the list of a pack's files, whose digest is the pack's, and where they lie."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grc.errors import EvidenceError
from grc.evidence.faults import inventory
from grc.evidence.guarded import CHUNK, open_inside, sha256
from grc.evidence.sums import sums
from grc.evidence.vault.store import Blob, blob_inside, blob_of
from grc.evidence.verify_link import NAME as LINK

FOLDER: Final = "packs"
LIST: Final = re.compile(r"([0-9a-f]{64})  ([^\n]+)\n")
MAX_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFiles:
    """A pack to be kept: its digest, the list that it is the digest of, and its files by name."""

    digest: str
    listed: bytes
    files: Mapping[str, Blob]


def pack_files(path: Path) -> PackFiles:
    """The files of a pack, hashed, but for its link.

    Raises:
        EvidenceError: one cannot be read.
    """
    found = inventory(path)
    if found.faults:
        raise EvidenceError(f"{path}: {found.faults[0]}")
    files = {name: _blob(path, name) for name in sorted(found.files - {LINK})}
    listed = sums({name: blob.digest for name, blob in files.items()})
    return PackFiles(digest=sha256(listed), listed=listed, files=files)


def blobs(pack: PackFiles) -> Mapping[str, Blob]:
    """What is put into a vault, by name there; the list comes last, so that where it is, everything is."""
    below = pack_folder(pack.digest)
    files = {f"{below}/{name}": blob for name, blob in pack.files.items()}
    return {**files, list_file(pack.digest): blob_of(pack.listed)}


def pack_folder(digest: str) -> str:
    """Where a pack's files stand in a vault."""
    return f"{FOLDER}/{digest.removeprefix('sha256:')}"


def list_file(digest: str) -> str:
    """Where the list of a pack's files stands in a vault: as ``sha256sum -c`` reads it."""
    return f"{pack_folder(digest)}.sha256"


def read_list(data: bytes) -> Mapping[str, str]:
    """The digests of a pack's files by name.

    Raises:
        EvidenceError: it is no such list, or not in its one form.
    """
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise EvidenceError("is no list of a pack's files") from error
    found = {name: f"sha256:{digest}" for digest, name in LIST.findall(text)}
    if sums(found) != data:
        raise EvidenceError("is no list of a pack's files, or is not in its one form")
    return found


def _blob(path: Path, name: str) -> Blob:
    if not (name.isascii() and name.isprintable()):
        raise EvidenceError(f"{path}: {name!a} is no name that a pack has")
    hashed, size = hashlib.sha256(), 0
    with open_inside(path, name) as file:
        while piece := file.read(CHUNK):
            hashed.update(piece)
            size += len(piece)
    return blob_inside(path, name, "sha256:" + hashed.hexdigest(), size)
