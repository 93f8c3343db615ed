"""``grc iam-policy``: what the collector's role must be allowed to do, and no more."""

from __future__ import annotations

from pathlib import Path

import click

from grc.cli.desk import open_desk
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json
from grc.run.judging import compiled, demand_of
from grc.run.selection import select


@click.command("iam-policy", epilog=examples("grc iam-policy > policy.json", "grc iam-policy --check aws.iam.user.mfa"))
@click.option("--check", "checks", multiple=True, help="Only for this check (repeatable; default: all).")
@workspace_option
def iam_policy(checks: tuple[str, ...], workspace: Path | None) -> None:
    """Print the IAM policy that reading needs, and no more. For the selected checks, or for all of them."""
    from grc.collect.aws import least_privilege

    desk = open_desk(workspace)
    selected = select(desk.policy, checks=checks, frameworks=tuple(desk.policy.catalogues), kinds=frozenset(desk.kinds))
    policy = least_privilege(demand_of(compiled(selected, desk.kinds)))
    if not policy["Statement"]:
        raise click.UsageError(f"AWS takes no empty policy: nothing of it is read for {', '.join(checks)}")
    echo_json(policy)
