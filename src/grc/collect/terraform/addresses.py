"""Addresses as Terraform prints them."""

from __future__ import annotations

from typing import Final

ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def quoted(key: str) -> str:
    """A key of ``for_each`` as it stands in an address."""
    text = "".join(ESCAPES.get(one, one) for one in key).replace("${", "$${").replace("%{", "%%{")
    return f'"{text}"'
