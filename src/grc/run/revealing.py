"""Who a pseudonym stands for: a table that only the owner of a workspace keeps, and that no pack ever holds.

Written beside the pseudonyms' key when ``redact.table`` in grc.yaml says so. Without it nothing can be revealed.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from grc.collect.persons import LENGTH, PREFIX
from grc.collect.secrets import scrub
from grc.errors import ConfigError
from grc.model.workspace import Workspace

if TYPE_CHECKING:
    from grc.report import ReportInput

FORMAT: Final = "grc.pseudonyms/1"
PSEUDONYM: Final = re.compile(rf"{PREFIX}[0-9a-f]{{{LENGTH}}}")

T = TypeVar("T")


class Ledger:
    """Notes who each pseudonym of a run stands for. What looks like a secret is never noted."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def note(self, pseudonym: str, person: str) -> None:
        """Remember the person as first written. Safe to call from several threads."""
        if pseudonym not in self._names and not scrub(person).sorts:
            self._names.setdefault(pseudonym, person.strip())

    def keep(self, path: Path) -> None:
        """Add what was noted to the table, readable by its owner alone. Of several runs at once, one after the other.

        Raises:
            ConfigError: the table is not one, can be read by others, or cannot be written.
        """
        from grc.evidence.lock import Lock

        if not self._names:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = Lock(path.with_name(f".{path.name}.lock"), wait=True)
            try:
                self._add(path)
            finally:
                lock.release()
        except OSError as error:
            raise ConfigError(f"the table of pseudonyms {path} cannot be written: {error.strerror}") from error

    def _add(self, path: Path) -> None:
        from grc.evidence.durable import flush_file

        known = dict(_read(path)) if path.exists() else {}
        table = {"format": FORMAT, "persons": dict(sorted({**known, **self._names}.items()))}
        partial = path.with_name(path.name + ".partial")
        partial.unlink(missing_ok=True)
        made = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "wb") as file:
            file.write(json.dumps(table, ensure_ascii=False, indent=1).encode())
            flush_file(file)
        partial.replace(path)


def table_of(workspace: Workspace) -> Path | None:
    """Where a workspace keeps its table; None: it keeps none."""
    return None if workspace.redact.table is None else workspace.folder / workspace.redact.table


def names_of(workspace: Workspace) -> Mapping[str, str]:
    """Whom each pseudonym stands for.

    Raises:
        ConfigError: the workspace keeps no table, or it cannot be used.
    """
    path = table_of(workspace)
    if path is None:
        raise ConfigError(
            "nothing can be revealed: this workspace keeps no table of pseudonyms. With `redact: {table: "
            ".grc/pseudonyms.json}` in grc.yaml, the next collection begins one"
        )
    if not path.exists():
        raise ConfigError(f"there is no table of pseudonyms {path} yet: `grc collect` begins it")
    return _read(path)


def revealer(names: Mapping[str, str]) -> Callable[[str], str]:
    """What writes the person before each pseudonym that the table knows."""

    def shown(found: re.Match[str]) -> str:
        person = names.get(found[0])
        return found[0] if person is None else f"{person} ({found[0]})"

    return lambda text: PSEUDONYM.sub(shown, text) if PREFIX in text else text


def revealed(report: ReportInput, names: Mapping[str, str]) -> ReportInput:
    """A report's input with the persons named. The report says so: it is for who may know them."""
    say = revealer(names)
    observations, every = report.observations, report.every
    return replace(
        report,
        assessment=_within(report.assessment, say),
        evidence=_within(report.evidence, say),
        views=_within(report.views, say),
        observations=lambda: (_within(each, say) for each in observations()),
        every=None if every is None else lambda: (_within(each, say) for each in every()),
        earlier=_within(report.earlier, say),
        classification=f"{report.classification}, persons revealed",
    )


def _within(value: T, say: Callable[[str], str]) -> T:
    made: Any = value
    if isinstance(value, str) and type(made) is str:
        made = say(value)
    elif is_dataclass(value) and not isinstance(value, type):
        changes = {
            one.name: new for one in fields(value) if (new := _within(old := getattr(value, one.name), say)) is not old
        }
        made = replace(value, **changes) if changes else value
    elif isinstance(value, Mapping):
        pairs = {_within(key, say): _within(below, say) for key, below in value.items()}
        made = value if all(pairs.get(key) is below for key, below in value.items()) else pairs
    elif isinstance(value, (tuple, list, frozenset)) and not hasattr(value, "_fields"):
        inner = [_within(below, say) for below in value]
        made = value if all(new is old for new, old in zip(inner, value, strict=True)) else type(value)(inner)
    return made  # type: ignore[no-any-return]


def _read(path: Path) -> Mapping[str, str]:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise ConfigError(f"the table of pseudonyms {path} can be read by others: run `chmod 600 {path}`")
        table = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"the table of pseudonyms {path} cannot be read: {error}") from error
    persons = table.get("persons") if isinstance(table, dict) and table.get("format") == FORMAT else None
    if not isinstance(persons, dict) or not all(isinstance(person, str) for person in persons.values()):
        raise ConfigError(f"{path} is no table of pseudonyms ({FORMAT}): restore it, or move it away")
    return persons
