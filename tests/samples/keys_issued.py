"""A register that a workspace declares itself, keys that were handed out, and a control for it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

KEYED: Final = """format: grc.kind/1
name: register.keys-issued
title: Keys issued
provider: register
scope: global
key: key_id
schema:
  type: object
  required: [key_id]
  properties:
    key_id: {type: string, title: Key}
"""
"""Its schema with the key alone: further fields follow."""
HELD: Final = (
    KEYED
    + """\
    holder: {type: string, title: Who holds it, x-personal: pseudonym, x-references: register.people.person_id}
"""
)
"""The same, and who holds the key."""
CONTROL: Final = """format: grc.controls/1
theme: premises
controls:
- id: keys-kept
  title: Keys are kept
  statement: Each key is held by a named person
  owner: practice manager
  frequency: monthly
  maps: []
  checks: {deciding: [register.keys-issued.held]}
"""
"""A control with one check, ``register.keys-issued.held``, that whoever uses it brings."""

CHECK: Final = "register.keys-issued.held"
CHECKS: Final = f"""format: grc.checks/1
checks:
- id: {CHECK}
  title: Every key is held by somebody
  severity: medium
  kind: register.keys-issued
  assert: resource.holder != null
  fail: Nobody holds {{resource.key_id}}
  remedy: {{text: Ask for it}}
  source: ["https://clinic.example/keys"]
"""
"""That check alone."""


def write_workspace(folder: Path, checks: str, rows: str = "") -> Path:
    """A workspace with the register of keys and who holds them, the control, and these checks; ``rows`` under the
    header ``key_id,holder``."""
    for name, text in {
        "grc.yaml": "format: grc.workspace/1\n",
        "registers/schemas/keys.yaml": HELD,
        "registers/keys-issued.csv": f"key_id,holder\n{rows}",
        "checks/keys.yaml": checks,
        "controls/common/keys.yaml": CONTROL,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
