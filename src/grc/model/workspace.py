"""What an organisation declares: who it is, what is in scope, and what it sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from grc.model.catalogue import ParameterValue, Position
from grc.model.identifiers import FrameworkId, KindName
from grc.model.types import Redaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who is assessed. Dates are days of ``timezone``, an IANA name. ``contacts`` maps a role to an address."""

    name: str | None
    timezone: str
    contacts: Mapping[str, str]


class Accounts(Enum):
    """Which AWS accounts, where they are not listed."""

    OWN = "own"
    """The account of the credentials."""
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """An account, or one region of it, left out of scope by a person. ``region`` None is the whole account."""

    account: str
    region: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsScope:
    """What of AWS is in scope. ``regions`` None: all that are enabled. ``role`` is assumed in each other account.

    ``external_id`` is what the role asks for of who assumes it. ``tie_out``: AWS Config counts as well.
    """

    accounts: Accounts | tuple[str, ...]
    regions: tuple[str, ...] | None
    role: str | None
    external_id: str | None = None
    tie_out: bool = False
    exclusions: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """The tag that marks a subject, such as ``DataClass=personal``."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterScope:
    """A cluster of Kubernetes by a context of a kubeconfig. ``namespaces`` None: the whole cluster."""

    context: str
    namespaces: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that an audit is about; both are within."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A value that an organisation sets for a check's parameter. ``check`` may be an alias."""

    check: str
    parameter: str
    value: ParameterValue
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxAge:
    """How old evidence may be. ``default_days`` None: the engine's own default for kinds that do not say."""

    default_days: int | None
    kinds: Mapping[KindName, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFile:
    """How a register's file differs from ``<register>.csv`` in UTF-8 with commas.

    ``columns`` maps a field to the heading that the file has for it. ``sheet`` is the worksheet of a workbook.
    """

    file: str | None
    encoding: str
    delimiter: str
    columns: Mapping[str, str]
    sheet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registers:
    """Where the registers are: a folder relative to the workspace, and the files that need more said."""

    folder: str
    files: Mapping[str, RegisterFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact:
    """What does not reach a pack beyond what the kinds say. ``key`` is the file with the pseudonyms' key.

    ``table`` is the file that says whom each pseudonym stands for; None: nobody keeps that.
    """

    key: str | None
    fields: Mapping[KindName, Mapping[str, Redaction]]
    table: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What signs packs. ``key`` is a file in the workspace, ``env:NAME`` or ``awskms:KEY``.

    ``timestamp`` is the address of an authority; None: none is asked.
    """

    key: str
    timestamp: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One organisation's declarations. Paths in it are relative to ``folder``.

    ``frameworks`` None: all catalogues. ``themes`` None: the controls of all themes are tested. ``aws`` None: AWS is
    not declared to be in scope. ``organizations`` are those of GitHub. ``documents`` is the folder of the policy
    documents. ``tags`` maps a meaning (``personal-data``) to the tag that marks it. ``signing`` None: packs are not
    signed. ``file`` is None where there is no ``grc.yaml``.
    """

    folder: Path
    file: Path | None
    organisation: Organisation
    frameworks: tuple[FrameworkId, ...] | None
    themes: tuple[str, ...] | None = None
    aws: AwsScope | None
    paths: tuple[str, ...]
    clusters: tuple[ClusterScope, ...] = ()
    organizations: tuple[str, ...] = ()
    tags: Mapping[str, TagRule]
    period: Period | None
    overrides: tuple[Override, ...]
    max_age: MaxAge
    registers: Registers
    redact: Redact
    vault: str
    documents: str = "policies"
    signing: Signing | None = None

    def facts(self) -> dict[str, object]:
        """What checks see as ``org``: ``org.name``, ``org.timezone``, ``org.tags["personal-data"].key``."""
        name = {"name": self.organisation.name} if self.organisation.name else {}
        tags = {meaning: {"key": rule.key, "value": rule.value} for meaning, rule in self.tags.items()}
        return {**name, "timezone": self.organisation.timezone, "tags": tags}
