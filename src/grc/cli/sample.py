"""``grc sample``: items for an auditor to look at, drawn so that anybody can draw them again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grc.cli.exits import Exit
from grc.cli.options import examples, pack_argument
from grc.cli.output import printable

if TYPE_CHECKING:
    from grc.run.sampling import Sample

METHODS = ("random", "systematic", "stratified", "all")
VERDICTS = ("pass", "fail", "unknown", "not_applicable")


@click.command(
    short_help="Draw a sample of subjects that anybody can draw again.",
    epilog=examples(
        "grc sample packs/november --kind aws.iam.user --size 25 --seed 2026-Q4",
        "grc sample packs/november --kind aws.s3.bucket --check aws.s3.bucket.versioning --size 9 --seed x",
    ),
)
@pack_argument
@click.option("--kind", required=True, help="The kind of subjects: see `grc list kinds`.")
@click.option("--check", help="Only subjects that this check was run on.")
@click.option(
    "--verdict", "verdicts", type=click.Choice(VERDICTS), multiple=True, help="With this verdict (repeatable)."
)
@click.option("--method", type=click.Choice(METHODS), default="random", show_default=True, help="How items are chosen.")
@click.option("--size", type=click.IntRange(min=1), help="How many.")
@click.option("--seed", default="", help="Any text; the same one draws the same items.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True, help="As what."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file, instead of stdout.")
def sample(
    pack: Path,
    kind: str,
    check: str | None,
    verdicts: Sequence[str],
    method: str,
    size: int | None,
    seed: str,
    form: str,
    out: Path | None,
) -> int:
    """Draw a sample of a pack's subjects: the same pack, method, size and seed give the same items anywhere.

    It says of what it was drawn (count and digest of the frame), and whether all of that could be seen. How large a
    sample must be is the auditor's to say. The rules are in docs/sampling.md.
    """
    from grc import canonical
    from grc.assess.sampling import Sampling
    from grc.cli.pack import put
    from grc.model.status import Verdict
    from grc.run.sampling import Framed
    from grc.run.sampling import sample as run_sample

    if verdicts and check is None:
        raise click.UsageError("--verdict goes with --check")
    framed = Framed(kind=kind, check=check, verdicts=frozenset(map(Verdict, verdicts)))
    drawn = run_sample(pack, framed, Sampling(method), size, seed)
    if form == "json":
        text = canonical.encode(drawn.document()).decode() + "\n"
    else:
        text = _csv(drawn) if form == "csv" else "".join(printable(line) + "\n" for line in _lines(drawn))
    if out is None:
        click.echo(text, nl=False)
    else:
        put(text.encode("utf-8"), out)
    return Exit.NOTHING_FAILED


def _lines(drawn: Sample) -> Iterator[str]:
    yield f"{len(drawn.items)} of {drawn.count} {drawn.framed.kind}, {drawn.method.value}, seed {drawn.seed!r}"
    yield f"frame {drawn.digest} of pack {drawn.pack}"
    if not drawn.whole:
        yield "The frame is not whole: not every subject could be seen."
    for item in drawn.items:
        yield f"  {item.subject} ({item.place}){f' {item.verdict.value}' if item.verdict is not None else ''}"


def _csv(drawn: Sample) -> str:
    from grc.report.annexes import inert

    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("number", "place", "subject", "record", "verdict", "frame", "seed", "method"))
    for number, item in enumerate(drawn.items, start=1):
        verdict = item.verdict.value if item.verdict is not None else ""
        cells = (item.place, item.subject, item.record, verdict, drawn.digest, drawn.seed, drawn.method.value)
        writer.writerow((number, *map(inert, cells)))
    return text.getvalue()
