"""``grc report``, ``grc verify`` and ``grc reperform``: what is done with a pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from grc.cli.exits import Exit
from grc.cli.options import examples, framework_option, pack_argument, templates_option, workspace_option
from grc.cli.output import echo_json, echo_list, format_option, printable_lines
from grc.cli.trust import read_trust, signed_row, trust_options
from grc.errors import EvidenceError, ReportError
from grc.model.wording import counted

if TYPE_CHECKING:
    from grc.evidence.chain import Linked

SITE: Final = "site"
ENDINGS: Final = {
    "html": "html",
    "json": "json",
    "pdf": "pdf",
    "csv": "csv.zip",
    "xlsx": "xlsx",
    "sarif": "sarif",
    "junit": "junit.xml",
    "ocsf": "ocsf.ndjson",
    "oscal": "oscal.json",
}
"""The formats of one file, and how its name ends."""


@click.command(
    epilog=examples(
        "grc report packs/november --format html --out november.html",
        "grc report packs/november --format site --before packs/october --out november",
        "grc report packs/november --format pdf --framework hipaa --out hipaa.pdf",
        "grc report packs/pull-request --format sarif --out grc.sarif",
    )
)
@pack_argument
@click.option(
    "--format",
    "form",
    type=click.Choice([SITE, *ENDINGS]),
    default="html",
    show_default=True,
    help="As what; html is one file, site a folder for packs of any size, csv a ZIP archive with a file a table, sarif "
    "the failures for code scanning, junit a test case a check, ocsf an event for each subject that did not pass, "
    "oscal assessment results.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the report goes.")
@click.option(
    "--before",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    multiple=True,
    help="Earlier pack to compare with, in a site (repeatable; two or more draw a trend).",
)
@framework_option
@templates_option
@click.option("--assessment", "which", help="Which assessment of the pack (default: the latest).")
@click.option("--reveal", is_flag=True, help="Name the persons behind pseudonyms, by the workspace's own table.")
@workspace_option
def report(
    pack: Path,
    form: str,
    out: Path,
    before: Sequence[Path],
    frameworks: Sequence[str],
    templates: Sequence[Path],
    which: str | None,
    reveal: bool,
    workspace: Path | None,
) -> int:
    """Make a report from a pack alone.

    With --reveal it names the persons behind pseudonyms, as far as the workspace keeps a table of them (redact.table in
    grc.yaml). Keep such a report from those who may not know them.
    """
    if before and form != SITE:
        raise click.UsageError("--before needs --format site: the other formats are about one pack")
    names = _names(workspace) if reveal else None
    write_report(pack, form, out, templates, which, frameworks, names, before)
    click.echo(f"Report: {out / 'index.html' if form == SITE else out}")
    return Exit.NOTHING_FAILED


def write_report(
    pack: Path,
    form: str,
    out: Path,
    templates: Sequence[Path] = (),
    which: str | None = None,
    frameworks: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
    before: Sequence[Path] = (),
) -> None:
    """Render a report and put it in its place, whole or not at all. ``frameworks``: of these alone.

    ``names`` are the persons to name, by pseudonym; None: nobody. ``before`` are earlier packs to compare with, in a
    site.

    Raises:
        EvidenceError: a pack is not whole.
        ReportError: a template is wrong, or the report cannot be written.
    """
    from grc.catalogue import shipped
    from grc.report import narrowed, render, render_site, write_folder
    from grc.run.reporting import report_input
    from grc.run.revealing import revealed

    if form != SITE and out.is_dir():
        raise ReportError(f"{out} is a folder: name a file, or say --format {SITE}")
    whole = report_input(pack, which, before)
    gathered = narrowed(whole, frameworks) if frameworks else whole
    if names is not None:
        gathered = revealed(gathered, names)
    folders = (*templates, shipped() / "reports" / "templates")
    if form == SITE:
        write_folder(render_site(gathered, folders), out)
    else:
        put(render(gathered, form, folders), out)


def put(data: bytes, out: Path) -> None:
    """Put what was rendered in its place, whole or not at all.

    Raises:
        ReportError: it cannot be written.
    """
    partial = out.with_name(out.name + ".partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        partial.replace(out)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ReportError(f"{out} cannot be written: {error.strerror}") from error


@click.command(
    short_help="Check that a pack is what was sealed, and who signed it.",
    epilog=examples("grc verify packs/november", "grc verify packs/november --key signing.pub.pem"),
)
@pack_argument
@trust_options
@click.option("--digests", is_flag=True, help="Look at digests and signatures alone, not at each line: much faster.")
@format_option
def verify(
    pack: Path, keys: Sequence[Path], revoked: Sequence[str], timestamp_roots: Sequence[Path], digests: bool, form: str
) -> int:
    """Check that a pack, or an archive made by `grc pack`, is what was sealed, and who signed it. Exit code 3 if not.

    Says what holds, what does not, and what this does not prove. With --key, every layer must be signed by a key that
    is named; without one, a signature by any key is right or wrong, and a pack may be unsigned.
    """
    from grc.evidence import verify as run_verify

    trust = read_trust(keys, revoked, timestamp_roots)
    try:
        result = run_verify(pack, trust, lines=not digests)
    except EvidenceError as error:
        click.echo(printable_lines(f"Error: {error}"), err=True)
        return Exit.FAILED
    if form == "json":
        faults = [{"file": fault.file, "message": fault.message} for fault in result.faults]
        whole = {"whole": result.whole, "evidence_digest": result.evidence_digest}
        signed = {"signatures": [signed_row(signed) for signed in result.signatures], "link": _link_row(result.link)}
        signed["conclusions"] = [signed_row(one) for one in result.conclusions]
        echo_json({**whole, **signed, "holds": result.holds, "faults": faults, "not_proven": result.not_proven})
    else:
        echo_list("Holds:", result.holds)
        echo_list("Does not hold:", [str(fault) for fault in result.faults])
        echo_list("Not proven by this:", result.not_proven)
    return Exit.NOTHING_FAILED if result.whole else Exit.FAILED


@click.command(epilog=examples("grc reperform packs/november"))
@pack_argument
@click.option("--assessment", "which", help="Which assessment of the pack (default: the latest).")
@format_option
def reperform(pack: Path, which: str | None, form: str) -> int:
    """Recompute every verdict of a pack, offline. Compares byte for byte; exit code 3 if anything differs."""
    from grc.evidence import verify as run_verify
    from grc.run.reperforming import reperform as run_reperform

    try:
        faults = run_verify(pack).faults
        result = run_reperform(pack, which) if not faults else None
    except EvidenceError as error:
        click.echo(printable_lines(f"Error: {error}"), err=True)
        return Exit.FAILED
    if result is None:
        echo_list("Not performed again, because the pack is not what was sealed:", [str(fault) for fault in faults])
        return Exit.FAILED
    if form == "json":
        counts = {"assessment": result.assessment, "observations": result.observations, "findings": result.findings}
        echo_json({**counts, "same": result.same, "differences": result.differences})
    elif result.same:
        click.echo(
            f"Performed again: {counted(result.observations, 'observation')} and "
            f"{counted(result.findings, 'finding')} of {result.assessment}, the same byte for byte."
        )
    else:
        echo_list("Performed again, and not the same:", result.differences)
    return Exit.NOTHING_FAILED if result.same else Exit.FAILED


def _names(workspace: Path | None) -> Mapping[str, str]:
    from grc.run.desk import open_workspace
    from grc.run.revealing import names_of

    return names_of(open_workspace(workspace))


def _link_row(link: Linked | None) -> dict[str, object] | None:
    if link is None:
        return None
    return {"chain": link.chain, "sequence": link.sequence, "standing": link.standing.value, "key": link.key}
