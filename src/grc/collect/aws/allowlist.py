"""The operations that may be called, the IAM action each one needs, and those never called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from botocore import xform_name

from grc.errors import ConfigError
from grc.yamltext import read

SHIPPED: Final = Path(__file__).parent / "allowlist.yaml"


def method_of(operation: str) -> str:
    """An operation's name as a method of a client: ``ListBuckets`` is ``list_buckets``."""
    return str(xform_name(operation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One operation that may be called. ``only`` bounds the values of its parameters."""

    service: str
    operation: str
    action: str
    only: tuple[tuple[str, tuple[str, ...]], ...]
    reason: str

    @property
    def method(self) -> str:
        """The operation as resource files name it: ``list_buckets``."""
        return method_of(self.operation)

    @property
    def call(self) -> str:
        """The operation as a gap names it: ``s3:ListBuckets``."""
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowlist:
    """What may be called, by service and method, and what never is, by ``service:Operation`` with ``*`` as service."""

    reads: Mapping[tuple[str, str], Read]
    forbidden: Mapping[str, str]

    def read(self, service: str, method: str) -> Read:
        """The reviewed read.

        Raises:
            ConfigError: the operation is not on the list, or is never called.
        """
        found = self.reads.get((service, method))
        if found is None:
            raise ConfigError(
                f"{service}:{method} is not on the list of reviewed reads (allowlist.yaml): "
                "add it there with its IAM action, and with a reason if its name does not say that it reads"
            )
        reason = self.refusal(found)
        if reason is not None:
            raise ConfigError(f"{found.call} is never called: it {reason}")
        return found

    def refusal(self, found: Read) -> str | None:
        """Why an operation is never called, or None."""
        return self.forbidden.get(found.call, self.forbidden.get(f"*:{found.operation}"))


@cache
def load(path: Path = SHIPPED) -> Allowlist:
    """Load the reviewed list.

    Raises:
        DataError: the file cannot be read.
    """
    document = read(path).value
    reads = [
        Read(
            service=service,
            operation=operation,
            action=entry["action"],
            only=tuple((name, tuple(values)) for name, values in entry.get("only", {}).items()),
            reason=entry.get("reason", ""),
        )
        for service, operations in document["reads"].items()
        for operation, entry in operations.items()
    ]
    return Allowlist(
        reads={(entry.service, entry.method): entry for entry in reads},
        forbidden=document["forbidden"],
    )
