"""``grc pack``: a pack and reports on it, in one file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from grc.cli.exits import Exit
from grc.cli.options import examples, pack_argument

ENDINGS: Final = {"html": "html", "json": "json", "pdf": "pdf", "csv": "csv.zip", "xlsx": "xlsx"}


@click.command(
    epilog=examples(
        "grc pack packs/november --out november.zip",
        "grc pack packs/november --report html --report xlsx --out november.zip",
        "grc verify november.zip",
    )
)
@pack_argument
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where the archive goes.")
@click.option(
    "--report", "forms", type=click.Choice(list(ENDINGS)), multiple=True, help="A report to add (repeatable)."
)
def pack(pack: Path, out: Path, forms: Sequence[str]) -> int:
    """Put a pack and reports on it into one ZIP archive, which `grc verify` checks as it is.

    It holds every sealed layer, the reports, and bundle.json with the digest of each file. The same pack gives the same
    bytes. An archive that is there is never overwritten.
    """
    from grc.cli.pack import write_report
    from grc.run.bundling import bundle

    with tempfile.TemporaryDirectory(prefix="grc-") as folder:
        reports = {f"report.{ENDINGS[form]}": Path(folder) / f"report.{ENDINGS[form]}" for form in sorted(set(forms))}
        for form, path in zip(sorted(set(forms)), reports.values(), strict=True):
            write_report(pack, form, path)
        made = bundle(pack, out, reports)
    click.echo(f"Bundle: {out} ({len(made.files)} files, {len(made.layers)} sealed layers)")
    return Exit.NOTHING_FAILED
