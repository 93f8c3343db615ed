"""``grc list``: what there is, as text or JSON with stable keys (docs/command-line.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from grc.cli.collectors import collectors
from grc.cli.desk import open_desk
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_rows, format_option, table
from grc.model.catalogue import Check, Control, Mapped, Requirement, RequirementKind
from grc.model.kind import Kind
from grc.model.types import Field, Primitive
from grc.run.desk import Desk
from grc.run.selection import meant

Row = dict[str, Any]

COLUMN_TYPES: Final[Mapping[Primitive, str]] = {
    Primitive.TIMESTAMP: "date, as 2026-11-30",
    Primitive.INT: "whole number",
    Primitive.BOOL: "true or false",
}
INSTANT: Final = "instant, as 2026-11-30T14:05+01:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What the listing is narrowed to; None is no narrowing."""

    framework: str | None
    kind: str | None
    control: str | None

    def framework_fits(self, requirement: str) -> bool:
        """Whether a requirement is of the framework asked for."""
        return self.framework is None or requirement.partition(":")[0] == self.framework


def _frameworks(desk: Desk, narrowed: Narrowed) -> Iterator[Row]:
    for catalogue in desk.policy.catalogues.values():
        if narrowed.framework_fits(catalogue.id):
            yield {
                "id": catalogue.id,
                "title": catalogue.title,
                "edition": catalogue.edition,
                "publisher": catalogue.publisher,
                "counted": {counted.id: counted.count for counted in catalogue.counted_sets},
                "requirements": len(catalogue.requirements),
            }


def requirement_row(row: Requirement) -> Row:
    """A requirement with the keys that scripts rely on."""
    parts = (
        None
        if row.parts is None
        else [
            {"id": part.id, "method": part.method, "show": part.show, "evidence": part.evidence} for part in row.parts
        ]
    )
    return {
        "id": row.id,
        "title": row.title,
        "kind": row.kind,
        "parent": row.parent,
        "group": row.group,
        "assessable": row.kind is RequirementKind.ASSESSABLE,
        "counted": row.counted_in is not None,
        "counted_in": row.counted_in,
        "designation": row.designation,
        "duty_holder": list(row.duty_holder),
        "parts": "pending" if parts is None and row.kind is RequirementKind.ASSESSABLE else parts or [],
    }


def _requirements(desk: Desk, narrowed: Narrowed) -> Iterator[Row]:
    wanted = None if narrowed.control is None else {claim.requirement for claim in _control(desk, narrowed).maps}
    for catalogue in desk.policy.catalogues.values():
        for row in catalogue.requirements:
            if narrowed.framework_fits(row.id) and (wanted is None or row.id in wanted):
                yield requirement_row(row)


def _controls(desk: Desk, narrowed: Narrowed) -> Iterator[Row]:
    for control in desk.policy.controls.values():
        if not _fits(control, desk, narrowed):
            continue
        yield {
            "id": control.id,
            "title": control.title,
            "statement": control.statement,
            "owner": control.owner,
            "theme": control.theme,
            "frequency": control.frequency,
            "checks": {"deciding": list(control.deciding), "advisory": list(control.advisory)},
        }


def _fits(control: Control, desk: Desk, narrowed: Narrowed) -> bool:
    if narrowed.control is not None and control.id != narrowed.control:
        return False
    if narrowed.framework and not any(narrowed.framework_fits(claim.requirement) for claim in control.maps):
        return False
    tested = {str(desk.policy.checks[name].kind) for name in (*control.deciding, *control.advisory)}
    return narrowed.kind is None or narrowed.kind in tested


def _checks(desk: Desk, narrowed: Narrowed) -> Iterator[Row]:
    wanted = {
        check
        for control in desk.policy.controls.values()
        if _fits(control, desk, Narrowed(framework=narrowed.framework, kind=None, control=narrowed.control))
        for check in (*control.deciding, *control.advisory)
    }
    for check in desk.policy.checks.values():
        if check.id in wanted and narrowed.kind in (None, check.kind):
            yield check_row(check)


