"""``grc scan``, ``grc collect`` and ``grc assess``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from grc.cli.ahead import ahead_lines
from grc.cli.clock import now
from grc.cli.desk import open_desk
from grc.cli.directories import directory_lines
from grc.cli.exits import Exit
from grc.cli.gating import EXITS, fail_on_option
from grc.cli.instants import instant
from grc.cli.options import examples, pack_argument, progress_options, sign_options, workspace_option
from grc.cli.output import printable
from grc.cli.progress import progress
from grc.cli.registers import unread_lines
from grc.cli.sealing import open_sealer
from grc.cli.secondcount import second_count_lines
from grc.model.catalogue import Severity
from grc.run.collecting import Asked
from grc.run.desk import Desk
from grc.run.gate import Gated, gate_checks, gate_requirements
from grc.run.selection import frameworks_of
from grc.run.sources import Reach

check_option = click.option("--check", "checks", multiple=True, metavar="C", help="Only this check (repeatable).")
framework_option = click.option(
    "--framework", "frameworks", multiple=True, metavar="F", help="Only this framework (repeatable)."
)
region_option = click.option("--region", "regions", multiple=True, metavar="R", help="Only this region (repeatable).")
profile_option = click.option("--aws-profile", metavar="P", help="Profile of the AWS configuration.")
concurrency_option = click.option(
    "--concurrency", type=click.IntRange(1, 64), default=16, show_default=True, help="Calls under way at once."
)
calls_option = click.option(
    "--calls", type=click.IntRange(min=1), metavar="N", help="Make no more calls to AWS than this; the rest is a gap."
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that evaluate."
)
gate_option = click.option(
    "--gate",
    type=click.Choice(["checks", "requirements"]),
    default="checks",
    show_default=True,
    help="What the exit code is about: the checks' observations, or the frameworks' requirements.",
)
as_of_option = click.option("--as-of", metavar="T", help="Date or instant to assess as of (default: now).")


@click.command(
    epilog=examples(
        "grc scan aws --region eu-central-1 --out packs/november",
        "grc scan aws registers infra/plan.json --workspace compliance",
        "grc scan plan.json --fail-on high",
        "grc scan infra/",
        "grc scan github:example-clinic kubernetes",
        "grc scan aws --estimate",
    )
)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--out", type=click.Path(path_type=Path), help="Where the pack goes (default: a folder named by time).")
@click.option("--estimate", is_flag=True, help="Say what it would take of AWS at the least, and stop.")
@check_option
@framework_option
@region_option
@profile_option
@concurrency_option
@calls_option
@jobs_option
@gate_option
@fail_on_option
@click.option(
    "--before",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="PACK",
    help="An earlier pack: only what has become worse since counts in the gate.",
)
@sign_options
@workspace_option
@progress_options
def scan(
    sources: Sequence[str],
    out: Path | None,
    estimate: bool,
    checks: Sequence[str],
    frameworks: Sequence[str],
    regions: Sequence[str],
    aws_profile: str | None,
    concurrency: int,
    calls: int | None,
    jobs: int,
    gate: str,
    fail_on: str,
    before: Path | None,
    sign: str | None,
    timestamp: str | None,
    workspace: Path | None,
    quiet: bool,
    verbose: bool,
    log_format: str,
) -> int:
    """Collect, assess, and say what to do: the command for CI.

    SOURCE is aws, registers, documents, kubernetes[:CONTEXT], github:ORGANIZATION, or a path: a directory, a
    Terraform plan or state, a template, a manifest. Without one, it is what the workspace declares. In a directory,
    whatever is known is read, and what is left out is told.

    Of each counted set of requirements it says the floor, the share of the applicable ones that is satisfied or
    inherited; the ceiling, the share if all that is unknown, stale or not assessed turned out well; and the share that
    was assessed.

    \b
    Exit codes: 0 nothing failed; 2 wrong use, data or credentials; 3 a failure;
    4 no failure, but something could not be decided; 5 nothing to assess.
    """
    from grc.run.scanning import scan as run_scan

    desk = open_desk(workspace)
    reach = Reach(names=sources, regions=regions, aws_profile=aws_profile, concurrency=concurrency, calls=calls)
    asked = Asked(checks=checks, frameworks=frameworks)
    if estimate:
        return _say_estimate(desk, reach, asked)
    if before is not None:
        _refuse_baseline(before, gate)
    sealer = open_sealer(desk.workspace, sign, timestamp)
    pack = out or _default_pack(desk)
    try:
        with progress(quiet=quiet, verbose=verbose, log_format=log_format) as bar:
            run_scan(desk, reach, pack, asked, clock=now, progress=bar, jobs=jobs, sealer=sealer)
    except KeyboardInterrupt:
        if out is None:  # the default is named by time: the same command alone would begin another pack
            click.echo(printable(f"To go on, give the same command with --out {pack}"), err=True)
        raise
    return conclude(desk, pack, gate=gate, frameworks=frameworks, fail_on=Severity(fail_on), before=before)


def _refuse_baseline(before: Path, gate: str) -> None:
    """Refuse what cannot be compared with, before anything is collected.

    Raises:
        UsageError: the gate is about something else.
        EvidenceError: it is no whole pack, or holds no assessment.
    """
    from grc.evidence import open_assessment, open_pack

    if gate != "checks":
        raise click.UsageError("--before goes with --gate checks")
    open_assessment(open_pack(before))


@click.command(epilog=examples("grc collect aws --out packs/november"))
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where the pack goes.")
@check_option
@framework_option
@region_option
@profile_option
@concurrency_option
@calls_option
@sign_options
@workspace_option
@progress_options
def collect(
    sources: Sequence[str],
    out: Path,
    checks: Sequence[str],
    frameworks: Sequence[str],
    regions: Sequence[str],
    aws_profile: str | None,
    concurrency: int,
    calls: int | None,
    sign: str | None,
    timestamp: str | None,
    workspace: Path | None,
    quiet: bool,
    verbose: bool,
    log_format: str,
) -> int:
    """Collect evidence into a pack, without judging it. Gaps are printed and are no error."""
    from grc.run.collecting import collect as run_collect

    desk = open_desk(workspace)
    reach = Reach(names=sources, regions=regions, aws_profile=aws_profile, concurrency=concurrency, calls=calls)
    asked = Asked(checks=checks, frameworks=frameworks)
    sealer = open_sealer(desk.workspace, sign, timestamp)
    with progress(quiet=quiet, verbose=verbose, log_format=log_format) as bar:
        pack = run_collect(desk, reach, out, asked, clock=now, progress=bar, sealer=sealer)
    subjects = sum(population.count for population in pack.populations())
    click.echo(f"{subjects} subjects, populations: {len(pack.populations())}; sealed as {pack.digest}")
    for gap in pack.manifest.gaps:
        call = f" from {gap.call}" if gap.call else ""
        needs = f", needs {gap.permission}" if gap.permission else ""
        times = "once" if gap.count == 1 else f"{gap.count} times"
        click.echo(printable(f"not seen: {gap.kind}: {gap.reason}{call}{needs} ({times})"))
    told = directory_lines(pack.manifest.run.scope, pack.populations())
    for line in (*unread_lines(pack), *second_count_lines(pack.populations()), *told):
        click.echo(printable(line))
    click.echo(f"Pack: {out}")
    return Exit.NOTHING_FAILED


@click.command(
    short_help="Assess a pack again, offline, under the policy of today.",
    epilog=examples("grc assess packs/november", "grc assess packs/november --as-of 2026-11-30"),
)
@pack_argument
@as_of_option
@check_option
@framework_option
@jobs_option
@gate_option
@fail_on_option
@sign_options
@workspace_option
def assess(
    pack: Path,
    as_of: str | None,
    checks: Sequence[str],
    frameworks: Sequence[str],
    jobs: int,
    gate: str,
    fail_on: str,
    sign: str | None,
    timestamp: str | None,
    workspace: Path | None,
) -> int:
    """Assess a pack again, offline, under the policy in force now. Exit codes as ``grc scan``."""
    from grc.run.assessing import assess as run_assess

    desk = open_desk(workspace)
    when = now() if as_of is None else instant(as_of, desk.workspace.organisation.timezone)
    asked = Asked(checks=checks, frameworks=frameworks)
    sealer = open_sealer(desk.workspace, sign, timestamp)
    layer = run_assess(desk, pack, asked, as_of=when, jobs=jobs, sealer=sealer)
    return conclude(desk, pack, gate=gate, frameworks=frameworks, fail_on=Severity(fail_on), which=layer.name)


def conclude(
    desk: Desk,
    pack: Path,
    *,
    gate: str,
    frameworks: Sequence[str],
    fail_on: Severity,
    which: str | None = None,
    before: Path | None = None,
) -> int:
    """Print the summary and give the exit code of the gate: of all, or of what is worse than ``before``."""
    from grc.evidence import open_pack
    from grc.report import summary_lines
    from grc.run.reporting import report_input

    opened = open_pack(pack)
    report = report_input(pack, which, opened=opened, desk=desk)
    ahead = ahead_lines(report.observations(), report.policy.checks, report.located)
    counted = second_count_lines(opened.populations())
    for line in (
        *summary_lines(report),
        *ahead,
        *unread_lines(opened),
        *counted,
        *directory_lines(opened.manifest.run.scope, opened.populations()),
    ):
        click.echo(printable(line))
    click.echo(f"Pack: {pack}")
    if gate == "requirements":
        found = gate_requirements(report.assessment, frameworks_of(desk.policy, frameworks))
    else:
        found = gate_checks(report.assessment, fail_on)
    if before is not None and found is not Gated.NOTHING_TO_ASSESS:
        found = _worse(desk, before, pack, fail_on)
    click.echo(f"Gate: {found.value}")
    return EXITS[found]


def _worse(desk: Desk, before: Path, pack: Path, fail_on: Severity) -> Gated:
    """Print what stands otherwise than in an earlier pack; what of it is worse counts."""
    from grc.cli.diff import difference_lines
    from grc.run.comparing import compare_packs

    found = compare_packs(before, pack, desk)
    click.echo("")
    for line in difference_lines(found):
        click.echo(printable(line))
    return found.gate(fail_on)


def _say_estimate(desk: Desk, reach: Reach, asked: Asked) -> int:
    from grc.run.estimating import estimate

    found = estimate(desk, reach, asked, clock=now)
    click.echo(
        f"Accounts: {found.accounts}; regions: {found.regions}; populations: {found.units}; "
        f"at least {found.calls} calls, and more for each resource that is found."
    )
    return Exit.NOTHING_FAILED


def _default_pack(desk: Desk) -> Path:
    name = now().strftime("%Y%m%dT%H%M%SZ")
    return desk.workspace.folder / ".grc" / "packs" / name if desk.workspace.file else Path(f"grc-pack-{name}")
