"""``grc pack``: a pack and reports on it, in one file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from grc.cli.exits import Exit
from grc.cli.options import (
    examples,
    framework_option,
    pack_argument,
    sign_options,
    templates_option,
    workspace_option,
)
from grc.cli.pack import ENDINGS, write_report
from grc.cli.sealing import open_sealer
from grc.model.wording import counted


@click.command(
    short_help="Put a pack and reports on it into one ZIP archive.",
    epilog=examples(
        "grc pack packs/november --out november.zip",
        "grc pack packs/november --report html --report xlsx --out november.zip",
        "grc pack packs/november --report pdf --framework hipaa --sign signing.pem --out hipaa.zip",
        "grc verify november.zip",
    ),
)
@pack_argument
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where the archive goes.")
@click.option(
    "--report", "forms", type=click.Choice(list(ENDINGS)), multiple=True, help="A report to add (repeatable)."
)
@framework_option
@templates_option
@sign_options
@workspace_option
def pack(
    pack: Path,
    out: Path,
    forms: Sequence[str],
    frameworks: Sequence[str],
    templates: Sequence[Path],
    sign: str | None,
    timestamp: str | None,
    workspace: Path | None,
) -> int:
    """Put a pack and reports on it into one ZIP archive, which `grc verify` checks as it is.

    It holds every sealed layer, the reports, and bundle.json with the digest of each file, which is signed as the
    layers are. The same pack gives the same bytes. An archive that is there is never overwritten. --framework and
    --templates are about the reports: the layers are always whole.
    """
    from grc.run.bundling import bundle
    from grc.run.desk import open_workspace

    if (frameworks or templates) and not forms:
        raise click.UsageError("--framework and --templates are about reports: name one with --report")
    sealer = open_sealer(open_workspace(workspace), sign, timestamp)
    with tempfile.TemporaryDirectory(prefix="grc-") as folder:
        reports = {f"report.{ENDINGS[form]}": Path(folder) / f"report.{ENDINGS[form]}" for form in sorted(set(forms))}
        for form, path in zip(sorted(set(forms)), reports.values(), strict=True):
            write_report(pack, form, path, templates, frameworks=frameworks)
        made = bundle(pack, out, reports, sealer)
    click.echo(f"Bundle: {out} ({counted(len(made.files), 'file')}, {counted(len(made.layers), 'sealed layer')})")
    return Exit.NOTHING_FAILED
