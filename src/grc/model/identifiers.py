"""Ids are text with a meaning of their own; a type each, so that one is never passed for another."""

from __future__ import annotations

from typing import NewType

FrameworkId = NewType("FrameworkId", str)
"""``iso27001``"""
RequirementId = NewType("RequirementId", str)
"""``iso27001:A.8.24``"""
PartId = NewType("PartId", str)
"""``at-rest``, unique within its requirement"""
ControlId = NewType("ControlId", str)
"""``crypto-at-rest``"""
CheckId = NewType("CheckId", str)
"""``aws.s3.bucket.default-encryption``"""
KindName = NewType("KindName", str)
"""``aws.s3.bucket``"""
SubjectId = NewType("SubjectId", str)
"""An ARN where there is one, else the subject's own id. (kind, subject) is a subject's identity."""
Place = NewType("Place", str)
"""Where a population lives: ``aws/<account>`` (global kinds), ``aws/<account>/<region>``, ``file/<root>``,
``register/<name>``"""
SubjectKey = tuple[KindName, Place, SubjectId]
"""One subject in one place"""
