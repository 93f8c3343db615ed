"""docs/default-resources.md names every mark by which a check leaves out what is AWS's own, at the kind that has it."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from grc.collect.aws.declared import load

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/default-resources.md").read_text(encoding="utf-8")
MARKS = {
    "Operator.?Managed": "`Operator.Managed`",
    "/aws-service-role/": "`/aws-service-role/`",
    "metadata.?KeyManager": "`metadata.KeyManager`",
    'startsWith("aws/")': "`aws/`",
    "OwningService": "`OwningService`",
    'startsWith("default.")': "`default.`",
    "SnapshotType": "`SnapshotType`",
    "MANAGED_DOMAIN": "`MANAGED_DOMAIN`",
    "IsDefault": "`IsDefault`",
    '"primary"': "`primary`",
}


def rows() -> dict[str, str]:
    """The rows of the page's tables, by kind."""
    found = {}
    for line in PAGE.splitlines():
        if line.startswith("| `aws."):
            named, said = line.removeprefix("|").split("|", 1)
            found.update(dict.fromkeys(re.findall(r"`([^`]+)`", named), said))
    return found


def marked() -> set[tuple[str, str]]:
    """The kinds of which a check leaves something out by one of the marks."""
    checks = [
        check
        for path in sorted((ROOT / "checks/aws").glob("*.yaml"))
        if not path.name.endswith(".examples.yaml")
        for check in yaml.safe_load(path.read_text(encoding="utf-8"))["checks"]
    ]
    return {(check["kind"], mark) for check in checks for mark in MARKS if mark in check.get("when", "")}


def test_each_mark_stands_at_the_kind_that_a_check_reads_it_of() -> None:
    found = rows()
    assert len(marked()) >= len(MARKS)
    assert {mark for _, mark in marked()} == set(MARKS)
    for kind, mark in sorted(marked()):
        assert MARKS[mark] in found.get(kind, ""), f"{kind}: {mark}"


def test_the_page_names_kinds_that_there_are() -> None:
    assert set(rows()) <= set(load())
    assert len(rows()) > 15
