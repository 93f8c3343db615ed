"""``grc requests``: what an auditor still asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from grc.cli.exits import Exit
from grc.cli.options import examples, pack_argument


@click.command(
    short_help="List the evidence to ask for, of whom, and what is there.",
    epilog=examples(
        "grc requests packs/november --format xlsx --due 2026-12-15 --out requests.xlsx",
        "grc requests packs/november --format html --framework iso27001 --out requests.html",
    ),
)
@pack_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "html", "csv", "json"]),
    default="html",
    show_default=True,
    help="As what.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Where the list goes.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="The day by which it is asked for.")
@click.option("--framework", "frameworks", multiple=True, help="Of this framework alone (repeatable).")
@click.option("--all", "answered", is_flag=True, help="Also what the pack answers already.")
@click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    help="Folder of templates of your own, before ours (repeatable).",
)
@click.option("--assessment", "which", help="Which assessment of the pack (default: the latest).")
def requests(
    pack: Path,
    form: str,
    out: Path,
    due: datetime | None,
    frameworks: Sequence[str],
    answered: bool,
    templates: Sequence[Path],
    which: str | None,
) -> int:
    """List the evidence to ask for: each part that needs a person, or that has no evidence, a gap or evidence too old.

    Each row says what must be shown, what usually shows it, who owns it and what of it is in the pack already.
    """
    from grc.catalogue import shipped
    from grc.cli.pack import put
    from grc.report import narrowed, render_requests
    from grc.run.reporting import report_input

    whole = report_input(pack, which)
    gathered = narrowed(whole, frameworks) if frameworks else whole
    folders = (*templates, shipped() / "reports" / "templates")
    put(render_requests(gathered, form, folders, due=due.date() if due else None, answered=answered), out)
    click.echo(f"Requests: {out}")
    return Exit.NOTHING_FAILED
