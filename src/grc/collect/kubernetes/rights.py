"""The least rights that a reader of a cluster needs, as the manifest of a cluster role, or of roles in namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from grc.collect.kubernetes.resources import RESOURCES, Resource
from grc.errors import ConfigError
from grc.model.evidence import Demand

ROLE_NAME: Final = "grc-reader"
HEAD: Final = """\
# What `grc` reads, and no more. Bind it to the user or service account that it runs as.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {name}
rules:
- nonResourceURLs: ["/api", "/apis", "/apis/*", "/version"]
  verbs: ["get"]
"""
OF_NAMESPACE: Final = """\
# What `grc` reads of a namespace, and no more. What stands in no namespace stays unseen.
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {name}
  namespace: "{namespace}"
rules:
- apiGroups: [""]
  resources: ["namespaces"]
  verbs: ["get"]
"""
NAMESPACE: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""A label of RFC 1123, as the API has it."""
SECRETS: Final = """\
# Whoever may list secrets may read them. `grc` keeps their names and sorts alone; leave this out where it is too much.
"""


def cluster_role(demand: Demand, name: str = ROLE_NAME) -> str:
    """The manifest of a cluster role that may list what the demanded kinds are made of."""
    return HEAD.format(name=name) + _rules(one for one in RESOURCES if one.kind in demand)


def roles(demand: Demand, namespaces: Iterable[str], name: str = ROLE_NAME) -> str:
    """The manifests of a role in each namespace, for whoever may not read the whole cluster.

    Raises:
        ConfigError: a name is none that a namespace may have.
    """
    namespaces = tuple(namespaces)
    for namespace in namespaces:
        if not NAMESPACE.fullmatch(namespace):
            raise ConfigError(
                f"no namespace is called {namespace!r}: lower-case letters, digits and hyphens, at most 63"
            )
    rules = _rules(one for one in RESOURCES if one.kind in demand and one.namespaced)
    heads = (OF_NAMESPACE.format(name=name, namespace=namespace) for namespace in namespaces)
    return "---\n".join(head + rules for head in heads)


def _rules(resources: Iterable[Resource]) -> str:
    wanted: dict[str, list[str]] = {}
    for resource in resources:
        wanted.setdefault(resource.group, []).append(resource.plural)
    text = ""
    for group, plurals in sorted(wanted.items()):
        text += _rule(group, sorted(plural for plural in plurals if plural != "secrets"))
        text += SECRETS + _rule(group, ["secrets"]) if "secrets" in plurals else ""
    return text


def _rule(group: str, plurals: list[str]) -> str:
    if not plurals:
        return ""
    named = ", ".join(f'"{plural}"' for plural in plurals)
    return f'- apiGroups: ["{group}"]\n  resources: [{named}]\n  verbs: ["list"]\n'
