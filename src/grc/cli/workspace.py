"""``grc init``: a workspace that explains itself."""

from __future__ import annotations

from pathlib import Path

import click

from grc.cli.exits import Exit
from grc.cli.options import examples
from grc.cli.output import printable


@click.command(epilog=examples("grc init", "grc init compliance/", "grc init compliance/ --dry-run"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--dry-run", is_flag=True, help="Say what would be added, and add nothing.")
def init(folder: Path, dry_run: bool) -> int:
    """Make a workspace, or add what one lacks. Never overwrites.

    It gets a commented grc.yaml, a template for every register with its columns explained, templates of the usual
    policies, and files for waivers and decisions. A template is no evidence until it is filled in.
    """
    from grc.run.starting import begin

    begun = begin(folder, dry_run=dry_run)
    for name in begun.added:
        click.echo(printable(str(folder / name)))
    if dry_run:
        click.echo(f"Would add {len(begun.added)} files; {begun.kept} are there already and stay as they are.")
    elif not begun.added:
        click.echo(f"All {begun.kept} files are there already and were left as they are.")
    else:
        kept = f" {begun.kept} were there already and were left as they are." if begun.kept else ""
        click.echo(printable(f"Added {len(begun.added)} files.{kept} Begin with {folder / 'README.md'}."))
    return Exit.NOTHING_FAILED
