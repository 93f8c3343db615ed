"""Evidence as it was received, and what was asked for and not had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grc.model.identifiers import KindName, Place, SubjectId


class Origin(StrEnum):
    """Where a record comes from. Only live, register and document evidence may raise a requirement."""

    LIVE = "live"
    STATE = "state"
    PLAN = "plan"
    TEMPLATE = "template"
    MANIFEST = "manifest"
    REGISTER = "register"
    DOCUMENT = "document"


OF_RECORD = frozenset({Origin.LIVE, Origin.REGISTER, Origin.DOCUMENT})
"""The origins that may raise a requirement's status."""


class GapReason(StrEnum):
    """Why evidence that was asked for was not had."""

    ACCESS_DENIED = "access-denied"
    THROTTLED = "throttled"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    CREDENTIALS = "credentials"
    MALFORMED = "malformed"
    TRUNCATED = "truncated"
    PARSE_ERROR = "parse-error"
    NOT_REQUESTED = "not-requested"
    NOT_TRANSLATED = "not-translated"
    UNKNOWN_UNTIL_APPLY = "unknown-until-apply"
    NOT_PROVIDED = "not-provided"
    NO_SUCH_ROW = "no-such-row"
    """A cell of a register names a row of another that is not there. The cell keeps what it says."""
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Gap:
    """Evidence asked for and not had.

    ``path`` is a path in the record's body (``encryption``, ``IpPermissions[0].IpRanges``); "" is the whole record
    or population. ``call`` is the operation (``s3:GetBucketEncryption``) and ``permission`` the IAM action or other
    right that was missing, where known. ``detail`` holds no secret and no raw response.
    """

    path: str
    reason: GapReason
    call: str | None = None
    permission: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One subject as it was seen.

    ``body`` is JSON data without explicit nulls; ``tags`` are the subject's tags as a map (None: tags were not read).
    ``file`` and ``line`` say where a record that comes from a file stands in it.
    """

    kind: KindName
    subject: SubjectId
    place: Place
    origin: Origin
    collected: datetime
    body: Mapping[str, object]
    tags: Mapping[str, str] | None = None
    gaps: tuple[Gap, ...] = ()
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where the subject of a record stands in a file: the path as the workspace names it, the line from 1 if known."""

    path: str
    line: int | None = None

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The paths that a population can hold a value at, list indexes left out (``IpPermissions.FromPort``).

    A path covers all below it. Reading any other path is a gap with the reason ``otherwise``.
    """

    paths: frozenset[str]
    otherwise: GapReason

    def covers(self, path: str) -> bool:
        """Whether a value at ``path`` (or its absence) is a fact here."""
        if path in self.paths:
            return True
        head, dot, _ = path.rpartition(".")
        return self.covers(head) if dot else False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fact:
    """Something seen that explains an empty place or a missing subject and is *not* a gap.

    Region not opted in, service not enabled, subject gone between list and read.
    """

    fact: str
    detail: str


SECOND_COUNT_AGREES = "second-count-agrees"
SECOND_COUNT_DIFFERS = "second-count-differs"
SECOND_COUNT_NOT_HAD = "second-count-not-had"
"""The facts of a population that a second source was asked to count as well."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Removal:
    """How often something was taken out at one path before it reached a pack: never what.

    ``path`` is without list indexes, ends in ``*`` where names are data, and is ``""`` for what is not of a body.
    ``how`` is ``secret``, ``pseudonym`` or ``drop``; ``rule`` names the sort of secret.
    """

    path: str
    how: str
    rule: str = ""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Unit:
    """The unit of work: one kind in one place. A unit has one population."""

    source: str
    place: Place
    kind: KindName


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The subjects of one kind, place and origin, and how they were asked for.

    ``gaps`` are those of the whole population (the list was denied, paging did not finish): with any, the
    population has a hole. ``complete`` says that paging finished. ``count`` is the number of records. ``removals`` is
    what was redacted on the way into a pack, where that was looked for.
    """

    unit: Unit
    origin: Origin
    query: str
    parameters: Mapping[str, object]
    caller: str
    started: datetime
    finished: datetime
    count: int
    complete: bool
    coverage: Coverage
    gaps: tuple[Gap, ...] = ()
    facts: tuple[Fact, ...] = ()
    removals: tuple[Removal, ...] = ()


Demand = Mapping[KindName, frozenset[str]]
"""What the selected checks read: for each kind, the paths of the body (``encryption.Rules``), list indexes left out."""
