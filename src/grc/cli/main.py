"""The door: finds the command, runs it, and turns what was raised into a message and an exit code.

Each command's module is imported only when that command runs, so that ``grc --version`` stays quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Final, NoReturn

import click

from grc import __version__
from grc.cli.clock import Clock
from grc.cli.exits import Exit
from grc.cli.output import printable_lines
from grc.errors import EvidenceError, GrcError, NothingToAssessError
from grc.garbage import end_without_search

COMMANDS: Final[Mapping[str, str]] = {
    "assess": "grc.cli.scan:assess",
    "attest": "grc.cli.attest:attest",
    "cluster-role": "grc.cli.readers:cluster_role",
    "collect": "grc.cli.scan:collect",
    "conclude": "grc.cli.conclude:conclude",
    "coverage": "grc.cli.coverage:coverage_",
    "demo": "grc.cli.demo:demo",
    "diff": "grc.cli.diff:diff",
    "eval": "grc.cli.expression:evaluate",
    "explain": "grc.cli.explain:explain",
    "finding": "grc.cli.finding:finding",
    "github-export": "grc.cli.readers:github_export",
    "host-script": "grc.cli.readers:host_script",
    "iam-policy": "grc.cli.iam:iam_policy",
    "import": "grc.cli.importing:import_",
    "init": "grc.cli.workspace:init",
    "key": "grc.cli.key:key",
    "lint": "grc.cli.data:lint",
    "list": "grc.cli.listing:list_",
    "pack": "grc.cli.bundle:pack",
    "period": "grc.cli.period:period",
    "query": "grc.cli.query:query",
    "reperform": "grc.cli.pack:reperform",
    "report": "grc.cli.pack:report",
    "requests": "grc.cli.requests:requests",
    "sample": "grc.cli.sample:sample",
    "scan": "grc.cli.scan:scan",
    "test": "grc.cli.data:test",
    "vault": "grc.cli.vault:vault",
    "verify": "grc.cli.pack:verify",
    "view": "grc.cli.view:view",
    "waive": "grc.cli.waive:waive",
}

EPILOG: Final = """\b
Examples:
  grc demo                        the whole way on a simulated AWS account
  grc scan aws --region eu-central-1
  grc scan plan.json --fail-on high
  grc report PACK --format html --out report.html
  grc reperform PACK              every verdict again, offline
"""


class Commands(click.Group):
    """The commands by name; each is imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it; of a name that is no command, what it may have meant: click looks at loaded ones alone."""
        if args[0] in COMMANDS or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        alike = get_close_matches(args[0], COMMANDS)
        hint = f": did you mean {' or '.join(alike)}?" if alike else ""
        raise click.UsageError(f"there is no command {args[0]!r}{hint}", ctx)

    def invoke(self, ctx: click.Context) -> object:
        """As click does it; it would end with 1, which is a crash, where whoever reads the output goes away."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still held has nowhere to go
            raise click.exceptions.Exit(Exit.READER_LEFT) from None

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "GRC"}
)
@click.version_option(__version__, prog_name="grc")
def cli() -> None:
    """Compliance as code: evidence is collected, controls are tested, and every verdict can be performed again."""


def main(arguments: Sequence[str] | None = None, clock: Clock | None = None) -> NoReturn:
    """Run the command line and exit with its code (docs/command-line.md).

    ``arguments`` None: the process's own. ``clock`` None: the machine's.
    """
    end_without_search()
    try:
        code = cli.main(arguments, standalone_mode=False, obj=clock)
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.Abort:
        code = _interrupted()
    except KeyboardInterrupt:
        code = _interrupted()
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except EvidenceError as error:
        click.echo(printable_lines(f"Error: {error}"), err=True)
        code = Exit.USAGE
    except NothingToAssessError as error:
        click.echo(printable_lines(f"Nothing to assess: {error}"), err=True)
        code = Exit.NOTHING_TO_ASSESS
    except GrcError as error:
        click.echo(printable_lines(str(error) if "\n" in str(error) else f"Error: {error}"), err=True)
        code = Exit.USAGE
    sys.exit(code if isinstance(code, int) else Exit.NOTHING_FAILED)


def _interrupted() -> int:
    click.echo("Interrupted. What was collected is kept: the same command goes on from there.", err=True)
    return Exit.INTERRUPTED
