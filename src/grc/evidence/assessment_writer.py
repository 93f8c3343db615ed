"""Writing an assessment layer into a sealed pack: whole, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from grc.errors import EvidenceError
from grc.evidence import manifest as manifests
from grc.evidence.assessments import open_assessment
from grc.evidence.durable import flush_folder, flush_folders, write_file, write_files, writing
from grc.evidence.guarded import read_inside, sha256
from grc.evidence.layers import (
    EFFECTIVE,
    FINDINGS,
    FOLDER,
    MANIFEST,
    OBSERVATIONS,
    effective_bytes,
    findings_bytes,
    identity,
    layer_files,
    layer_sums,
    policy_digest,
    read_layer_manifest,
)
from grc.evidence.lock import Lock
from grc.evidence.manifest import AssessmentManifest, PolicyFile, Stored
from grc.evidence.naming import assessment_folder, policy_file
from grc.evidence.pack import Pack
from grc.evidence.signing.envelope import MAX_BYTES as MOST
from grc.evidence.signing.envelope import decode, encode
from grc.evidence.signing.sealing import ENVELOPE, TIMESTAMP, Sealer
from grc.evidence.signing.statements import assessment_statement
from grc.evidence.streams import LineWriter
from grc.evidence.sums import NAME
from grc.model.assessment import Assessment, Effective


class AssessmentWriter:
    """Writes one assessment beside the evidence that it was made from: whole or not at all.

    Works in ``<PACK>.assessment.partial`` and puts the layer in its place at the end. The same inputs give the same
    layer: one that is there already, and whole, is left as it is.

    Raises:
        EvidenceError: another assessment of this pack is being written, or the disk cannot be written.
    """

    def __init__(self, pack: Pack, *, engine: str) -> None:
        self._pack = pack
        self._engine = engine
        root = pack.path.absolute()
        self._partial = root.with_name(root.name + ".assessment.partial")
        self._content = self._partial / "layer"
        with writing(self._partial):
            self._partial.mkdir(exist_ok=True)
            self._lock = Lock(self._partial / "lock")
            try:
                shutil.rmtree(self._content, ignore_errors=True)  # of an assessment that was killed
                self._content.mkdir()
                self._observations = LineWriter(self._content / OBSERVATIONS)
            except OSError:
                self._lock.release()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def write(self, lines: bytes) -> None:
        """Add observations: whole canonical lines, one a subject, in the order of kind, place and subject.

        Raises:
            EvidenceError: the disk is full or cannot be written.
        """
        with writing(self._partial):
            self._observations.write(lines)

    def write_packed(self, packed: bytes) -> None:
        """Add observations that ``grc.evidence.pack_lines`` made smaller, in the same order.

        Raises:
            EvidenceError: the disk is full or cannot be written.
        """
        with writing(self._partial):
            self._observations.write_packed(packed)

    def seal(
        self, assessment: Assessment, files: Mapping[str, bytes], effective: Effective, sealer: Sealer | None = None
    ) -> Path:
        """Write the rest, sign it, and put the layer in its place. ``files`` are the policy's by path, verbatim.

        ``sealer`` None: it is not signed. The same assessment that is there without a signature gets one.

        Raises:
            EvidenceError: the disk is full or cannot be written, the same assessment is there and was changed or was
                signed by another key, or it cannot be signed.
            ValueError: the assessment is not of this pack, this policy or this instant.
        """
        self._refuse_other(assessment, files, effective)
        with writing(self._partial):
            content, stored = self._observations.close()
            made = AssessmentManifest(
                format=manifests.ASSESSMENT,
                engine=self._engine,
                as_of=assessment.as_of,
                evidence=assessment.evidence_digest,
                policy=assessment.policy_digest,
                findings=self._put(FINDINGS, findings_bytes(assessment)),
                observations=content,
                stored=stored,
                effective=self._put(EFFECTIVE, effective_bytes(effective)),
                files=tuple(_copied(path, files[path]) for path in sorted(files)),
            )
            write_files(self._content, {policy_file(path): data for path, data in files.items()})
            data = manifests.encode(made)
            self._put(MANIFEST, data)
            self._put(NAME, layer_sums(made, data))
            return self._place(made, data, sealer)

    def close(self) -> None:
        """Let go of the work folder and remove it."""
        self._observations.abandon()
        shutil.rmtree(self._content, ignore_errors=True)
        (self._partial / "file.tmp").unlink(missing_ok=True)
        self._lock.release()
        with suppress(OSError):  # another writer may have come by now
            (self._partial / "lock").unlink()
            self._partial.rmdir()

    def _refuse_other(self, assessment: Assessment, files: Mapping[str, bytes], effective: Effective) -> None:
        if assessment.evidence_digest != self._pack.digest:
            raise ValueError("the assessment was made from other evidence")
        if assessment.policy_digest != policy_digest(files, effective):
            raise ValueError("the assessment was made under another policy")
        if assessment.as_of != effective.as_of:
            raise ValueError("the assessment was made as of another instant")
        if any(policy_file(path) == EFFECTIVE for path in files):
            raise ValueError("a data file of the policy cannot be called effective.json")

    def _put(self, name: str, data: bytes) -> Stored:
        write_file(self._content / name, data, by_way_of=self._partial / "file.tmp")
        return Stored(digest=sha256(data), bytes=len(data))

    def _place(self, made: AssessmentManifest, data: bytes, sealer: Sealer | None) -> Path:
        folder = self._pack.path / FOLDER / assessment_folder(made.as_of, identity(made))
        if folder.exists():
            _refuse_changed(self._pack, folder, made)
            self._sign_again(folder, sealer)
            return folder
        for name, beside in (sealer.files(assessment_statement(made, data, folder.name)) if sealer else {}).items():
            self._put(name, beside)
        flush_folders(self._content)
        folder.parent.mkdir(exist_ok=True)
        self._content.rename(folder)
        flush_folder(folder.parent)
        flush_folder(self._pack.path)
        return folder

    def _sign_again(self, folder: Path, sealer: Sealer | None) -> None:
        """Sign a layer that is there; one that this key signed is left as it is."""
        if sealer is None:
            return
        envelope = folder / ENVELOPE
        if not envelope.exists():
            data = read_inside(folder, MANIFEST, manifests.MAX_BYTES)
            stated = assessment_statement(read_layer_manifest(data, str(folder / MANIFEST)), data, folder.name)
            write_file(envelope, encode(stated, sealer.signer), by_way_of=self._partial / "file.tmp")
        found = read_inside(folder, ENVELOPE, MOST)
        signed = decode(found).key
        if signed != sealer.signer.public.id:
            raise EvidenceError(f"{folder}: this assessment is there already, signed by another key: {signed}")
        if sealer.stamp is not None and not (folder / TIMESTAMP).exists():
            write_file(folder / TIMESTAMP, sealer.stamp(found), by_way_of=self._partial / "file.tmp")
        flush_folder(folder)


def _copied(path: str, data: bytes) -> PolicyFile:
    return PolicyFile(path=path, file=policy_file(path), digest=sha256(data), bytes=len(data))


def _refuse_changed(pack: Pack, folder: Path, made: AssessmentManifest) -> None:
    """A layer of this name is there: it must be this one, and unchanged."""
    advice = f"{folder}: this assessment is there already and was changed since: delete the folder and assess again"
    try:
        found = open_assessment(pack, folder.name)
        whole = identity(found.manifest) == identity(made)
        for name, digest in layer_files(found.manifest).items():
            whole = whole and sha256(read_inside(folder, name, manifests.MAX_BYTES)) == digest
    except EvidenceError as error:
        raise EvidenceError(advice) from error
    if not whole:
        raise EvidenceError(advice)
