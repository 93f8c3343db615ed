"""Who may take on a role.

Source: IAM user guide, Roles terms and concepts (trust policy); The confused deputy problem (external id); Create a
role for OpenID Connect federation (which claim of a provider that many customers share must be pinned); Amazon Cognito
developer guide, Role trust and permissions (the claim amr says whether somebody signed in).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from grc.collect.policies.analysis import Analysis, Value, shape
from grc.collect.policies.bounds import ORGANIZATION_KEYS, PATH_KEYS, TEXTS, bound
from grc.collect.policies.grants import left_for_some
from grc.collect.policies.patterns import is_fixed, matches
from grc.collect.policies.resourcepolicy import FIELDS, account_of, resource_policy
from grc.collect.policies.statements import Condition, Statement, read

EXTERNAL_ID: Final = "sts:externalid"
OF_ORGANIZATIONS: Final = ORGANIZATION_KEYS | PATH_KEYS
FIXED: Final = re.compile(r"[^*?$]+")
OF_A_GITHUB_OWNER: Final = re.compile(r"(repo:)?[^*?:/$]+(/.*)?")
OF_A_GITLAB_GROUP: Final = re.compile(r"project_path:[^*?:/$]+/.*")
OF_AN_ORGANIZATION: Final = re.compile(r"organization:[^*?:$]+:.*")

SHARED: Final[Mapping[str, tuple[tuple[str, ...], re.Pattern[str]]]] = {
    "token.actions.githubusercontent.com": (
        ("sub", "repository", "repository_owner", "repository_id", "repository_owner_id"),
        OF_A_GITHUB_OWNER,
    ),
    "gitlab.com": (("sub",), OF_A_GITLAB_GROUP),
    "app.terraform.io": (("sub",), OF_AN_ORGANIZATION),
    "agent.buildkite.com": (("sub",), OF_AN_ORGANIZATION),
    "cognito-identity.amazonaws.com": (("aud",), FIXED),
    "accounts.google.com": (("aud", "sub"), FIXED),
    "www.amazon.com": (("app_id",), FIXED),
    "graph.facebook.com": (("app_id",), FIXED),
}
"""Identity providers at which anybody may have an identity: the claims that tell customers apart, and what pins one."""

GUEST: Final = "unauthenticated"
SIGNED_IN: Final = {"cognito-identity.amazonaws.com": "cognito-identity.amazonaws.com:amr"}
"""Providers that give identities to guests too, and the claim that tells guests from those who signed in."""

SCHEMA: Final = shape(
    "Who may take the role on",
    {
        **FIELDS,
        "WithoutExternalId": ("texts", "The other accounts that need neither an external id nor to be of ours"),
        "OpenProviders": ("texts", "The identity providers whose every user may take the role on"),
    },
)


def trust_policy(sources: Sequence[Any], account: str) -> Value:
    """Who a role's trust policy lets in.

    Raises:
        UnreadableError: this is not a policy, or there is none: every role has one.
    """
    statements = read(sources[0], needed="a role has a trust policy")
    allows = [one for one in statements if one.allows and left_for_some(one, statements)]
    return {
        **resource_policy(sources, account),
        "UnboundServices": sorted({name for one in allows for name in _unbound_services(one)}),
        "WithoutExternalId": sorted({name for one in allows for name in _strangers(one)} - {account}),
        "OpenProviders": sorted({name for one in allows for name in _open_providers(one)}),
    }


def _strangers(allow: Statement) -> Iterator[str]:
    """The accounts that an Allow names and asks for nothing that their own callers could not be made to bring."""
    asks = _external_ids(allow.conditions) + [one for one in bound(allow.conditions) if one.key in OF_ORGANIZATIONS]
    names = () if asks else (allow.principal or {}).get("AWS", ())
    yield from (account for name in names if (account := account_of(name)) is not None)


def _unbound_services(allow: Statement) -> Iterator[str]:
    """The services that an Allow names and does not ask whose resource it is; an external id asks for that too."""
    if not bound(allow.conditions) and not _external_ids(allow.conditions):
        yield from (name for name in (allow.principal or {}).get("Service", ()) if is_fixed(name))


def _external_ids(conditions: Iterable[Condition]) -> list[Condition]:
    return [
        one for one in conditions if one.key == EXTERNAL_ID and _is_positive(one) and all(map(is_fixed, one.values))
    ]


def _is_positive(condition: Condition) -> bool:
    return condition.operator in TEXTS and not (condition.if_exists or condition.all_of) and bool(condition.values)


def _open_providers(allow: Statement) -> Iterator[str]:
    for name in (allow.principal or {}).get("Federated", ()):
        issuer = name.rpartition("oidc-provider/")[2].lower()
        if issuer in SHARED and not (_is_pinned(allow, issuer) and _asks_sign_in(allow, issuer)):
            yield issuer


def _is_pinned(allow: Statement, issuer: str) -> bool:
    return any(_pins(condition, issuer) for condition in allow.conditions)


def _pins(condition: Condition, issuer: str) -> bool:
    """Whether a condition holds for the users of one customer of the provider alone."""
    claims, pattern = SHARED[issuer]
    return (
        _is_positive(condition)
        and condition.key in {f"{issuer}:{claim}" for claim in claims}
        and all(pattern.fullmatch(value) is not None for value in condition.values)
    )


def _asks_sign_in(allow: Statement, issuer: str) -> bool:
    """Whether guests of the provider stay out: a guest is anybody who knows the name of the customer's pool."""
    claim = SIGNED_IN.get(issuer)
    return claim is None or any(
        one.key == claim and _is_positive(one) and not any(matches(value, GUEST) for value in one.values)
        for one in allow.conditions
    )


ANALYSIS: Final = Analysis(takes=("trust policy",), schema=SCHEMA, compute=trust_policy)
