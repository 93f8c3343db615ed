"""``grc lint`` and ``grc test``: the data files, before they judge anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import click

from grc import catalogue
from grc.cli.desk import user_cache
from grc.cli.exits import Exit
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json, format_option, printable, printable_lines
from grc.model.catalogue import Check
from grc.model.identifiers import CheckId
from grc.model.wording import counted
from grc.run.checked import lint as run_lint
from grc.run.desk import known_kinds, lint_roots, lint_schemas, open_workspace, policy_roots


@click.command(epilog=examples("grc lint", "grc lint compliance/checks"))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
@workspace_option
@format_option
def lint(paths: Sequence[Path], workspace: Path | None, form: str) -> int:
    """Print every problem of every data file. As path:line:col: message; exit code 2 if there is any.

    PATH narrows what is printed to files at or below it; everything is read all the same, because files refer to
    each other.
    """
    problems = [
        problem
        for problem in run_lint(lint_roots(workspace), lint_schemas(workspace), user_cache())
        if _within(Path(problem.path), paths)
    ]
    if form == "json":
        fields = ("path", "line", "column", "at", "message")
        echo_json([{name: getattr(problem, name) for name in fields} for problem in problems])
    else:
        for problem in problems:
            click.echo(printable(str(problem)))
        click.echo(counted(len(problems), "problem") if problems else "No problem found.", err=True)
    return Exit.USAGE if problems else Exit.NOTHING_FAILED


@click.command(epilog=examples("grc test", "grc test compliance/checks", "grc test aws.s3.bucket.versioning"))
@click.argument("named", nargs=-1, metavar="[CHECK|PATH]...")
@workspace_option
@format_option
def test(named: Sequence[str], workspace: Path | None, form: str) -> int:
    """Run the checks' examples and mutations, without a network. Exit code 3 if any fails.

    CHECK is the id of a check, PATH a file of checks or a folder of such files: without any, all are tested.
    """
    from grc.run.testing import test_checks

    loaded = open_workspace(workspace)
    policy = catalogue.load(policy_roots(loaded), known := known_kinds(loaded), examples=True)
    tested = test_checks(_wanted(policy.checks.values(), named), known)
    if form == "json":
        echo_json(
            [
                {"check": one.check, "examples": one.examples, "mutants": one.mutants, "failures": one.failures}
                for one in tested
            ]
        )
    else:
        for one in tested:
            for failure in one.failures:
                click.echo(printable_lines(f"{one.check}: {failure}"))
        counts = (
            (len(tested), "check"),
            (sum(one.examples for one in tested), "example"),
            (sum(one.mutants for one in tested), "mutant"),
            (sum(len(one.failures) for one in tested), "failure"),
        )
        click.echo(", ".join(counted(count, noun) for count, noun in counts))
    return Exit.FAILED if any(one.failures for one in tested) else Exit.NOTHING_FAILED


def _wanted(checks: Collection[Check], named: Sequence[str]) -> list[Check]:
    """The checks that are named, by id or by the file that they stand in, in the order of all."""
    chosen: set[CheckId] = set()
    for name in named:
        found = {check.id for check in checks if check.id == name or _within(Path(check.position.path), [Path(name)])}
        if not found:
            raise click.UsageError(f"no check is called {name} or stands there: `grc list checks` has them all")
        chosen |= found
    return [check for check in checks if not named or check.id in chosen]


def _within(path: Path, wanted: Sequence[Path]) -> bool:
    return not wanted or any(path.resolve().is_relative_to(one.resolve()) for one in wanted)
