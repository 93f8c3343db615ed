"""What whoever has the rights runs elsewhere: a role for a cluster, a script for a host, an export of GitHub."""

from __future__ import annotations

from pathlib import Path

import click

from grc.cli.clock import now
from grc.cli.desk import open_desk
from grc.cli.options import examples, workspace_option
from grc.cli.output import printable
from grc.run.judging import compiled, demand_of
from grc.run.selection import select
from grc.run.sources import github_token, github_url


@click.command(
    "cluster-role",
    short_help="Print the Kubernetes role that reading a cluster needs.",
    epilog=examples("grc cluster-role | kubectl apply -f -", "grc cluster-role --namespace payments"),
)
@click.option("--check", "checks", multiple=True, help="Only for this check (repeatable; default: all).")
@click.option("--namespace", "namespaces", multiple=True, help="A Role in this namespace instead (repeatable).")
@workspace_option
def cluster_role(checks: tuple[str, ...], namespaces: tuple[str, ...], workspace: Path | None) -> None:
    """Print the Kubernetes ClusterRole that reading a cluster needs, and no more."""
    from grc.collect.kubernetes import cluster_role as role
    from grc.collect.kubernetes import roles

    desk = open_desk(workspace)
    selected = select(desk.policy, checks=checks, frameworks=tuple(desk.policy.catalogues), kinds=frozenset(desk.kinds))
    demand = demand_of(compiled(selected, desk.kinds))
    if not any(kind.startswith("kubernetes.") for kind in demand):
        raise click.UsageError(f"nothing of a cluster is read for {', '.join(checks)}")
    click.echo(roles(demand, namespaces) if namespaces else role(demand), nl=False)


@click.command(
    "host-script",
    short_help="Print the script that reads a host, as JSON.",
    epilog=examples("grc host-script > grc-host.sh", "ssh web-1 'sudo sh -s' < grc-host.sh > hosts/web-1.json"),
)
def host_script() -> None:
    """Print the script that prints what is read of a host, as JSON. It changes nothing and asks no network."""
    from grc.collect.host import script_text

    click.echo(script_text(), nl=False)


@click.command(
    "github-export",
    short_help="Keep what GitHub answers, to scan later without a token.",
    epilog=examples("GITHUB_TOKEN=… grc github-export example-clinic --out github"),
)
@click.argument("organization", metavar="ORGANIZATION")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A folder of its own.")
def github_export(organization: str, out: Path) -> None:
    """Keep what GitHub answers about an organization as files, to scan them later and without a token."""
    from grc.collect.github import connect, write_export

    web = connect(github_url(), github_token(), clock=now)
    kept, failed = write_export(web, organization, out, clock=now)
    click.echo(f"Answers kept: {kept}; requests without an answer: {failed}")
    click.echo(printable(f"Written: {out}"))
