"""``grc vault``: packs that are kept, in a chain that shows what was done to them."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from grc.cli.clock import now
from grc.cli.exits import Exit
from grc.cli.options import examples, pack_argument, workspace_option
from grc.cli.output import echo_json, echo_list, echo_rows, format_option, minute, printable, printable_lines
from grc.cli.sealing import open_signer
from grc.cli.trust import read_trust, trust_options
from grc.errors import EvidenceError
from grc.run.desk import open_workspace

if TYPE_CHECKING:
    from grc.evidence.vault import Entry, Kept, Who
    from grc.model.workspace import Workspace

Command = TypeVar("Command", bound=Callable[..., Any])

COLUMNS: Final = ("number", "pack", "added", "by", "class", "kept_until", "state")


def vault_option(command: Command) -> Command:
    """Add ``--vault``."""
    return click.option(
        "--vault", metavar="PLACE", help="A folder, or s3://bucket/prefix (default: the workspace's vault)."
    )(command)


def acting_options(command: Command) -> Command:
    """Add what says who acts: ``--by`` and ``--sign``."""
    by = click.option("--by", metavar="NAME", help="Who does this (default: the name of the user here).")
    sign = click.option(
        "--sign", metavar="KEY", help="Sign the link: a file in PEM, env:NAME or awskms:KEY (default: the workspace's)."
    )
    return by(sign(command))


def reason_option(command: Command) -> Command:
    """Add ``--reason``."""
    return click.option("--reason", required=True, help="Why: it stands in the chain.")(command)


which_argument = click.argument("which", metavar="PACK")


@click.group(
    short_help="Keep packs in a vault: a folder, or a locked S3 bucket.",
    epilog=examples("grc vault init", "grc vault add packs/november", "grc vault verify --key signing.pub.pem"),
)
def vault() -> None:
    """Keep packs in a vault: a folder, or an S3 bucket with Object Lock.

    Every act is a link in a chain, which names the link before it by its digest: what was taken away, put in another's
    place, or cut is found.
    """


@vault.command(epilog=examples("grc vault init", "grc vault init --vault s3://evidence/clinic --mode compliance"))
@vault_option
@click.option(
    "--mode",
    type=click.Choice(["governance", "compliance"]),
    default="governance",
    show_default=True,
    help="How a bucket locks objects: compliance can be shortened by nobody, not even by the account's root.",
)
@click.option(
    "--retention",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Classes of evidence of your own, as JSON (docs/format.md; default: the shipped ones).",
)
@workspace_option
def init(vault: str | None, mode: str, retention: Path | None, workspace: Path | None) -> int:
    """Make a vault. A bucket must have Object Lock already, which is checked first."""
    from grc.evidence.vault import FORMAT, SCHEME, Description, Vault, open_store, read_retention

    place = _place(vault, _workspace(workspace))
    locked = mode.upper() if place.startswith(SCHEME) else None
    classes = read_retention(retention) if retention else read_retention()
    described = Description(format=FORMAT, chain=secrets.token_hex(16), created=now(), classes=classes, mode=locked)
    made = Vault.begin(open_store(place, locked), described)
    click.echo(printable(f"Vault: {place}"))
    click.echo(f"Chain: {described.chain}")
    click.echo(f"Head:  {made.genesis}")
    return Exit.NOTHING_FAILED


@vault.command(epilog=examples("grc vault add packs/november", "grc vault add packs/november --sign signing.key"))
@pack_argument
@vault_option
@click.option("--class", "kept_as", metavar="CLASS", help="Its class of evidence (default: by its frameworks).")
@acting_options
@workspace_option
@format_option
def add(
    pack: Path,
    vault: str | None,
    kept_as: str | None,
    by: str | None,
    sign: str | None,
    workspace: Path | None,
    form: str,
) -> int:
    """Put a pack into the vault, whole or not at all. One that is there already is left as it is."""
    from grc.evidence.vault import open_vault

    found = _workspace(workspace)
    who = _who(found, by, sign)
    return _told(open_vault(_place(vault, found)).add(pack, who, kept_as=kept_as), form)


@vault.command("list", epilog=examples("grc vault list", "grc vault list --format json"))
@vault_option
@workspace_option
@format_option
def list_(vault: str | None, workspace: Path | None, form: str) -> int:
    """List the packs of the vault, those that were disposed of too."""
    from grc.evidence.vault import open_vault

    packs = open_vault(_place(vault, _workspace(workspace))).packs()
    rows = [_row(kept) for kept in packs.values()]
    if form == "text":
        rows = [_short(row, kept) for row, kept in zip(rows, packs.values(), strict=True)]
        if not rows:
            click.echo("The vault is empty.")
            return Exit.NOTHING_FAILED
        rows.insert(0, {column: column.replace("_", " ") for column in COLUMNS})
    echo_rows(rows, COLUMNS, form)
    return Exit.NOTHING_FAILED


@vault.command(epilog=examples("grc vault verify", "grc vault verify --key signing.pub.pem --head sha256:…"))
@vault_option
@trust_options
@click.option("--head", metavar="DIGEST", help="A head that was noted before: it must still be in the chain.")
@workspace_option
@format_option
def verify(
    vault: str | None,
    keys: Sequence[Path],
    revoked: Sequence[str],
    timestamp_roots: Sequence[Path],
    head: str | None,
    workspace: Path | None,
    form: str,
) -> int:
    """Check that the vault holds what its chain says. Exit code 3 if anything is not proven."""
    from grc.evidence.vault import open_vault, verify_vault

    place, trust = _place(vault, _workspace(workspace)), read_trust(keys, revoked, timestamp_roots)
    try:
        result = verify_vault(open_vault(place), trust, head)
    except EvidenceError as error:
        click.echo(printable_lines(f"Error: {error}"), err=True)
        return Exit.FAILED
    if form == "json":
        faults = [{"file": fault.file, "message": fault.message} for fault in result.faults]
        counts = {"chain": result.chain, "head": result.head, "links": result.links, "packs": result.packs}
        said = {"holds": result.holds, "faults": faults, "left_over": result.left_over}
        echo_json({"whole": result.whole, **counts, **said, "not_proven": result.not_proven})
    else:
        for title, lines in (
            ("Holds:", result.holds),
            ("Does not hold:", [str(fault) for fault in result.faults]),
            ("Left over, and no fault:", result.left_over),
            ("Not proven by this:", result.not_proven),
        ):
            echo_list(title, lines)
        click.echo(f"Head: {result.head}")
    return Exit.NOTHING_FAILED if result.whole else Exit.FAILED


@vault.command(epilog=examples('grc vault hold 7 --reason "Case 12/2026"'))
@which_argument
@vault_option
@reason_option
@acting_options
@workspace_option
@format_option
def hold(
    which: str, vault: str | None, reason: str, by: str | None, sign: str | None, workspace: Path | None, form: str
) -> int:
    """Hold a pack: it is not disposed of, whatever its age. PACK is its number or its digest."""
    return _act("hold", which, vault, reason, by, sign, workspace, form)


@vault.command(epilog=examples('grc vault release 7 --reason "Case 12/2026 is closed"'))
@which_argument
@vault_option
@reason_option
@acting_options
@workspace_option
@format_option
def release(
    which: str, vault: str | None, reason: str, by: str | None, sign: str | None, workspace: Path | None, form: str
) -> int:
    """End every hold on a pack."""
    return _act("release", which, vault, reason, by, sign, workspace, form)


@vault.command(
    short_help="Dispose of a pack whose retention is over.",
    epilog=examples('grc vault dispose 1 --reason "Kept for six years"'),
)
@which_argument
@vault_option
@reason_option
@acting_options
@workspace_option
@format_option
def dispose(
    which: str, vault: str | None, reason: str, by: str | None, sign: str | None, workspace: Path | None, form: str
) -> int:
    """Dispose of a pack, once its retention is over and no hold is on it.

    What was disposed of, when, by whom and why stays in the chain, and so does the list of its files with their
    digests. One that was cut off is gone on with by the same command.
    """
    return _act("dispose", which, vault, reason, by, sign, workspace, form)


def _act(
    act: str,
    which: str,
    vault: str | None,
    reason: str,
    by: str | None,
    sign: str | None,
    workspace: Path | None,
    form: str,
) -> int:
    from grc.evidence.vault import Act, open_vault

    found = _workspace(workspace)
    who = _who(found, by, sign)
    return _told(open_vault(_place(vault, found)).act(Act(act), which, reason, who), form)


def _told(entry: Entry, form: str) -> int:
    link = entry.link
    until = link.retain_until.isoformat().replace("+00:00", "Z") if link.retain_until else None
    if form == "json":
        told = {"number": link.sequence, "act": link.act.value, "pack": link.pack, "class": link.kept_as}
        echo_json({**told, "kept_until": until, "new": entry.new, "head": entry.digest})
        return Exit.NOTHING_FAILED
    click.echo(f"{'Link' if entry.new else 'There already: link'} {link.sequence}: {link.act.value} {link.pack}")
    if link.kept_as:
        until = f" until {minute(link.retain_until)}" if link.retain_until else ""
        click.echo(printable(f"Kept as {link.kept_as}{until}"))
    if entry.new:
        click.echo(f"Head: {entry.digest}: note it elsewhere, and name it to `grc vault verify --head`")
    return Exit.NOTHING_FAILED


def _short(row: dict[str, object], kept: Kept) -> dict[str, object]:
    """A row for the eye: enough of the digest to tell packs apart, and instants to the minute."""
    until = kept.added.retain_until
    told = {"added": minute(kept.added.at), "kept_until": minute(until) if until else None}
    return row | {"pack": str(row["pack"])[7:19]} | told


def _row(kept: Kept) -> dict[str, object]:
    link = kept.added
    state = "disposed of" if kept.disposed else "held" if kept.holds else "kept"
    return {
        "number": link.sequence,
        "pack": link.pack,
        "added": link.at.isoformat().replace("+00:00", "Z"),
        "by": link.by,
        "class": link.kept_as,
        "kept_until": link.retain_until.isoformat().replace("+00:00", "Z") if link.retain_until else None,
        "state": state,
        "holds": list(kept.holds),
        "disposed": None
        if kept.disposed is None
        else {"at": kept.disposed.at.isoformat().replace("+00:00", "Z"), "by": kept.disposed.by}
        | {"reason": kept.disposed.reason, "number": kept.disposed.sequence},
    }


def _workspace(folder: Path | None) -> Workspace:
    return open_workspace(folder)


def _place(vault: str | None, workspace: Workspace) -> str:
    if vault is not None:
        return vault
    return workspace.vault if workspace.vault.startswith("s3://") else str(workspace.folder / workspace.vault)


def _who(workspace: Workspace, by: str | None, sign: str | None) -> Who:
    from grc.evidence.vault import Who

    return Who(by=by or _user(), at=now(), signer=open_signer(workspace, sign))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # in a container, as often as not
        raise click.UsageError("the user here has no name: say with --by who does this") from error
