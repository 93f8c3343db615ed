"""``grc init``: a workspace that explains itself."""

from __future__ import annotations

from pathlib import Path

import click

from grc import catalogue
from grc.cli.exits import Exit
from grc.cli.options import examples


@click.command(epilog=examples("grc init", "grc init compliance/"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(folder: Path) -> int:
    """Make a workspace: a commented grc.yaml. Never overwrites."""
    target = folder / "grc.yaml"
    if target.exists():
        click.echo(f"{target} is there already and was left as it is. `grc lint` says whether it is sound.")
        return Exit.NOTHING_FAILED
    folder.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8") as file:
        file.write(catalogue.workspace_template())
    click.echo(
        f"Wrote {target}. Take the # away from what you need (scope.aws scans AWS), put registers into "
        f"{folder / 'registers'} (`grc list registers` says which), then run `grc scan --workspace {folder}`."
    )
    return Exit.NOTHING_FAILED
