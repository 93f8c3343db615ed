"""Whether a bucket is open to anybody in effect: its policy and its list, as its own settings leave them.

The account's settings hold beside the bucket's: who reads this joins them.

Source: Amazon S3 user guide, Blocking public access to your Amazon S3 storage (RestrictPublicBuckets holds for buckets
with a policy that S3 itself takes for public, IgnorePublicAcls for every list); Access control list overview;
Controlling ownership of objects (BucketOwnerEnforced turns lists off).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from grc.collect.policies.analysis import Analysis, Value, shape
from grc.collect.policies.resourcepolicy import resource_policy
from grc.collect.policies.statements import UnreadableError

ANYBODY: Final = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")
LISTS_OFF: Final = "BucketOwnerEnforced"

SCHEMA: Final = shape(
    "Whether anybody gets at the bucket, by the bucket's own settings",
    {
        "PublicByPolicy": ("bool", "Whether the policy lets anybody in and the bucket's own settings do not stop it"),
        "PublicByAcl": ("bool", "Whether the access control list lets anybody in and is in force"),
        "AclsInForce": ("bool", "Whether lists that let anybody in would count: those of single objects too"),
        "PublicGrants": ("texts", "What the access control list gives to anybody"),
    },
)


def bucket_access(sources: Sequence[Any], account: str) -> Value:
    """Whether a bucket is open: of its policy, what S3 says of that, its list, its settings and its ownership rules.

    Raises:
        UnreadableError: the policy or the list is not what it should be.
    """
    policy, status, acl, block, ownership = sources
    grants = sorted(_public_grants(acl))
    in_force = not _is_on(block, "IgnorePublicAcls") and not _lists_off(ownership)
    stopped = _is_on(block, "RestrictPublicBuckets") and _is_on(status, "IsPublic")
    return {
        "PublicByPolicy": resource_policy([policy], account)["Public"] and not stopped,
        "PublicByAcl": bool(grants) and in_force,
        "AclsInForce": in_force,
        "PublicGrants": grants,
    }


def _public_grants(acl: Any) -> set[str]:
    if not isinstance(acl, Mapping) or not isinstance(acl.get("Grants"), list):
        raise UnreadableError("the bucket has no access control list")
    return {
        str(grant.get("Permission", "FULL_CONTROL"))
        for grant in acl["Grants"]
        if str(grant.get("Grantee", {}).get("URI", "")).endswith(ANYBODY)
    }


def _is_on(settings: Any, name: str) -> bool:
    return isinstance(settings, Mapping) and settings.get(name) is True


def _lists_off(ownership: Any) -> bool:
    rules = ownership.get("Rules", ()) if isinstance(ownership, Mapping) else ()
    return any(rule.get("ObjectOwnership") == LISTS_OFF for rule in rules)


ANALYSIS: Final = Analysis(
    takes=("policy", "policy status", "access control list", "public access block", "ownership controls"),
    schema=SCHEMA,
    compute=bucket_access,
)
