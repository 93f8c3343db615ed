"""The table of DESIGN, held: which room may import what."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "grc"
LEAVES = {"errors", "registry", "canonical", "garbage", "newlines", "yamltext"}
EVERY_ROOM = {"model", "kinds"} | LEAVES
MAY_IMPORT = {
    "model": set(),
    "kinds": {"model"} | LEAVES,
    "yamltext": {"errors"},
    "catalogue": EVERY_ROOM | {"policy"},
    "policy": EVERY_ROOM,
    "collect": EVERY_ROOM,
    "evidence": EVERY_ROOM,
    "assess": EVERY_ROOM | {"policy"},
    "report": EVERY_ROOM,
    "run": EVERY_ROOM | {"catalogue", "policy", "collect", "evidence", "assess", "report"},
    "cli": EVERY_ROOM | {"catalogue", "policy", "collect", "evidence", "assess", "report", "run"},
}
THIRD_PARTY = {
    "model": set(),
    "kinds": set(),
    "yamltext": {"yaml"},
    "catalogue": {"jsonschema"},
    "policy": {"msgspec", "re2"},
    "collect": {
        "boto3",
        "botocore",
        "jsonschema",
        "kubernetes",
        "pypdf",
        "tree_sitter",
        "tree_sitter_hcl",
        "urllib3",
        "yaml",
    },
    "evidence": {
        "boto3",
        "botocore",
        "cryptography",
        "msgspec",
        "rfc3161_client",
        "rfc8785",
        "securesystemslib",
        "zstandard",
    },
    "assess": {"msgspec"},
    "report": {"jinja2", "markupsafe", "msgspec", "weasyprint", "xlsxwriter"},
    "run": {"msgspec", "boto3", "botocore", "duckdb", "moto", "werkzeug"},
    "cli": {"click", "rich", "msgspec"},
}
STANDARD = set(__import__("sys").stdlib_module_names)


def imports(path: Path) -> set[str]:
    """Every module that a file imports, by its full dotted name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides its room"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    for path in sorted((SOURCE / room).rglob("*.py")):
        for name in imports(path):
            first, _, rest = name.partition(".")
            if first == "grc":
                other = rest.partition(".")[0]
                assert other in (room, "__version__") or other in MAY_IMPORT[room], (
                    f"{path}: {room} may not import {name}"
                )
            else:
                assert first in STANDARD | THIRD_PARTY[room], f"{path}: {room} may not import {name}"


def test_the_table_names_every_room() -> None:
    rooms = {path.name for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert rooms == set(MAY_IMPORT)
