"""What people of the clinic answer for: statements that count, and some that no longer or not yet do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

ROUND: Final = "exhibits/clear-desk-round.csv"
ACCEPTED: Final = "exhibits/accepted-risks.csv"
POSTS: Final = "exhibits/roles-in-post.csv"
EXHIBITS: Final = {
    ROUND: "room,desk clear,screen locked\nreception,yes,yes\nward 1,yes,no\nimaging,yes,yes\n",
    POSTS: "role,person,told on\nsecurity officer,C-007,2026-02-01\ndata protection officer,C-006,2026-02-01\n",
    ACCEPTED: "risk,owner,accepted\nR-1,head of platform,yes\nR-4,practice manager,yes\n",
}
"""Records that statements rest on."""

POLICY: Final = """\
format: grc.attestation/1
id: policy-in-force
control: security-policy-approved
parts:
- {requirement: iso27001:5.2, part: policy}
- {requirement: iso27001:A.5.1, part: policy}
- {requirement: hipaa:164.316(a), part: policies}
- {requirement: gdpr:Art.24(2), part: policy}
- {requirement: cobit:APO13.01, part: policy}
statement: The security policy in force covers these duties. I went through it clause by clause.
who: Charlie Example
role: information security officer
signed-on: SIGNED
period: {from: FIRST, to: SIGNED}
valid-until: UNTIL
files:
- {path: policies/information-security.md, sha256: SHA}
reviewed-by: Grace Example
reviewed-on: REVIEWED
"""
ROLES: Final = """\
format: grc.attestation/1
id: roles-in-writing
control: roles-assigned
parts:
- {requirement: iso27001:5.3, part: assigned}
- {requirement: iso27001:5.3, part: current}
- {requirement: iso27001:5.3, part: communicated}
- {requirement: iso27001:A.5.2, part: assigned}
- {requirement: iso27001:A.5.2, part: current}
- {requirement: iso27001:A.5.2, part: known}
- {requirement: hipaa:164.308(a)(2), part: assigned}
- {requirement: hipaa:164.308(a)(2), part: operated}
statement: Security roles stand in the job descriptions. I asked five people in post, and each named their own.
who: Grace Example
role: managing physician
signed-on: SIGNED
period: {from: FIRST, to: SIGNED}
files:
- {path: exhibits/roles-in-post.csv, sha256: SHA}
"""
DESKS: Final = """\
format: grc.attestation/1
id: clear-desk-round
control: clear-desk
parts:
- {requirement: iso27001:A.7.7, part: rules}
- {requirement: iso27001:A.7.7, part: inspected}
statement: I walked through all rooms after closing time. One screen was unlocked, and its user was told.
who: Charlie Example
role: information security officer
signed-on: SIGNED
period: {from: FIRST, to: SIGNED}
files:
- {path: exhibits/clear-desk-round.csv, sha256: SHA}
"""
DUTIES: Final = """\
format: grc.attestation/1
id: duties-not-separated
control: duties-separated
parts:
- {requirement: iso27001:A.5.3, part: self-approval}
conclusion: not-met
statement: At the weekend one person both asks for emergency access and grants it. A second role starts next quarter.
who: Ada Example
role: head of platform
signed-on: SIGNED
period: {from: FIRST, to: SIGNED}
"""
CONTINUITY: Final = """\
format: grc.attestation/1
id: continuity-plans-last-year
control: continuity-plans-written
parts:
- {requirement: iso27001:A.5.29, part: plan}
- {requirement: gdpr:Art.32(1)(c), part: plan}
statement: The plans for the ward and for the records say how care goes on without the network.
who: Ada Example
role: head of platform
signed-on: LONG_AGO
period: {from: LONG_AGO, to: LONG_AGO}
valid-until: ENDED
"""
ACCESS: Final = """\
format: grc.attestation/1
id: access-rules
control: access-granted
parts:
- {requirement: iso27001:A.5.15, part: rules}
- {requirement: hipaa:164.312(a)(1), part: policies}
statement: Access is given by the access control policy, version 2.0.
who: Ada Example
role: head of platform
signed-on: SIGNED
period: {from: FIRST, to: SIGNED}
files:
- {path: policies/access-control.md, sha256: OTHER}
reviewed-by: Grace Example
reviewed-on: REVIEWED
"""
RISKS: Final = """\
format: grc.attestation/1
id: risks-accepted
control: residual-risk-accepted
parts:
- {requirement: iso27001:6.1.3, part: accepted}
statement: The owners of the two highest risks have accepted what remains.
who: Ada Example
role: head of platform
signed-on: SIGNED
period: {from: FIRST, to: SIGNED}
files:
- {path: exhibits/accepted-risks.csv, sha256: SHA}
"""


def attestation_files(today: date, kept: Mapping[str, str]) -> Mapping[str, str]:
    """The statements and what they rest on, by path in the workspace. ``kept`` are its other files."""
    return {**EXHIBITS, **dict(_statements(today, {**kept, **EXHIBITS}))}


def _statements(today: date, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Signed this year, so that each is about the period that is assessed; but for the one of long ago."""
    first = today.replace(month=1, day=1)
    signed = max(first, today - timedelta(days=20))
    words = {
        "FIRST": first.isoformat(),
        "SIGNED": signed.isoformat(),
        "REVIEWED": min(today, signed + timedelta(days=2)).isoformat(),
        "UNTIL": (signed + timedelta(days=300)).isoformat(),
        "LONG_AGO": (today - timedelta(days=400)).isoformat(),
        "ENDED": (today - timedelta(days=40)).isoformat(),
        "OTHER": hashlib.sha256(b"Access control policy, version 2.0").hexdigest(),
    }
    for text in (POLICY, ROLES, DESKS, DUTIES, CONTINUITY, ACCESS, RISKS):
        named = next((name for name in files if f"{{path: {name}, sha256: SHA}}" in text), None)
        digest = hashlib.sha256(files[named].encode()).hexdigest() if named else ""
        written = text.replace("sha256: SHA", f"sha256: {digest}")
        for word, value in words.items():
            written = written.replace(word, value)
        yield f"attestations/{text.splitlines()[1].removeprefix('id: ')}.yaml", written
