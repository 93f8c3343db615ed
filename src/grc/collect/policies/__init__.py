"""What AWS policy documents and rules come to: who a resource lets in, what a principal may do. Pure, without botocore.

Each analysis makes the value of a computed section from decoded documents. It errs to one side: where it cannot be
shown that access is bounded, access is taken for open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from grc.collect.policies import alarmrules, beanstalk, buckets, plainsecrets, resourcepolicy, rights, trust
from grc.collect.policies.analysis import Analysis
from grc.collect.policies.placing import Computed, place
from grc.collect.policies.statements import UnreadableError

ANALYSES: Final[Mapping[str, Analysis]] = {
    "address-secrets": plainsecrets.ADDRESSES,
    "alarm-rule": alarmrules.ANALYSIS,
    "beanstalk-options": beanstalk.ANALYSIS,
    "bucket-access": buckets.ANALYSIS,
    "identity-policy": rights.ANALYSIS,
    "job-secrets": plainsecrets.JOBS,
    "plain-secrets": plainsecrets.VARIABLES,
    "resource-policies": resourcepolicy.SEVERAL,
    "resource-policy": resourcepolicy.ANALYSIS,
    "trust-policy": trust.ANALYSIS,
}

__all__ = ["ANALYSES", "Analysis", "Computed", "UnreadableError", "place"]
