"""What was found at the clinic and put on record: one of each state that a finding can be in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

ADMIN_PORTS: Final = """\
format: grc.finding/1
id: admin-ports-open
class: major
condition: A server could be maintained from the whole internet
check: aws.ec2.security-group.no-open-admin-ports
requirement: iso27001:A.8.20
raised-by: Grace Example
raised-on: D120
owner: Ada Example
due: D30
cause: The rule was made for one weekend, and nobody had to take it back
correction: The rule was removed
corrective-action: Rules for maintenance end by themselves after a day
effectiveness: {check: aws.ec2.security-group.no-open-admin-ports, from: D20}
closed: {by: Charlie Example, on: D21}
"""
REVIEWS: Final = """\
format: grc.finding/1
id: reviews-left-out-accounts
class: minor
condition: The review of spring looked at people and left the accounts of devices out
check: register.access-reviews.items-complete
raised-by: Charlie Example
raised-on: D90
owner: Ada Example
due: D40
cause: The list came from the personnel office, which knows no devices
correction: The accounts of devices were reviewed
corrective-action: The list of a review comes from the directory
effectiveness: {check: register.access-reviews.items-complete, from: D30}
closed: {by: Charlie Example, on: D45}
"""
CONTINUITY: Final = """\
format: grc.finding/1
id: continuity-plan-too-old
class: minor
condition: The plan for the ward names telephones that are gone
requirement: iso27001:A.5.29
raised-by: Grace Example
raised-on: D60
owner: Charlie Example
due: D10
"""
VERSIONS: Final = """\
format: grc.finding/1
id: buckets-without-versions
class: observation
condition: Some buckets of the records keep no earlier versions
check: aws.s3.bucket.versioning
raised-by: Charlie Example
raised-on: D14
owner: Ada Example
due: A30
correction: Versions are kept from now on, beginning with the patients' records
"""
SUPPLIERS: Final = """\
format: grc.finding/1
id: suppliers-not-asked
class: minor
condition: Two suppliers were never asked how they keep their access safe
requirement: iso27001:A.5.19
raised-by: Grace Example
raised-on: D80
owner: Charlie Example
due: D25
cause: They were suppliers before there was a list of questions
correction: Both were asked, and have answered
corrective-action: No contract is renewed without the answers
closed: {by: Grace Example, on: D28}
"""


def finding_files(today: date) -> Mapping[str, str]:
    """The findings on record, by path in the workspace."""
    return dict(_findings(today))


def _findings(today: date) -> Iterator[tuple[str, str]]:
    days = {f"D{days}": today - timedelta(days=days) for days in (120, 90, 80, 60, 45, 40, 30, 28, 25, 21, 20, 14, 10)}
    days["A30"] = today + timedelta(days=30)
    for text in (ADMIN_PORTS, REVIEWS, CONTINUITY, VERSIONS, SUPPLIERS):
        written = text
        for word, day in days.items():
            written = written.replace(f" {word}", f" {day.isoformat()}")
        yield f"findings/{text.splitlines()[1].removeprefix('id: ')}.yaml", written
