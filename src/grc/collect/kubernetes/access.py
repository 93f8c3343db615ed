"""Roles, bindings and service accounts: who may do what."""

from __future__ import annotations

from typing import Any, Final

from grc.collect.kubernetes.defaults import default
from grc.collect.kubernetes.reading import Object, Reading
from grc.collect.kubernetes.traffic import labels_of
from grc.model.evidence import GapReason

RULE: Final = (
    ("apiGroups", "groups"),
    ("resources", "resources"),
    ("verbs", "verbs"),
    ("resourceNames", "names"),
    ("nonResourceURLs", "urls"),
)


def role(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """The rules of a role. The API server writes those of an aggregated one: no manifest tells them."""
    rules = []
    aggregated = item.get("aggregationRule") is not None
    if aggregated and reading.declared:
        reading.fault("rules", "its rules are gathered from other roles by the cluster", GapReason.NOT_PROVIDED)
    for number, rule in reading.mappings(item, "rules", "rules"):
        rules.append({field: reading.texts(rule, name, f"rules[{number}].{field}") for name, field in RULE})
    own = labels_of(item).get("kubernetes.io/bootstrapping") == "rbac-defaults"
    return {"rules": rules, "aggregated": aggregated, "bootstrapping": own}


def binding(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """The role that a binding gives and to whom. A subject is written as its sort, its namespace and its name."""
    reference = reading.mapping(item, "roleRef", "role")
    role_name, role_kind = reading.text(reference, "name", "role"), reading.text(reference, "kind", "role_kind")
    if role_name is None:
        reading.fault("role", "a binding names the role that it gives")
    subjects = []
    for _, subject in reading.mappings(item, "subjects", "subjects"):
        sort, name = reading.text(subject, "kind", "subjects"), reading.text(subject, "name", "subjects")
        namespace = reading.text(subject, "namespace", "subjects")
        if sort is None or name is None:
            reading.fault("subjects", "a subject needs a kind and a name")
            continue
        subjects.append(
            "/".join(step for step in (sort, namespace if sort == "ServiceAccount" else None, name) if step)
        )
    return {"role": role_name or "", "role_kind": role_kind or "ClusterRole", "subjects": subjects}


def service_account(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """Whether pods that run as the account get its token unasked."""
    mounted = reading.flag(item, "automountServiceAccountToken", "token_mounted")
    return {"token_mounted": default("service-account.automountServiceAccountToken") if mounted is None else mounted}
