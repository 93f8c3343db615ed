"""What the clinic decided: its statement of applicability as far as it has come, two specifications, one objective."""

from __future__ import annotations

from typing import Final

APPLICABILITY_YAML: Final = """\
format: grc.applicability/1
statement:
  version: "1.2"
  on: APPROVED
  approved-by: Grace Example
  risk-assessment: RA-7, the yearly assessment of the clinic
decisions:
- requirement: iso27001:A.8.24
  applicable: true
  reason: Patient records leave the building on disks and over networks
  approved-by: Grace Example
  approved-on: APPROVED
  included-for: [risk, law]
  implemented: partly
  how: Encryption by default in every store; two older stores are being moved
  owner: head of platform
  references: [DOC-CRYPTO-2]
  risks: [R-4]
  evidence: [E-12]
  reviewed-on: APPROVED
- requirement: iso27001:A.8.13
  applicable: true
  reason: Losing the patient records would stop treatment
  approved-by: Grace Example
  approved-on: APPROVED
  included-for: [risk, contract]
  implemented: planned
  planned-for: UNTIL
  owner: head of platform
  risks: [R-1]
- requirement: iso27001:A.8.30
  applicable: false
  reason: The clinic has no software developed for it
  approved-by: Grace Example
  approved-on: APPROVED
addressable:
- requirement: hipaa:164.312(a)(2)(iii)
  decision: alternative
  factors: [The ward terminal must stay readable in an emergency]
  rationale: A session that ends by itself would hide the chart while staff treat the patient
  alternative: The terminal stands in a staffed room and locks when the badge is taken away
  evidence: [DOC-WARD-3]
  approved-by: Grace Example
  approved-on: APPROVED
  review-on: UNTIL
- requirement: hipaa:164.312(e)(2)(ii)
  decision: implement
  factors: [Every connection leaves the building]
  approved-by: Grace Example
  approved-on: APPROVED
  review-on: UNTIL
"""

CAPABILITY_YAML: Final = """\
format: grc.capability/1
targets:
- {objective: cobit:DSS04, level: 3, accountable: head of platform, approved-by: Grace Example, approved-on: APPROVED}
- {objective: cobit:DSS05, level: 3, accountable: security officer, approved-by: Grace Example, approved-on: APPROVED}
ratings:
"""

RATED: Final = (
    *(("cobit:DSS04.01", 2, 90), ("cobit:DSS04.02", 2, 90), ("cobit:DSS04.03", 2, 95), ("cobit:DSS04.04", 2, 80)),
    *(("cobit:DSS04.06", 2, 90), ("cobit:DSS04.07", 2, 95)),
)
"""Practices, levels, and the per cent of the activities that are carried out."""


def capability_yaml() -> str:
    """The targets and ratings; the dates are still words."""
    rated = (
        f"- practice: {practice}\n  level: {level}\n  achieved: {achieved}\n"
        "  basis: Walk-through with the platform team\n  assessor: Ada Example\n  rated-on: APPROVED\n"
        for practice, level, achieved in RATED
    )
    return CAPABILITY_YAML + "".join(rated)
