"""Opens a register's file as what its name ends with."""

from __future__ import annotations

from pathlib import Path

from grc.collect.registers.tables import Table, TableRefused, not_provided
from grc.model.workspace import RegisterFile


def open_table(path: Path, told: RegisterFile, register: str) -> Table:
    """Open a CSV, XLSX or YAML register as the workspace tells. ``register`` is its name, a sheet's when none is told.

    Raises:
        TableRefused: the file cannot be read; reading its rows may raise it too.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise TableRefused(not_provided(f"{path.name}: {error.strerror}")) from error
    if path.suffix == ".xlsx":
        from grc.collect.registers.workbook import open_workbook

        return open_workbook(path, told, register)
    if path.suffix == ".yaml":
        from grc.collect.registers.yamlrows import open_yaml

        return open_yaml(path)
    from grc.collect.registers.csvrows import open_csv

    return open_csv(path, told, size)
