"""The gate on the command line: what counts in it, and the exit code that it comes to."""

from __future__ import annotations

from typing import Final

import click

from grc.cli.exits import Exit
from grc.model.catalogue import Severity
from grc.run.gate import Gated

EXITS: Final = {
    Gated.NOTHING_FAILED: Exit.NOTHING_FAILED,
    Gated.FAILED: Exit.FAILED,
    Gated.UNDECIDED: Exit.UNDECIDED,
    Gated.NOTHING_TO_ASSESS: Exit.NOTHING_TO_ASSESS,
}

fail_on_option = click.option(
    "--fail-on",
    type=click.Choice([severity.value for severity in reversed(Severity)]),
    default="low",
    show_default=True,
    help="The least severity of a check that counts in the gate.",
)
