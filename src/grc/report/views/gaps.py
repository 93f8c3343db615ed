"""A gap in words: what was missing, the call, and the permission that would close it."""

from __future__ import annotations

from grc.model.evidence import Gap
from grc.report.words import Words


def gap_sentence(words: Words, gap: Gap) -> str:
    """``access denied: s3:GetBucketEncryption, needs s3:GetEncryptionConfiguration``, without the path and detail."""
    told = words.say(f"gap_{gap.reason.value.replace('-', '_')}")
    if gap.call:
        told += f": {gap.call}"
    if gap.permission:
        told += ", " + words.say("gap_needs", permission=gap.permission)
    return told
