"""The pages on AWS: for each service what is read, with which permission, and what is tested of it.

``python -m grc.run.awspages FOLDER`` writes them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import Resource, Section, load
from grc.collect.aws.shapes import service_model
from grc.model.catalogue import Check, Parameter, Policy
from grc.model.identifiers import CheckId
from grc.model.kind import KindScope
from grc.run.desk import Desk, open_desk

INDEX: Final = "README.md"
MADE: Final = "Made by `make docs` from the resource files and the checks; change those, not this page."
HEAD: Final = f"""\
# AWS: what is read and what is tested

{MADE}

Nothing is called but the operations on these pages; each is on a reviewed list of reads. `grc iam-policy` prints the
permissions for the checks that you select, as a policy, as Terraform or as a CloudFormation template. A section is
read only if a selected check needs it.

"""

Rows = Iterable[Sequence[str]]


def pages(desk: Desk) -> Mapping[str, str]:
    """The text of each page, by file name."""
    services = _services(load().values())
    told = {f"{name}.md": _page(name, kinds, desk.policy) for name, kinds in services.items()}
    return {INDEX: _index(services, desk.policy), **told}


def write(folder: Path, desk: Desk) -> None:
    """Write every page and remove those of services no longer read."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = pages(desk)
    for path in folder.glob("*.md"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _services(resources: Iterable[Resource]) -> Mapping[str, list[Resource]]:
    """The kinds by the service that their name begins with; the account and its regions stand together."""
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        service = resource.name.split(".")[1]
        found.setdefault("account" if service.startswith("account") else service, []).append(resource)
    return dict(sorted(found.items()))


def _index(services: Mapping[str, Sequence[Resource]], policy: Policy) -> str:
    rows = [
        (f"[{name}]({name}.md)", _full_name(name, kinds), str(len(kinds)), str(len(_checks(kinds, policy))))
        for name, kinds in services.items()
    ]
    kinds = sum(int(row[2]) for row in rows)
    checks = sum(int(row[3]) for row in rows)
    return HEAD + _table(("service", "", "kinds", "checks"), [*rows, ("together", "", str(kinds), str(checks))])


def _full_name(name: str, kinds: Sequence[Resource]) -> str:
    if name == "account":
        return "the account and its regions"
    service = name if any(resource.service == name for resource in kinds) else kinds[0].service
    return str(service_model(service).metadata["serviceFullName"])


def _page(name: str, kinds: Sequence[Resource], policy: Policy) -> str:
    title = _full_name(name, kinds)
    parts = [f"# {title[:1].upper()}{title[1:]}\n\n{MADE}\n\n## What is read\n", *map(_kind, kinds)]
    checks = _checks(kinds, policy)
    tested = [_check(check, policy) for check in checks] or ["Nothing yet: other checks join these kinds.\n"]
    return "\n".join([*parts, "## What is tested\n", *tested])


def _kind(resource: Resource) -> str:
    rows = [_call("the list", read, "") for listing in reversed(resource.listings) for read in listing.reads]
    rows += [row for section in resource.sections.values() for row in _section(section)]
    where = "once for the account" if resource.scope is KindScope.GLOBAL else "in each region"
    hidden = sorted({*resource.secret, *resource.personal})
    kept = f"\nNever kept: {', '.join(f'`{path}`' for path in hidden)}.\n" if hidden else ""
    table = _table(("part", "call", "permission", "what it is"), rows) if rows else "It is known from the identity.\n"
    return f"### {resource.name}\n\n{resource.title}, read {where}.\n\n{table}{kept}"


def _section(section: Section) -> Iterator[Sequence[str]]:
    if section.computed is not None or not section.reads:
        sources = ", ".join(f"`{source}`" for source in section.sources)
        yield (f"`{section.name}`", f"computed from {sources}" if sources else "none", "", section.title)
        return
    for number, read in enumerate(dict.fromkeys(section.reads)):
        yield _call("" if number else f"`{section.name}`", read, "" if number else section.title)


def _call(part: str, read: Read, title: str) -> Sequence[str]:
    return (part, f"`{read.call}`", f"`{read.action}`", title)


def _checks(kinds: Sequence[Resource], policy: Policy) -> list[Check]:
    names = {resource.name for resource in kinds}
    return [check for check in policy.checks.values() if check.kind in names]


def _check(check: Check, policy: Policy) -> str:
    lines = [f"### {check.id}", "", f"{check.title}. Severity if it fails: {check.severity.value}.", ""]
    lines += [f"- {_parameter(each)}" for each in check.parameters]
    lines += [f"- Answers {answer}" for answer in _answers(check.id, policy)]
    lines += [f"- {name}: {', '.join(ids)}" for name, ids in check.equivalents.items()]
    return "\n".join(lines) + "\n"


def _parameter(parameter: Parameter) -> str:
    value = ", ".join(parameter.value) if isinstance(parameter.value, tuple) else str(parameter.value)
    bounds = [
        f"at least {parameter.minimum}" if parameter.minimum is not None else "",
        f"at most {parameter.maximum}" if parameter.maximum is not None else "",
        f"one of {', '.join(parameter.one_of)}" if parameter.one_of else "",
        f"of {', '.join(parameter.subset_of)}" if parameter.subset_of else "",
    ]
    told = "; ".join(bound for bound in bounds if bound)
    return f"Parameter `{parameter.name}` ({parameter.type.value}): {value or 'none'}" + (f" ({told})" if told else "")


def _answers(check: CheckId, policy: Policy) -> list[str]:
    """The parts of requirements that a check answers, by control; or that it is advice only."""
    found = []
    for control in policy.controls.values():
        parts = [
            f"{claim.requirement} {claim.part}"
            for claim in control.maps
            if check in control.deciding and check in claim.answered_by(control.deciding)
        ]
        if parts:
            found.append(f"{', '.join(parts)} (control {control.id})")
        elif check in control.advisory or check in control.deciding:
            found.append(f"nothing by itself: advice for the control {control.id}")
    return found


def _table(heads: Sequence[str], rows: Rows) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in row)} |\n" for row in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    write(Path(sys.argv[1]), open_desk())