def check_row(check: Check) -> Row:
    """A check with the keys that scripts rely on."""
    return {
        "id": check.id,
        "title": check.title,
        "severity": check.severity,
        "kind": check.kind,
        "params": {parameter.name: _plain(parameter.value) for parameter in check.parameters},
        "equivalents": {tool: list(ids) for tool, ids in check.equivalents.items()},
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _mappings(desk: Desk, narrowed: Narrowed) -> Iterator[Row]:
    for control in desk.policy.controls.values():
        for claim in control.maps if _fits(control, desk, narrowed) else ():
            if narrowed.framework_fits(claim.requirement):
                yield mapping_row(claim)


def mapping_row(claim: Mapped) -> Row:
    """A mapping with the keys that scripts rely on."""
    return {
        "control": claim.control,
        "requirement": claim.requirement,
        "part": claim.part,
        "relation": claim.relation,
        "covers": claim.covers,
        "rationale": claim.rationale,
        "checks": None if claim.checks is None else list(claim.checks),
    }


def _kinds(desk: Desk, narrowed: Narrowed) -> Iterator[Row]:
    for kind in desk.kinds.values():
        if narrowed.kind in (None, kind.name):
            yield {
                "id": kind.name,
                "title": kind.title,
                "provider": kind.provider,
                "scope": kind.scope.value,
                "key": kind.key,
                "sections": sorted(kind.sections),
            }


def _collectors(desk: Desk, narrowed: Narrowed) -> Iterator[Row]:
    for row in collectors(desk.kinds):
        if narrowed.kind is None or narrowed.kind in row["kinds"]:
            yield row


def _registers(desk: Desk, narrowed: Narrowed) -> Iterator[Row]:
    for kind in desk.kinds.values():
        if kind.provider == "register" and narrowed.kind in (None, kind.name):
            name = kind.name.partition(".")[2]
            fields = {
                column: {
                    "title": field.title,
                    "type": _column_type(kind, column, field),
                    "one_of": list(field.enum),
                    "required": not field.nullable,
                    "personal": field.personal.value if field.personal else None,
                }
                for column, field in kind.shape.fields.items()
            }
            yield {"id": name, "title": kind.title, "kind": kind.name, "file": f"{name}.csv", "columns": fields}


def _column_type(kind: Kind, column: str, field: Field) -> str:
    schema = kind.document.get("schema")
    declared = schema["properties"][column] if isinstance(schema, Mapping) else {}
    if declared.get("format") == "date-time":
        return INSTANT
    return COLUMN_TYPES.get(field.type, "text") if isinstance(field.type, Primitive) else "text"


def _register_lines(row: Row) -> Iterator[str]:
    """A register and its columns, for people who have to fill one."""
    yield f"{row['id']}  {row['title']}, in {row['file']} of the workspace's folder of registers"
    yield from (
        f"  {line}"
        for line in table(
            [
                [name, "required" if column["required"] else "", column["type"], _meaning(column)]
                for name, column in row["columns"].items()
            ]
        )
    )


def _meaning(column: Mapping[str, Any]) -> str:
    choices = f": {', '.join(column['one_of'])}" if column["one_of"] else ""
    kept = {"pseudonym": " (kept as a pseudonym)", "drop": " (not kept)"}.get(column["personal"], "")
    return f"{column['title']}{choices}{kept}"


LISTINGS: Final[Mapping[str, tuple[Callable[[Desk, Narrowed], Iterator[Row]], tuple[str, ...]]]] = {
    "frameworks": (_frameworks, ("id", "title", "edition", "requirements")),
    "requirements": (_requirements, ("id", "kind", "counted", "title")),
    "controls": (_controls, ("id", "owner", "title")),
    "checks": (_checks, ("id", "severity", "title")),
    "mappings": (_mappings, ("control", "relation", "requirement", "part")),
    "kinds": (_kinds, ("id", "provider", "scope", "title")),
    "collectors": (_collectors, ("id", "origin", "reads")),
    "registers": (_registers, ("id", "file", "title")),
}


@click.command("list", epilog=examples("grc list checks --kind aws.s3.bucket", "grc list mappings --format json"))
@click.argument("what", type=click.Choice(list(LISTINGS)), metavar="WHAT")
@click.option("--framework", help="Only what bears on this framework.")
@click.option("--kind", help="Only what bears on this kind of evidence.")
@click.option("--control", help="Only what bears on this control.")
@workspace_option
@format_option
def list_(
    what: str, framework: str | None, kind: str | None, control: str | None, workspace: Path | None, form: str
) -> None:
    """List what the engine knows.

    WHAT is frameworks, requirements, controls, checks, mappings, kinds, collectors or registers: which there are, and
    the columns that each has.
    """
    desk = open_desk(workspace)
    narrowed = Narrowed(framework=framework, kind=kind, control=control)
    _refuse_unknown(desk, narrowed)
    rows, columns = LISTINGS[what]
    found = list(rows(desk, narrowed))
    if what == "registers" and form == "text":
        for line in (line for row in found for line in (*_register_lines(row), "")):
            click.echo(line)
        return
    echo_rows(found, columns, form)


def _refuse_unknown(desk: Desk, narrowed: Narrowed) -> None:
    for option, name, known in (
        ("framework", narrowed.framework, desk.policy.catalogues),
        ("kind", narrowed.kind, desk.kinds),
        ("control", narrowed.control, desk.policy.controls),
    ):
        if name is not None and name not in known:
            raise click.UsageError(f"there is no {option} {name!r}: {meant(name, map(str, known))}")


def _control(desk: Desk, narrowed: Narrowed) -> Control:
    return next(control for control in desk.policy.controls.values() if control.id == narrowed.control)
