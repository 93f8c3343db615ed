"""Exports: the same records as from the API, with their own instants, and nothing believed of a damaged one."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from github_answers import NOW, WEB, Replayed, error
from held import Held

from grc import canonical
from grc.collect.files import find
from grc.collect.github import GitHubSource, open_exports, recognise, write_export
from grc.collect.github.declared import load
from grc.collect.github.export import INDEX
from grc.errors import ConfigError
from grc.model.evidence import GapReason

EVERYTHING = {kind: frozenset(resource.sections) for kind, resource in load().items()}
LATER = NOW + timedelta(days=3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "handed-over" / "acme"
    write_export(Replayed(), "acme", found, clock=lambda: NOW)
    return found


def read(root: Path) -> Held:
    tree, sink = find(root), Held()
    open_exports(tree, recognise(tree), "handed-over", lambda: LATER).collect(EVERYTHING, sink, sink)
    return sink


def live() -> Held:
    sink = Held()
    source = GitHubSource(org="acme", transport=Replayed(), clock=lambda: NOW, caller="auditor", parameters={})
    source.collect(EVERYTHING, sink, sink)
    return sink


def index(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    return found


def rewrite(folder: Path, document: object) -> None:
    (folder / INDEX).write_text(json.dumps(document), encoding="utf-8")


def test_an_export_gives_the_same_records(folder: Path) -> None:
    held, before = read(folder.parent), live()
    assert len(held.units) == len(EVERYTHING)
    for unit, (population, records) in held.units.items():
        known_population, known = before.of(unit.kind)
        assert unit.source == "github-export"
        assert unit.place == "github/acme"
        assert population.gaps == ()
        assert population.caller == "auditor"
        assert population.parameters == {"export": f"handed-over/acme/{INDEX}"}
        assert (population.started, population.coverage) == (NOW, known_population.coverage)
        assert canonical.encode(records) == canonical.encode(known)
        assert {record.collected for record in records} == {NOW}


def test_an_export_holds_nothing_that_nobody_needs(folder: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.json"))
    for word in ("HOOKTOKEN", "LEAKEDSECRET", "AAAAPUBLIC", "@example.com", "avatar"):
        assert word not in text
    assert "ci.example.com" in text


def test_every_file_is_claimed(folder: Path) -> None:
    (folder.parent / "notes.json").write_text("{}", encoding="utf-8")
    claim = recognise(find(folder.parent))
    assert f"acme/{INDEX}" in claim.paths
    assert "notes.json" not in claim.paths
    assert len(claim.paths) == len(index(folder)["answers"]) + 1
    assert recognise(find(folder / "orgs")).paths == ()


def test_what_failed_while_exporting_is_a_gap(tmp_path: Path) -> None:
    def fault(request: Any) -> Any:
        if request.path.endswith("/hooks"):
            return error(403, "Resource not accessible", x_accepted_github_permissions="webhooks=read")
        if request.path.endswith("/keys"):
            return 200, {}, b"<html>"
        return None

    write_export(Replayed(fault=fault), "acme", tmp_path / "acme", clock=lambda: NOW)
    gaps = {(gap.path, gap.reason) for record in read(tmp_path).of("github.repository")[1] for gap in record.gaps}
    assert gaps == {("webhooks", GapReason.ACCESS_DENIED), ("deploy_keys", GapReason.NOT_PROVIDED)}


def file_of(folder: Path, target: str) -> Path:
    found: str = index(folder)["answers"][target]["file"]
    return folder / found


HOOKS = f"/repos/{WEB}/hooks?per_page=100"


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "link"])
def test_a_damaged_file_is_a_gap(folder: Path, damage: str) -> None:
    path = file_of(folder, HOOKS)
    match damage:
        case "cut":
            path.write_bytes(path.read_bytes()[:20])
        case "changed":
            path.write_bytes(path.read_bytes().replace(b"true", b"false"))
        case "gone":
            path.unlink()
        case _:
            path.rename(path.with_suffix(".kept"))
            path.symlink_to(path.with_suffix(".kept"))
    (record,) = [record for record in read(folder.parent).of("github.repository")[1] if record.subject == WEB]
    reason = GapReason.MALFORMED if damage in ("cut", "changed") else GapReason.NOT_PROVIDED
    assert [(gap.path, gap.reason) for gap in record.gaps] == [("webhooks", reason)]
    assert "webhooks" not in record.body


def test_an_index_cannot_lead_out_of_the_folder(folder: Path) -> None:
    secret = folder.parent.parent / "outside.json"
    secret.write_bytes(file_of(folder, HOOKS).read_bytes())
    document = index(folder)
    for name in ("../../outside.json", str(secret)):
        document["answers"][HOOKS]["file"] = name
        rewrite(folder, document)
        (record,) = [record for record in read(folder.parent).of("github.repository")[1] if record.subject == WEB]
        assert [gap.reason for gap in record.gaps] == [GapReason.NOT_PROVIDED]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"format": "grc.github-export/2"},
        {"format": "grc.github-export/1", "organization": "../x", "caller": "c", "begun": "2026-01-01T00:00:00Z"},
        {
            "format": "grc.github-export/1",
            "organization": "acme",
            "caller": "c",
            "begun": "2026-01-01T00:00:00Z",
            "answers": {"/orgs/acme": {"status": "200"}},
        },
        {
            "format": "grc.github-export/1",
            "organization": "acme",
            "caller": "c",
            "begun": "2026-01-01T00:00:00",
            "answers": {},
        },
    ],
)
def test_an_index_of_another_form_leaves_gaps(folder: Path, document: object) -> None:
    rewrite(folder, document)
    held = read(folder.parent)
    assert len(held.units) == len(EVERYTHING)
    for population, records in held.units.values():
        assert records == []
        assert {gap.reason for gap in population.gaps} == {GapReason.PARSE_ERROR}
        assert all((gap.detail or "").startswith(f"acme/{INDEX}:1: ") for gap in population.gaps)


def test_two_exports_of_one_organization_are_neither(folder: Path) -> None:
    write_export(Replayed(), "acme", folder.parent / "again", clock=lambda: NOW)
    for population, records in read(folder.parent).units.values():
        assert records == []
        assert "two exports of acme" in (population.gaps[0].detail or "")


def test_a_folder_that_holds_something_is_left_alone(folder: Path) -> None:
    with pytest.raises(ConfigError, match="is not empty"):
        write_export(Replayed(), "acme", folder, clock=lambda: NOW)


def test_an_export_needs_a_token_that_is_accepted(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not accept the token"):
        write_export(
            Replayed(fault=lambda request: error(401, "Bad credentials")), "acme", tmp_path / "x", clock=lambda: NOW
        )
    assert not (tmp_path / "x").exists()
