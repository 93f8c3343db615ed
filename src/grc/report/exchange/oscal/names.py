"""How things are named and written in OSCAL: ids that stay from run to run, tokens, text, properties.

Source: NIST OSCAL 1.2.1, the data types of its metaschema.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID, uuid5

from grc.model.identifiers import RequirementId
from grc.report.text import one_line

Json = dict[str, object]

NAMESPACE: Final = "urn:grc:oscal"
"""The namespace of properties that OSCAL does not name itself."""
_ROOT: Final = uuid5(UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8"), NAMESPACE)
"""Under RFC 9562's namespace of URLs."""
_MARKUP: Final = re.compile(r"[\\`*_{}\[\]<>#|~^$!]")
_NO_TOKEN: Final = re.compile(r"[^\w.-]+", re.ASCII)
NOTHING: Final = "-"
"""Where OSCAL asks for text and there is none."""


def uuid(*names: str) -> str:
    """The UUID (version 5) of what these names stand for: the same names, the same UUID."""
    return str(uuid5(_ROOT, "\n".join(names)))


def control_id(requirement: RequirementId) -> str:
    """``gdpr:32(1)(b)`` as a token: ``gdpr-32.1.b``."""
    plain = requirement.replace(":", "-").replace(")(", ".").replace("(", ".").replace(")", "")
    return _NO_TOKEN.sub("-", plain).lower()


def objective_id(requirement: RequirementId, part: str | None = None) -> str:
    """What is to be shown for a requirement, or for one part of it."""
    return f"{control_id(requirement)}_obj" + (f".{_NO_TOKEN.sub('-', part)}" if part else "")


def plain(text: str) -> str:
    """The text on one line, as OSCAL's strings must be: not empty, no space at the ends."""
    return one_line(text).strip() or NOTHING


def markup(text: str) -> str:
    """The same where OSCAL reads Markdown: strangers name resources, and their names are no markup."""
    return _MARKUP.sub(lambda found: f"\\{found[0]}", plain(text))


def prop(name: str, value: object) -> Json:
    """A property of our own."""
    return {"name": name, "ns": NAMESPACE, "value": plain(str(value))}
