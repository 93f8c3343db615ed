"""``grc explain``: a requirement, control or check in words; with a pack, how its conclusion came about."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grc.cli.clock import now
from grc.cli.desk import open_desk
from grc.cli.exits import Exit
from grc.cli.listing import check_row, mapping_row, requirement_row
from grc.cli.options import examples, workspace_option
from grc.cli.output import echo_json, format_option, printable
from grc.errors import ConfigError
from grc.model.attestation import AttestedPart
from grc.model.catalogue import Check, Control, Declined, Mapped, Method, Policy, Relation, Requirement
from grc.run.decisions import Decisions, decisions_of
from grc.run.selection import meant

if TYPE_CHECKING:
    from grc.run.desk import Desk
    from grc.run.stated import Decided

Entry = Requirement | Control | Check


@click.command(
    epilog=examples(
        "grc explain A.8.24",
        "grc explain aws.s3.bucket.versioning",
        "grc explain aws.s3.bucket.versioning --pack PACK --subject arn:aws:s3:::logs",
    )
)
@click.argument("name", metavar="ID")
@click.option("--pack", type=click.Path(path_type=Path), help="A pack: how the conclusion came about.")
@click.option("--subject", help="One subject of the pack, down to the call that was made.")
@click.option("--reveal", is_flag=True, help="Name the persons behind pseudonyms, by the workspace's own table.")
@workspace_option
@format_option
def explain(name: str, pack: Path | None, subject: str | None, reveal: bool, workspace: Path | None, form: str) -> int:
    """Explain a requirement, a control or a check. ID may be written as auditors do: A.8.24, Art. 32, 164.312(d).

    With --pack, what was concluded of it comes first, and how.
    """
    from grc.run.stated import decided_by

    for flag, given in (("--subject", subject is not None), ("--reveal", reveal)):
        if given and pack is None:
            raise click.UsageError(f"{flag} goes with --pack")
    desk = open_desk(workspace)
    policy = desk.policy
    entry = find(policy, name)
    decided = list(_decided(decisions_of(desk), entry))
    told: list[str] = []
    if pack is not None:
        from grc.run.tracing import trace

        say = _revealer(desk) if reveal else str
        told = [say(line) for line in trace(pack, entry.id, subject)]
    if form == "json":
        claims = [mapping_row(claim) for claim in _claims(policy, entry)]
        echo_json({**_row(entry), "mappings": claims, "decided": decided, "pack": told})
        return Exit.NOTHING_FAILED
    title, *words = in_words(policy, entry, decided_by(desk, now()))
    for line in (title, *told, *([""] if told else []), *words, *decided):
        click.echo(printable(line))
    return Exit.NOTHING_FAILED


def _revealer(desk: Desk) -> Callable[[str], str]:
    from grc.run.revealing import names_of, revealer

    return revealer(names_of(desk.workspace))


def find(policy: Policy, name: str) -> Entry:
    """The entry of this id, alias, or id as auditors type it.

    Raises:
        ConfigError: there is none, or several frameworks have one.
    """
    entries = list(_entries(policy))
    exact = [entry for entry in entries if name == entry.id or name in entry.aliases]
    found = exact or [entry for entry in entries if _plain(name) == _plain(_code(entry))]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(f"{name!r} is more than one thing: {', '.join(entry.id for entry in found)}")
    kinds = {str(check.kind) for check in policy.checks.values()}
    for kind in {name, f"register.{name}"} & kinds:
        raise ConfigError(f"{kind} is a kind of evidence: `grc list checks --kind {kind}` names what tests it")
    raise ConfigError(f"nothing is called {name!r}: {meant(name, [str(entry.id) for entry in entries])}")


def in_words(policy: Policy, entry: Entry, stated: Decided) -> Iterator[str]:
    """The entry in words, line by line; with what people state on its parts today."""
    match entry:
        case Requirement():
            yield from _requirement(policy, entry, stated)
        case Control():
            yield from _control(entry)
        case Check():
            yield from _check(policy, entry)


def _decided(decisions: Decisions, entry: Entry) -> Iterator[str]:
    """What the workspace decided on a requirement."""
    if not isinstance(entry, Requirement):
        return
    found = decisions.applicability.get(entry.id)
    if found is not None:
        yield ""
        yield f"Decided: {'applies' if found.applicable else 'does not apply'}, because: {found.reason}"
        yield f"  approved by {found.approved_by} on {found.approved_on}"
        if found.implemented is not None:
            planned = f" for {found.planned_for}" if found.planned_for else ""
            yield f"  carried out, as the organisation says: {found.implemented}{planned}"
        yield from (f"  {label} {text}" for label, text in (("how:", found.how), ("owner:", found.owner)) if text)
    for record in decisions.tailoring.addressable:
        if record.requirement == entry.id:
            yield ""
            yield f"Addressable, and decided: {record.choice}, because: {record.rationale or '; '.join(record.factors)}"
            yield f"  approved by {record.approved_by} on {record.approved_on}, to be reviewed on {record.review_on}"
            if record.alternative:
                yield f"  instead: {record.alternative}"


def _requirement(policy: Policy, row: Requirement, stated: Decided) -> Iterator[str]:
    catalogue = policy.catalogues[row.framework]
    yield f"{row.id}  {row.title}"
    yield f"{catalogue.title}, {catalogue.edition}; {row.group}"
    designation = f", {row.designation}" if row.designation else ""
    titles = {holder.code: holder.title for holder in catalogue.duty_holders}
    holders = f"; binds: {', '.join(titles.get(it, it) for it in row.duty_holder)}" if row.duty_holder else ""
    yield f"{row.kind}{designation}, {'counted' if row.counted_in else 'not counted'}{holders}"
    yield from _wrapped(row.note or "", "  ")
    if row.parts is None:
        yield "  Its parts are still being written: it is not assessed."
    for child in catalogue.requirements:
        if child.parent == row.id:
            yield f"  {child.id}  {child.title}"
    for part in row.parts or ():
        yield ""
        yield f"  {part.id} ({part.method})"
        yield from _wrapped(part.show, "    ")
        yield from _wrapped(f"Typical evidence: {part.evidence}" if part.evidence else "", "    ")
        claims = [claim for claim in _claims(policy, row) if claim.part == part.id]
        for claim in claims:
            yield f"    {claim.relation} by {claim.control}: {claim.covers}"
            yield from _wrapped(claim.rationale, "      ")
            yield from _tests(policy, claim, stated, part.method)
        if not claims:
            yield "    Nothing tests this part: it is not assessed."
        elif not any(claim.relation is Relation.MEETS for claim in claims):
            yield "    No control meets this part: what supports it does not decide it, and it is not assessed."


def _tests(policy: Policy, claim: Mapped, stated: Decided, method: Method) -> Iterator[str]:
    answering = claim.answered_by(policy.controls[claim.control].deciding)
    for name in answering:
        yield f"      answered by {name}: {policy.checks[name].title}"
    found = stated.get((claim.control, AttestedPart(requirement=claim.requirement, part=claim.part)))
    if found is not None:
        yield f"      attestation {found.by} (today {found.status.value.replace('_', ' ')}): {found.reason}"
    elif not answering:
        does = "tests it by hand" if method is Method.TECHNICAL else "does"
        yield f"      No check answers it: a person {does}, and until then it is not assessed."


def _control(control: Control) -> Iterator[str]:
    yield f"{control.id}  {control.title}"
    yield from _wrapped(control.statement, "  ")
    yield f"  owner {control.owner}, {control.frequency}"
    yield f"  decided by: {', '.join(control.deciding) or 'no check'}"
    if control.advisory:
        yield f"  advised by: {', '.join(control.advisory)}"
    for claim in control.maps:
        yield f"  {claim.relation} {claim.requirement} ({claim.part}): {claim.covers}"
        yield from _wrapped(claim.rationale, "    ")


def _check(policy: Policy, check: Check) -> Iterator[str]:
    yield f"{check.id}  {check.title}"
    yield f"  {check.severity} severity, tests each {check.kind}"
    for parameter in check.parameters:
        yield f"  {parameter.name} = {parameter.value}"
    for label, text in (("when", check.when), ("assert", check.assertion), ("fails with", check.fail)):
        if text:
            yield f"  {label}:"
            yield from _wrapped(text, "    ")
    yield from _wrapped(f"To fix it: {check.remedy.text}", "  ")
    yield from _way("with the command line", check.remedy.cli)
    yield from _way("with Terraform", check.remedy.terraform)
    for control in policy.controls.values():
        for role, listed in (("decides", control.deciding), ("advises", control.advisory)):
            if check.id in listed:
                yield f"  {role} {control.id} ({control.title})"
    for source in check.sources:
        yield f"  source: {source}"


def _way(tool: str, way: str | Declined | None) -> Iterator[str]:
    """How a tool puts it right, as it is to be pasted, or why it cannot."""
    if isinstance(way, Declined):
        yield from _wrapped(f"{tool}: none, because {way.reason}", "  ")
    elif way is not None:
        yield f"  {tool}:"
        yield from textwrap.indent(way.strip(), "    ").splitlines()


def _entries(policy: Policy) -> Iterator[Entry]:
    for catalogue in policy.catalogues.values():
        yield from catalogue.requirements
    yield from policy.controls.values()
    yield from policy.checks.values()


def _claims(policy: Policy, entry: Entry) -> Iterable[Mapped]:
    every = (claim for control in policy.controls.values() for claim in control.maps)
    match entry:
        case Requirement():
            return [claim for claim in every if claim.requirement == entry.id]
        case Control():
            return entry.maps
        case Check():
            listing = {c.id for c in policy.controls.values() if entry.id in (*c.deciding, *c.advisory)}
            return [claim for claim in every if claim.control in listing]


def _row(entry: Entry) -> dict[str, object]:
    match entry:
        case Requirement():
            return requirement_row(entry)
        case Control():
            return {"id": entry.id, "title": entry.title, "checks": [*entry.deciding, *entry.advisory]}
        case Check():
            return check_row(entry)


def _code(entry: Entry) -> str:
    return entry.code if isinstance(entry, Requirement) else entry.id


def _plain(text: str) -> str:
    return text.replace(" ", "").casefold()


def _wrapped(text: str, indent: str) -> list[str]:
    return [
        line
        for part in text.splitlines()
        for line in textwrap.wrap(part, 100, initial_indent=indent, subsequent_indent=indent)
    ]
