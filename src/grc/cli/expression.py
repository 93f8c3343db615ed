"""``grc eval``: one expression of the policy language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from grc.cli.exits import Exit
from grc.cli.options import examples
from grc.cli.output import echo_json, format_option, printable
from grc.errors import ConfigError


@click.command(
    "eval",
    epilog=examples(
        "grc eval '[1, 2, 3].exists(x, x > 2)'",
        "grc eval 'user.name.startsWith(\"a\")' --input data.json",
        "grc eval 'resource.?versioning.?Status' --pack PACK --subject arn:aws:s3:::logs",
    ),
)
@click.argument("expression")
@click.option(
    "--input", "data", type=click.Path(path_type=Path, dir_okay=False), help="JSON or YAML: a mapping of variables."
)
@click.option("--pack", type=click.Path(path_type=Path), help="A pack; its subject is bound to resource.")
@click.option("--subject", help="Which subject of the pack.")
@format_option
def evaluate(expression: str, data: Path | None, pack: Path | None, subject: str | None, form: str) -> int:
    """Evaluate one expression of the policy language. Prints its value, its type, and the paths that were read."""
    from grc.run.asking import ask, ask_of_subject

    if (pack is None) != (subject is None):
        raise click.UsageError("--pack and --subject go together")
    if pack is not None and subject is not None:
        answer = ask_of_subject(expression, pack, subject)
    else:
        answer = ask(expression, {} if data is None else _variables(data))
    if form == "json":
        echo_json({"value": answer.value, "type": answer.type, "reads": list(answer.reads)})
    else:
        click.echo(printable(json.dumps(answer.value, ensure_ascii=False)))
        click.echo(f"type: {answer.type}")
        if answer.reads:
            click.echo(printable("reads: " + ", ".join(answer.reads)))
    return Exit.NOTHING_FAILED


def _variables(path: Path) -> dict[str, Any]:
    from grc.yamltext import read

    if path.suffix in (".yaml", ".yml"):
        return read(path).value
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(value, dict):
        raise ConfigError(f"{path} is not a mapping of variables")
    return value
