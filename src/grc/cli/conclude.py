"""``grc conclude``: an assessor's conclusion on a requirement."""

from __future__ import annotations

from pathlib import Path

import click

from grc.cli.clock import now
from grc.cli.exits import Exit
from grc.cli.options import examples, pack_argument
from grc.cli.output import printable
from grc.model.conclusion import CONCLUDABLE


@click.command(
    short_help="Put an assessor's conclusion beside the engine's.",
    epilog=examples(
        'grc conclude packs/november A.8.24 --conclusion partial --who "Ada Example" --role assessor --reason "..."',
        'grc conclude packs/november Art.30 --conclusion satisfied --who "Ada Example" ... --sign assessor.pem',
    ),
)
@pack_argument
@click.argument("requirement")
@click.option(
    "--conclusion",
    type=click.Choice([each.value for each in CONCLUDABLE]),
    required=True,
    help="What the assessor concludes.",
)
@click.option("--who", required=True, help="The assessor's name.")
@click.option("--role", required=True, help="The assessor's role.")
@click.option("--reason", required=True, help="Why, in the assessor's words.")
@click.option("--sign", metavar="KEY", help="Sign with the assessor's key: a file in PEM, env:NAME or awskms:KEY.")
@click.option("--assessment", "which", help="Which assessment of the pack (default: the latest).")
def conclude(
    pack: Path,
    requirement: str,
    conclusion: str,
    who: str,
    role: str,
    reason: str,
    sign: str | None,
    which: str | None,
) -> int:
    """Put an assessor's conclusion beside what the engine proposed. Both are shown in every report.

    It lies beside the sealed layers, numbered and naming the one before it; a later one on the same requirement
    stands in its place, and both stay. Without --sign it is the word of the person named, and nothing proves who typed
    it. A workspace's key is not used: it is the organisation's, not the assessor's.
    """
    from grc.cli.sealing import named_signer
    from grc.model.status import Status
    from grc.run.concluding import Word, said
    from grc.run.concluding import conclude as run_conclude

    word = Word(conclusion=Status(conclusion), who=who, role=role, reason=reason)
    made = run_conclude(pack, requirement, word, now().replace(microsecond=0), which, named_signer(sign))
    click.echo(printable(f"{made.requirement}: {said(made)}"))
    return Exit.NOTHING_FAILED
