"""``grc demo``: the main job, on a simulated AWS account and an example workspace."""

from __future__ import annotations

from pathlib import Path

import click

from grc.cli.clock import now
from grc.cli.exits import Exit
from grc.cli.options import examples, progress_options
from grc.cli.output import printable
from grc.cli.pack import write_report
from grc.cli.progress import progress
from grc.model.wording import counted


@click.command(epilog=examples("grc demo", "grc demo /tmp/clinic"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="grc-demo")
@progress_options
def demo(folder: Path, quiet: bool, verbose: bool, log_format: str) -> int:
    """Scan an example clinic on a simulated AWS account. With its registers and its next Terraform change."""
    from grc.report import summary_lines
    from grc.run.demo.job import run_demo
    from grc.run.reperforming import reperform
    from grc.run.reporting import report_input

    with progress(quiet=quiet, verbose=verbose, log_format=log_format) as bar:
        pack = run_demo(folder, clock=now, progress=bar)
    for line in summary_lines(report_input(pack)):
        click.echo(printable(line))
    result = reperform(pack)
    same = "the same byte for byte" if result.same else "NOT the same"
    click.echo(f"Performed again offline: {counted(result.observations, 'observation')}, {same}.")
    write_report(pack, "json", folder / "report.json")
    write_report(pack, "html", folder / "report.html")
    click.echo(f"Pack: {pack}")
    click.echo(f"Report: {(folder / 'report.html').resolve()}")
    return Exit.NOTHING_FAILED if result.same else Exit.FAILED
