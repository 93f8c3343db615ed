"""Whose signatures count, as the command line says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from grc.evidence import Signed, Trust

Command = TypeVar("Command", bound=Callable[..., Any])

FINGERPRINT: Final = re.compile(r"sha256:[0-9a-f]{64}")


def trust_options(command: Command) -> Command:
    """Add ``--key``, ``--revoked`` and ``--timestamp-root``."""
    keys = click.option(
        "--key",
        "keys",
        metavar="PUB",
        type=click.Path(path_type=Path),
        multiple=True,
        help="A public key that you trust, in PEM (repeatable).",
    )
    revoked = click.option(
        "--revoked",
        metavar="PUB",
        multiple=True,
        help="A public key that no longer counts, in PEM, or its fingerprint (repeatable).",
    )
    roots = click.option(
        "--timestamp-root",
        "timestamp_roots",
        metavar="PEM",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Certificates of timestamp authorities that you trust; every signature must then have one's (repeatable).",
    )
    return keys(revoked(roots(command)))


def read_trust(keys: Sequence[Path], revoked: Sequence[str], timestamp_roots: Sequence[Path]) -> Trust:
    """What was named.

    Raises:
        ConfigError: a file cannot be read, or is no key or certificate.
    """
    from grc.evidence import NOBODY, Trust
    from grc.evidence.signing.keys import read_public
    from grc.evidence.signing.timestamps import read_roots

    if not keys and not revoked and not timestamp_roots:
        return NOBODY
    return Trust(
        keys=tuple(read_public(path) for path in keys),
        revoked=frozenset(one if FINGERPRINT.fullmatch(one) else read_public(Path(one)).id for one in revoked),
        roots=tuple(root for path in timestamp_roots for root in read_roots(path)),
    )


def signed_row(signed: Signed) -> dict[str, object]:
    """How a layer is signed, as JSON data."""
    return {
        "file": signed.file,
        "standing": signed.standing.value,
        "key": signed.key,
        "timestamp": signed.stamped.isoformat().replace("+00:00", "Z") if signed.stamped else None,
        "timestamp_proven": signed.proven,
    }
