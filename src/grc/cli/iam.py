"""``grc iam-policy``: what the collector's role must be allowed to do, and no more."""

from __future__ import annotations

from pathlib import Path

import click

from grc.cli.desk import open_desk
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json
from grc.run.judging import compiled, demand_of
from grc.run.selection import select


@click.command(
    "iam-policy",
    epilog=examples(
        "grc iam-policy > policy.json",
        "grc iam-policy --check aws.iam.user.mfa",
        "grc iam-policy --part 1 > policy-1.json",
        "grc iam-policy --as terraform > grc-reader.tf",
        "grc iam-policy --as cloudformation > grc-reader.json",
        "grc iam-policy --enter --workspace compliance > grc-runner.json",
    ),
)
@click.option("--check", "checks", multiple=True, help="Only for this check (repeatable; default: all).")
@click.option(
    "--as",
    "form",
    type=click.Choice(["json", "terraform", "cloudformation"]),
    default="json",
    show_default=True,
    help="The policy alone, or the whole role with who may assume it.",
)
@click.option("--part", type=click.IntRange(min=1), help="Of a policy too long for one: this document of it.")
@click.option(
    "--enter",
    is_flag=True,
    help="What whoever runs the scan needs besides, to enter the accounts that the workspace declares.",
)
@workspace_option
def iam_policy(checks: tuple[str, ...], form: str, part: int | None, enter: bool, workspace: Path | None) -> None:
    """Print the IAM policy that reading needs, and no more. For the selected checks, or for all of them."""
    if not enter:
        _say_reading(checks, form, part, workspace)
    elif checks or part is not None or form != "json":
        raise click.UsageError(
            "--enter is the same for every check, and one document: leave --check, --part and --as out"
        )
    else:
        _say_entering(workspace)


def _say_entering(workspace: Path | None) -> None:
    from grc.collect.aws import entering
    from grc.run.scoped import members

    declared = members(open_desk(workspace).workspace.aws)
    if declared is None:
        raise click.UsageError(
            "the workspace declares no account beyond that of the credentials: --enter needs `accounts` and `role` "
            "under `scope.aws` in grc.yaml"
        )
    echo_json(entering(declared))


def _say_reading(checks: tuple[str, ...], form: str, part: int | None, workspace: Path | None) -> None:
    from grc.collect.aws import cloudformation, least_privilege, managed, terraform

    desk = open_desk(workspace)
    selected = select(desk.policy, checks=checks, frameworks=tuple(desk.policy.catalogues), kinds=frozenset(desk.kinds))
    policy = least_privilege(demand_of(compiled(selected, desk.kinds), desk.workspace.aws))
    if not policy["Statement"]:
        raise click.UsageError(f"AWS takes no empty policy: nothing of it is read for {', '.join(checks)}")
    documents = managed(policy)
    if part is not None:
        if form != "json" or part > len(documents):
            raise click.UsageError(f"--part goes with --as json, and here from 1 to {len(documents)}")
        echo_json(documents[part - 1])
    elif form == "terraform":
        click.echo(terraform(documents), nl=False)
    elif form == "cloudformation":
        echo_json(cloudformation(documents))
    else:
        echo_json(policy)
        _say_too_long(len(documents))


def _say_too_long(documents: int) -> None:
    if documents > 1:
        click.echo(
            f"This is longer than a managed policy may be: attach --part 1 to --part {documents} to the role, "
            "or use --as terraform or --as cloudformation.",
            err=True,
        )
