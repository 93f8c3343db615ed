"""``grc key``: keys that sign packs."""

from __future__ import annotations

import os
from pathlib import Path

import click

from grc.cli.exits import Exit
from grc.cli.options import examples
from grc.cli.output import echo_json, format_option, printable
from grc.cli.sealing import PASSPHRASE


@click.group(epilog=examples("grc key new --out .grc/signing.key", "grc key show .grc/signing.pub.pem"))
def key() -> None:
    """Make and look at keys that sign packs."""


@key.command(epilog=examples("grc key new", "grc key new --out .grc/signing.key --passphrase"))
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="signing.key",
    show_default=True,
    help="Where the private key goes; the public one goes beside it (.pub.pem).",
)
@click.option(
    "--passphrase",
    "asks",
    is_flag=True,
    help=f"Ask for a passphrase that it is encrypted under. {PASSPHRASE} gives one without being asked.",
)
@format_option
def new(out: Path, asks: bool, form: str) -> int:
    """Make an Ed25519 key. Never overwrites; the private key can be read by you alone."""
    from grc.evidence.signing.keys import new_key

    secret = os.environ.get(PASSPHRASE)
    if not secret and asks:
        secret = click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)
    made, beside = new_key(out, secret or None)
    if form == "json":
        echo_json({"key": made.id, "private": str(out), "public": str(beside), "encrypted": bool(secret)})
        return Exit.NOTHING_FAILED
    click.echo(printable(f"Private key: {out}{' (encrypted)' if secret else ''}: keep it, and show it to nobody"))
    click.echo(printable(f"Public key:  {beside}: give it to who verifies, by another way than the packs"))
    click.echo(f"Fingerprint: {made.id}")
    return Exit.NOTHING_FAILED


@key.command(epilog=examples("grc key show .grc/signing.pub.pem"))
@click.argument("public", type=click.Path(path_type=Path))
@format_option
def show(public: Path, form: str) -> int:
    """Print the fingerprint of a public key."""
    from grc.evidence.signing.keys import read_public

    found = read_public(public)
    if form == "json":
        echo_json({"key": found.id})
    else:
        click.echo(found.id)
    return Exit.NOTHING_FAILED
