"""The manifests of a pack's layers: what they say, and their one written form (RFC 8785)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec

from grc import canonical
from grc.errors import EvidenceError
from grc.model.evidence import Gap, GapReason, Population
from grc.model.identifiers import KindName

EVIDENCE: Final = "grc.evidence/1"
ASSESSMENT: Final = "grc.assessment/1"
MAX_BYTES: Final = 256 * 1024 * 1024

T = TypeVar("T")
GapKey = tuple[GapReason, str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A stream of canonical lines, as it is before compression."""

    digest: str
    bytes: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file as it lies on the disk."""

    digest: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapCount:
    """How often evidence of a kind was not had for one reason. ``count`` is in gaps, of records and populations."""

    kind: KindName
    reason: GapReason
    call: str | None = None
    permission: str | None = None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One population as it stands in a pack. ``oldest`` and ``newest`` are its records' times; None: no records."""

    population: Population
    file: str
    content: Content
    stored: Stored
    oldest: datetime | None = None
    newest: datetime | None = None
    gaps: tuple[GapCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumption:
    """A run that went on with the collection of an interrupted one."""

    id: str
    started: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The run that collected. ``scope`` is what the command was asked for."""

    id: str
    started: datetime
    finished: datetime
    scope: Mapping[str, Any]
    resumed: tuple[Resumption, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class SourceUsed:
    """A source, third-party ones included, and its version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Redacted:
    """What does not stand in the pack as it was received. ``how``: ``drop``, ``pseudonym`` or ``secret``.

    ``rule`` names the sort of a secret that was found by its form or name; "": the kind, or the workspace, says it of
    the field. ``count`` is how often something was taken out; 0: not counted, because it was never looked at.
    """

    kind: KindName
    path: str
    how: str
    rule: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceManifest:
    """What an evidence layer holds. Populations are ordered by kind and place.

    ``readme`` is the pack's page for readers. ``records_root`` is room for the root of a Merkle tree over the digests
    of all records (RFC 9162), which this engine does not make.
    """

    format: str
    engine: str
    run: Run
    sources: tuple[SourceUsed, ...]
    kinds: Mapping[KindName, Mapping[str, Any]]
    populations: tuple[Held, ...]
    gaps: tuple[GapCount, ...]
    redactions: tuple[Redacted, ...]
    readme: Stored | None = None
    records_root: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A copy of a data file that judged. ``path`` is its name in the policy, ``file`` its place in the layer."""

    path: str
    file: str
    digest: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentManifest:
    """What an assessment layer holds, and the evidence and policy that it was made from."""

    format: str
    engine: str
    as_of: datetime
    evidence: str
    policy: str
    findings: Stored
    observations: Content
    stored: Stored
    effective: Stored
    files: tuple[PolicyFile, ...]


def encode(manifest: EvidenceManifest | AssessmentManifest) -> bytes:
    """Write a manifest.

    Raises:
        EvidenceError: it holds what RFC 8785 has no form for: an integer beyond 2**53, NaN, half a surrogate pair.
    """
    return encode_plain(canonical.plain(manifest))


def encode_plain(data: object) -> bytes:
    """Write JSON data in the form of RFC 8785.

    Raises:
        EvidenceError: it holds what RFC 8785 has no form for.
    """
    import rfc8785

    try:
        return rfc8785.dumps(data)  # type: ignore[arg-type]  # JSON data, which is what it takes
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise EvidenceError(f"a manifest cannot be written: {error}: write such a value as text") from error


def decode(data: bytes, kind: type[T], format_: str) -> T:
    """Read a manifest.

    Raises:
        EvidenceError: it is not JSON, has another format, or does not say what it must.
    """
    raw = parse(data)
    found = raw.get("format")
    if found != format_:
        raise EvidenceError(f"has the format {found!r}: this engine reads {format_}")
    try:
        value = msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise EvidenceError(f"does not say what it must: {error}") from error
    refuse_naive(value)
    return value


def parse(data: bytes) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        EvidenceError: it is too large, too deep, or not a JSON object.
    """
    if len(data) > MAX_BYTES:
        raise EvidenceError(f"is larger than {MAX_BYTES // 2**20} MiB")
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise EvidenceError(f"is not a JSON object: {error}") from error
    except RecursionError as error:
        raise EvidenceError("is nested too deep") from error


def refuse_naive(value: object) -> None:
    """Refuse a timestamp without a time zone, anywhere in a value of ours.

    Raises:
        EvidenceError: there is one.
    """
    try:
        canonical.encode(value)
    except ValueError as error:
        raise EvidenceError(str(error)) from error


def count_gaps(kind: KindName, gaps: Iterable[Gap]) -> tuple[GapCount, ...]:
    """Count gaps by reason, call and permission."""
    return gap_counts(kind, Counter(map(gap_key, gaps)))


def gap_key(gap: Gap) -> GapKey:
    """What gaps are counted by: reason, call and permission."""
    return gap.reason, gap.call, gap.permission


def gap_counts(kind: KindName, found: Mapping[GapKey, int]) -> tuple[GapCount, ...]:
    """The gaps of a kind, counted."""
    counts = (
        GapCount(kind=kind, reason=reason, call=call, permission=permission, count=count)
        for (reason, call, permission), count in found.items()
    )
    return tuple(sorted(counts, key=_gap_order))


def sum_gaps(counts: Iterable[GapCount]) -> tuple[GapCount, ...]:
    """Add counts of several populations."""
    found: Counter[GapCount] = Counter()
    for count in counts:
        found[replace(count, count=0)] += count.count
    return tuple(sorted((replace(key, count=total) for key, total in found.items()), key=_gap_order))


def _gap_order(count: GapCount) -> tuple[str, str, str, str]:
    return count.kind, count.reason, count.call or "", count.permission or ""
