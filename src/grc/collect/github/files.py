"""The files by which a repository says how it is kept. The folder that would hold one proves that it is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from grc.collect.github.calls import Absent, Calls, Held, Missed, Outcome
from grc.collect.github.declared import read_of
from grc.model.evidence import Gap, GapReason

SECTION: Final = "files"
CONTENTS: Final = "repository Contents: read (classic: repo)"
ROOT: Final = read_of(
    {
        "get": "/repos/{full_name}/contents",
        "permission": CONTENTS,
        "absent": [{"status": 404, "message": "This repository is empty"}],
        "items": "",
        "query": {"ref": "{default_branch}"},
    }
)
FOLDER: Final = read_of(
    {
        "get": "/repos/{full_name}/contents/{folder}",
        "permission": CONTENTS,
        "items": "",
        "query": {"ref": "{default_branch}"},
    }
)
ERRORS: Final = read_of({"get": "/repos/{full_name}/codeowners/errors", "permission": CONTENTS})
READS: Final = (ROOT, FOLDER, ERRORS)
FILE: Final = "file"
EMPTY: Final = "empty file"
FOLDERS: Final = (".github", "", "docs")
"""In this order GitHub looks for owners of code and for a security policy; the first one found counts."""


def read_files(calls: Calls, values: Mapping[str, str]) -> tuple[Held | None, list[Gap]]:
    """Which of the files are there, and how many mistakes GitHub finds in the owners of code."""
    root = calls.outcome(ROOT, values)
    if isinstance(root, Absent):
        return None, []
    top = _entries(root)
    if isinstance(top, Missed):
        return None, [top.gap(SECTION, ROOT)]
    listed: dict[str, Mapping[str, str]] = {"": top}
    for folder in (".github", "docs"):
        if top.get(folder) == "dir":
            entries = _entries(calls.outcome(FOLDER, {**values, "folder": folder}))
            if isinstance(entries, Missed):
                return None, [entries.gap(SECTION, FOLDER)]
            listed[folder] = entries
    body = _found(listed)
    gaps = _errors(calls, values, body) if "codeowners" in body else []
    assert isinstance(root, Held)
    return Held(value=body, received=root.received), gaps


def _found(listed: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    body: dict[str, Any] = {"workflows": listed.get(".github", {}).get("workflows") == "dir"}
    for name, wanted in (("codeowners", ("CODEOWNERS",)), ("security_policy", ("SECURITY.md",))):
        path = _first(listed, wanted, FOLDERS)
        if path and not _is_empty(listed, path):
            body[name] = path
    path = _first(listed, ("dependabot.yml", "dependabot.yaml"), (".github",))
    return {**body, "dependabot": path} if path else body


def _first(listed: Mapping[str, Mapping[str, str]], wanted: tuple[str, ...], folders: tuple[str, ...]) -> str | None:
    for folder in folders:
        for name in wanted:
            if listed.get(folder, {}).get(name) in (FILE, EMPTY):
                return f"{folder}/{name}" if folder else name
    return None


def _is_empty(listed: Mapping[str, Mapping[str, str]], path: str) -> bool:
    """Whether nothing stands in a file: GitHub takes it before others, and it says nothing."""
    folder, _, name = path.rpartition("/")
    return listed[folder][name] == EMPTY


def _errors(calls: Calls, values: Mapping[str, str], body: dict[str, Any]) -> list[Gap]:
    outcome = calls.outcome(ERRORS, values)
    path = f"{SECTION}.codeowners_errors"
    if isinstance(outcome, Held) and isinstance(outcome.value.get("errors"), list):
        body["codeowners_errors"] = len(outcome.value["errors"])
        return []
    missed = outcome if isinstance(outcome, Missed) else Missed(GapReason.MALFORMED, "the answer lacks errors")
    return [missed.gap(path, ERRORS)]


def _entries(outcome: Outcome) -> Mapping[str, str] | Missed:
    """Names and sorts of the entries of a folder."""
    if not isinstance(outcome, Held):
        return outcome if isinstance(outcome, Missed) else Missed(GapReason.MALFORMED, "the folder is gone")
    entries = [entry if isinstance(entry, dict) else {} for entry in outcome.value]
    found: dict[Any, Any] = {entry.get("name"): _sort(entry) for entry in entries}
    if not all(isinstance(text, str) for pair in found.items() for text in pair):
        return Missed(GapReason.MALFORMED, "an entry of the folder has no name")
    return found


def _sort(entry: Mapping[str, Any]) -> Any:
    return EMPTY if entry.get("type") == FILE and entry.get("size") == 0 else entry.get("type")
