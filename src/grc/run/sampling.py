"""Sampling: a frame out of a pack, a sample out of the frame, and all that is needed to draw it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grc.assess.sampling import Item, Sampling, draw, frame_digest, frame_of
from grc.errors import ConfigError
from grc.evidence import Pack, open_assessment, open_pack
from grc.model.evidence import OF_RECORD, Population
from grc.model.status import Verdict

FORMAT: Final = "grc.sample/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """What the sample is of. ``verdicts`` empty: whatever the check said; ``check`` None: of all subjects of a kind."""

    kind: str
    check: str | None = None
    verdicts: frozenset[Verdict] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One item of a sample. ``record`` is the digest of its line in the pack, ``verdict`` what the check said."""

    place: str
    subject: str
    record: str
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample and how it was drawn. ``whole`` False: the frame has a hole, because not all of it could be seen."""

    pack: str
    assessment: str | None
    framed: Framed
    method: Sampling
    size: int | None
    seed: str
    count: int
    digest: str
    whole: bool
    items: tuple[Drawn, ...]

    def document(self) -> dict[str, object]:
        """The sample as JSON data, in the form of docs/sampling.md."""
        return {
            "format": FORMAT,
            "pack": self.pack,
            "assessment": self.assessment,
            "kind": self.framed.kind,
            "check": self.framed.check,
            "verdicts": sorted(self.framed.verdicts),
            "method": self.method,
            "size": self.size,
            "seed": self.seed,
            "frame": {"count": self.count, "digest": self.digest, "whole": self.whole},
            "items": list(self.items),
        }


def sample(path: Path, framed: Framed, method: Sampling, size: int | None, seed: str) -> Sample:
    """Draw a sample of a pack's subjects, evidence of record alone.

    Raises:
        ConfigError: the pack holds no such kind or check, or the method lacks a size or a seed.
        EvidenceError: the pack is not whole.
    """
    pack = open_pack(path)
    populations = [one for one in pack.populations() if one.unit.kind == framed.kind and one.origin in OF_RECORD]
    if not populations:
        held = sorted({one.unit.kind for one in pack.populations() if one.origin in OF_RECORD})
        there = f"it holds {', '.join(held)}" if held else "it holds declarations alone"
        raise ConfigError(f"{path} holds no evidence of record of the kind {framed.kind!r}: {there}")
    verdicts, layer = _verdicts(pack, framed)
    records = _records(pack, populations)
    frame = frame_of(item for item in records if verdicts is None or item in verdicts)
    chosen = draw(frame, method, size, seed)
    return Sample(
        pack=pack.digest,
        assessment=layer,
        framed=framed,
        method=method,
        size=size,
        seed=seed,
        count=len(frame),
        digest=frame_digest(frame),
        whole=all(one.complete and not one.gaps for one in populations),
        items=tuple(
            Drawn(
                place=item[0],
                subject=item[1],
                record=records[item],
                verdict=None if verdicts is None else verdicts[item],
            )
            for item in chosen
        ),
    )


def _verdicts(pack: Pack, framed: Framed) -> tuple[Mapping[Item, Verdict] | None, str | None]:
    if framed.check is None:
        return None, None
    layer = open_assessment(pack)
    if framed.check not in {result.check for result in layer.assessment().checks if result.ran}:
        raise ConfigError(f"the assessment {layer.name} ran no check {framed.check!r}: name one that it ran")
    named = b'{"check":"' + framed.check.encode() + b'"'
    found = {
        (seen.place, seen.subject): seen.verdict
        for seen in layer.observed(named)
        if seen.check == framed.check and seen.kind == framed.kind and seen.origin in OF_RECORD
    }
    wanted = framed.verdicts or frozenset(Verdict)
    return {item: verdict for item, verdict in found.items() if verdict in wanted}, layer.name


def _records(pack: Pack, populations: Sequence[Population]) -> dict[Item, str]:
    """Every subject, once for each place that it was seen in, with the digest of its line."""
    return {(one.unit.place, subject): digest for one in populations for subject, digest in pack.digests(one)}
