"""A pack in one file: a ZIP of its layers and of reports, with ``bundle.json``, which names all of it.

Members are stored, in order of name and with one date, so that the same pack gives the same bytes on any machine: what
is large in a pack is compressed already.
"""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from grc import canonical
from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.conclusions import FOLDER as CONCLUSIONS
from grc.evidence.durable import writing
from grc.evidence.faults import Fault, Inventory, inventory, shown
from grc.evidence.guarded import CHUNK, open_inside, read_inside, sha256
from grc.evidence.manifest import Stored
from grc.evidence.signing.envelope import statement
from grc.evidence.signing.sealing import SIGNATURE, STAMP, Sealer
from grc.evidence.signing.trust import Signed, Trust
from grc.evidence.verify_signatures import verify_signature

STEM: Final = "bundle"
NAME: Final = f"{STEM}.json"
BESIDE: Final = frozenset({NAME, STEM + SIGNATURE, STEM + STAMP})
STATED: Final = "urn:grc:bundle/1"
REPORTS: Final = "reports"
FORMAT: Final = "grc.bundle/1"
TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The first that a ZIP archive can say."""
MODE: Final = 0o100644 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a bundle holds beside itself. ``layers`` has the digest of each sealed manifest, ``files`` all files.

    ``sign_offs`` are the names of an assessor's conclusions.
    """

    format: str
    evidence: str
    layers: Mapping[str, str]
    files: Mapping[str, Stored]
    reports: tuple[str, ...] = field(default=())
    sign_offs: tuple[str, ...] = field(default=())


def write_bundle(pack: Path, out: Path, reports: Mapping[str, Path], sealer: Sealer | None = None) -> Bundle:
    """Write a pack's layers and these reports, by name, as one ZIP archive: whole or not at all.

    ``sealer`` None: what it names is not signed.

    Raises:
        EvidenceError: a file cannot be read, the archive is there already or cannot be written, or whoever holds the
            key refuses.
    """
    layers = [name for name in sorted(inventory(pack).files) if _is_sealed(name)]
    sources = {
        **{name: (pack, name) for name in layers},
        **{f"{REPORTS}/{n}": (p.parent, p.name) for n, p in reports.items()},
    }
    made = _bundle(sources)
    data = manifests.encode_plain(canonical.plain(made))
    own = {NAME: data, **(sealer.files(bundle_statement(made, data), STEM) if sealer else {})}
    partial = out.with_name(out.name + ".partial")
    with writing(out):
        if out.exists() or out.is_symlink():
            raise EvidenceError(f"{out}: exists already: name another file, or move it away")
        out.parent.mkdir(parents=True, exist_ok=True)
        try:
            with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
                for name in sorted(own, key=lambda name: (name != NAME, name)):
                    archive.writestr(_member(name), own[name])
                for name in sorted(sources):
                    _add(archive, name, *sources[name])
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)
    return made


def bundle_statement(made: Bundle, data: bytes) -> Mapping[str, Any]:
    """The statement of a bundle. ``data`` are the bytes of its ``bundle.json``."""
    counts = {"files": len(made.files), "reports": len(made.reports), "sign_offs": len(made.sign_offs)}
    return statement({NAME: sha256(data)}, STATED, {"evidence": made.evidence, **counts})


def verify_bundle(path: Path, found: Inventory, trust: Trust) -> tuple[Bundle | None, Signed | None, tuple[Fault, ...]]:
    """Whether what lies in a folder is what its ``bundle.json`` names, if it has one, and how that is signed."""
    if NAME not in found.files:
        return None, None, ()
    try:
        data = read_inside(path, NAME, manifests.MAX_BYTES)
        made = manifests.decode(data, Bundle, FORMAT)
    except EvidenceError as error:
        return None, None, (Fault(file=NAME, message=shown(str(error).removeprefix(f"{path}: {NAME} "))),)
    signed, faults = verify_signature(path, STEM, bundle_statement(made, data), found.files, trust)
    return made, signed, (*_faults(path, made, data, found), *faults)


def _faults(path: Path, made: Bundle, data: bytes, found: Inventory) -> Iterator[Fault]:
    if manifests.encode_plain(canonical.plain(made)) != data:
        yield Fault(file=NAME, message="is not written in its one canonical form (RFC 8785)")
    for name in sorted(made.files.keys() - found.files):
        yield Fault(file=shown(name), message="is named by the bundle and missing")
    for name in sorted(found.files - made.files.keys() - BESIDE):
        yield Fault(file=shown(name), message="is not named by the bundle")
    for name in sorted(made.files.keys() & found.files):
        try:
            same = _stored(path, name) == made.files[name]
        except EvidenceError as error:
            yield Fault(file=shown(name), message=shown(str(error)))
            continue
        if not same:
            yield Fault(file=shown(name), message="is not what the bundle names: it was changed")
    layers = {name: made.files[name].digest for name in made.files if _is_manifest(name)}
    if made.layers != layers or made.evidence != layers.get("evidence/manifest.json"):
        yield Fault(file=NAME, message="names other layers than its files are")
    if made.reports != _below(REPORTS, made.files) or made.sign_offs != _below(CONCLUSIONS, made.files):
        yield Fault(file=NAME, message="names other reports or conclusions than its files are")


def _bundle(sources: Mapping[str, tuple[Path, str]]) -> Bundle:
    files = {name: _stored(*sources[name]) for name in sorted(sources)}
    layers = {name: files[name].digest for name in files if _is_manifest(name)}
    return Bundle(
        format=FORMAT,
        evidence=layers["evidence/manifest.json"],
        layers=layers,
        files=files,
        reports=_below(REPORTS, files),
        sign_offs=_below(CONCLUSIONS, files),
    )


def _below(folder: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if name.startswith(f"{folder}/")))


def _is_manifest(name: str) -> bool:
    return name == "evidence/manifest.json" or (
        name.startswith("assessments/") and name.endswith("/manifest.json") and name.count("/") == 2
    )


def _is_sealed(name: str) -> bool:
    return name not in BESIDE and not name.startswith(f"{REPORTS}/")


def _stored(root: Path, name: str) -> Stored:
    hashed, size = hashlib.sha256(), 0
    with open_inside(root, name) as file:
        while data := file.read(CHUNK):
            hashed.update(data)
            size += len(data)
    return Stored(digest="sha256:" + hashed.hexdigest(), bytes=size)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, TIME)
    member.external_attr, member.create_system = MODE, 3
    return member


def _add(archive: zipfile.ZipFile, name: str, root: Path, file: str) -> None:
    member = _member(name)
    with open_inside(root, file) as source:
        member.file_size = source.seek(0, 2)
        source.seek(0)
        with archive.open(member, "w") as target:
            shutil.copyfileobj(source, target, CHUNK)
