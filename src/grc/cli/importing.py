"""``grc import``: a catalogue of somebody else, as a catalogue of ours."""

from __future__ import annotations

from pathlib import Path

import click

from grc.cli.exits import Exit
from grc.cli.options import examples
from grc.cli.output import printable


@click.command("import", epilog=examples("grc import oscal NIST_SP-800-53_rev5_catalog.json --id nist-800-53"))
@click.argument("form", metavar="FORMAT", type=click.Choice(["oscal"]))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--id", "framework", required=True, help="The framework's id here, such as nist-800-53.")
@click.option("--out", type=click.Path(path_type=Path), help="The new folder (default: controls/ID).")
@click.option("--publisher", help="Who publishes it, where the file does not say.")
@click.option("--licence", help="What may be done with its text.")
@click.option("--source", help="The https address that it comes from, where the file does not say.")
def import_(
    form: str,
    file: Path,
    framework: str,
    out: Path | None,
    publisher: str | None,
    licence: str | None,
    source: str | None,
) -> int:
    """Import a catalogue as a folder of our YAML. FORMAT is oscal: an OSCAL catalogue, version 1, as JSON.

    Groups become headings, controls and enhancements rows with parts still to be written, the items of their
    statements content. Never overwrites.
    """
    from grc.catalogue.oscal import Told, import_catalogue

    told = Told(publisher=publisher, licence=licence, source=source)
    made = import_catalogue(file, framework, out or Path("controls") / framework, told)
    click.echo(
        printable(
            f"Wrote {made.folder}: {made.rows} rows, {made.counted} of them counted, {made.withdrawn} withdrawn by the "
            "publisher. Write the parts of the rows that you map to, then run `grc lint`."
        )
    )
    return Exit.NOTHING_FAILED
