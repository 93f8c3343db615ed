"""A register that a workspace declares itself, keys that were handed out, and a control for it."""

from __future__ import annotations

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
