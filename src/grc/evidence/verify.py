"""Whether a pack is what was sealed and signed: every digest of every layer, nothing missing and nothing added."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from grc.errors import EvidenceError
from grc.evidence.bundle import BESIDE as BUNDLED
from grc.evidence.bundle import NAME as BUNDLE
from grc.evidence.bundle import verify_bundle
from grc.evidence.chain import Linked
from grc.evidence.conclusions import FOLDER as CONCLUSIONS
from grc.evidence.conclusions import read_conclusions
from grc.evidence.faults import Fault, Inventory, compare, inventory, shown
from grc.evidence.guarded import is_file, is_folder
from grc.evidence.layers import FOLDER
from grc.evidence.pack import is_work_folder, packs_within, why_no_pack
from grc.evidence.proven import REPORTED, UNREAD, concluding, held, not_proven
from grc.evidence.readme import NAME as README
from grc.evidence.signing.sealing import BESIDE
from grc.evidence.signing.trust import NOBODY, Signed, Trust
from grc.evidence.unpacking import unpacked
from grc.evidence.verify_assessment import verify_assessment
from grc.evidence.verify_evidence import Layer, verify_evidence
from grc.evidence.verify_link import NAME as LINK
from grc.evidence.verify_link import verify_link
from grc.evidence.verify_signatures import verify_signature


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyResult:
    """What holds, what does not, and what verifying cannot show.

    ``signatures`` has one entry a layer, and one of a bundle; ``conclusions`` one a conclusion. ``link`` is the pack's
    place in a chain; None: it says of none.
    """

    pack: Path
    evidence_digest: str | None
    holds: tuple[str, ...]
    faults: tuple[Fault, ...]
    signatures: tuple[Signed, ...]
    conclusions: tuple[Signed, ...]
    link: Linked | None
    not_proven: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong with the pack."""
        return not self.faults


def verify(path: Path, trust: Trust = NOBODY, *, lines: bool = True) -> VerifyResult:
    """Verify every layer of a pack, or of a bundle. Whatever is wrong with it is a fault in the result.

    ``lines`` False: digests alone, and not the form, order and counts of the lines that they are of.

    1. The evidence's manifest, population files and sums agree, line by line.
    2. Each assessment's files and observations agree with its manifest, and it names this evidence.
    3. Nothing is missing, and nothing is there that no manifest names.
    4. Each signature is over its layer, by a key that stands as ``trust`` says; so is each timestamp.
    5. The pack holds the layers that its link in a chain names.
    6. What a bundle names is there, and nothing else, and its signature stands as ``trust`` says.
    7. An assessor's conclusions are in order, each names the one before, and an assessment of this pack; those that
       are signed are so by a key that stands as ``trust`` says.

    Raises:
        EvidenceError: there is no folder and no bundle at ``path``, it holds packs, or the bundle cannot be unpacked.
    """
    if is_file(path):
        with unpacked(path) as folder:
            result = verify(folder, trust, lines=lines)
            return replace(result, pack=path, faults=tuple(sorted({*result.faults, *_no_bundle(folder)})))
    if not is_folder(path):
        raise EvidenceError(f"{path}: there is no such folder: name a pack")
    if not is_folder(path / "evidence") and packs_within(path):
        raise EvidenceError(f"{path}: is not a sealed pack: {why_no_pack(path)}")
    found = inventory(path)
    layers = _layers(path, found, lines)
    signed = {
        layer.folder: verify_signature(path, f"{layer.folder}/manifest", layer.stated, found.files, trust)
        for layer in layers
        if layer.stated is not None
    }
    linked, link_faults = verify_link(path, found.files, layers, trust)
    bundled, bundle_signed, bundle_faults = verify_bundle(path, found, trust)
    beside = {f"{layer.folder}/{name}" for layer in layers for name in BESIDE} | {
        LINK,
        *(BUNDLED if BUNDLE in found.files else ()),
    }
    assessed = {layer.folder: layer.digest for layer in layers[1:]}
    concluded, conclusion_faults = read_conclusions(path, found, assessed, trust)
    beside |= {name for name in found.files if name.startswith(f"{CONCLUSIONS}/")}
    beside |= set(bundled.reports) if bundled else set()
    expected = {name for layer in layers for name in layer.files} | (beside & found.files)
    expected |= _unread(layers[0], found)
    faults = {
        *found.faults,
        *(fault for layer in layers for fault in layer.faults),
        *(fault for _, more in signed.values() for fault in more),
        *link_faults,
        *bundle_faults,
        *conclusion_faults,
        *compare(found, expected, [FOLDER, CONCLUSIONS]),
        *([Fault(file="", message="was never sealed: its collection was interrupted")] if is_work_folder(path) else ()),
    }
    signatures = (*(standing for standing, _ in signed.values()), *([bundle_signed] if bundle_signed else ()))
    words = tuple(one.signed for one in concluded)
    return VerifyResult(
        pack=path,
        evidence_digest=layers[0].digest,
        holds=tuple(
            shown(line)
            for line in (*(line for it in layers for line in it.holds), *held((*signatures, *words), linked))
        ),
        faults=tuple(sorted(faults)),
        signatures=signatures,
        conclusions=words,
        link=linked,
        not_proven=(
            *not_proven(signatures, linked),
            *concluding(words),
            *((REPORTED,) if bundled and bundled.reports else ()),
            *(() if lines else (UNREAD,)),
        ),
    )


def _no_bundle(folder: Path) -> tuple[Fault, ...]:
    missing = Fault(file=BUNDLE, message="is missing: this archive was not made by `grc pack`")
    return () if (folder / BUNDLE).is_file() else (missing,)


def _unread(evidence: Layer, found: Inventory) -> frozenset[str]:
    """What a manifest that cannot be read would name: one fault says so, and not one a file."""
    if evidence.digest is not None:
        return frozenset()
    return frozenset(name for name in found.files if name == README or name.startswith(f"{evidence.folder}/"))


def _layers(path: Path, found: Inventory, lines: bool) -> tuple[Layer, ...]:
    evidence = verify_evidence(path, lines=lines)
    names = sorted({name.split("/")[1] for name in found.folders if name.startswith(FOLDER + "/")})
    return (evidence, *(verify_assessment(path, name, evidence.digest, lines=lines) for name in names))
