"""``grc iam-policy``: what the collector's role must be allowed to do, and no more."""

from __future__ import annotations

from pathlib import Path

import click

from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json
from grc.run.desk import open_desk
from grc.run.judging import compiled, demand_of
from grc.run.selection import select


@click.command("iam-policy", epilog=examples("grc iam-policy > policy.json", "grc iam-policy --check aws.iam.user.mfa"))
@click.option("--check", "checks", multiple=True, help="Only for this check (repeatable; default: all).")
@workspace_option
def iam_policy(checks: tuple[str, ...], workspace: Path | None) -> None:
    """Print the least-privilege IAM policy for reading what the selected checks need."""
    from grc.collect.aws import least_privilege

    desk = open_desk(workspace)
    selected = select(desk.policy, checks=checks, frameworks=tuple(desk.policy.catalogues), kinds=frozenset(desk.kinds))
    echo_json(least_privilege(demand_of(compiled(selected, desk.kinds))))
