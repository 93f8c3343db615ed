"""The least rights that a reader of a cluster needs, as the manifest of a cluster role."""

from __future__ import annotations

from typing import Final

from grc.collect.kubernetes.resources import RESOURCES
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
SECRETS: Final = """\
# Whoever may list secrets may read them. `grc` keeps their names and sorts alone; leave this out where it is too much.
"""


def cluster_role(demand: Demand, name: str = ROLE_NAME) -> str:
    """The manifest of a cluster role that may list what the demanded kinds are made of."""
    wanted: dict[str, list[str]] = {}
    for resource in RESOURCES:
        if resource.kind in demand:
            wanted.setdefault(resource.group, []).append(resource.plural)
    text = HEAD.format(name=name)
    for group, plurals in sorted(wanted.items()):
        text += _rule(group, sorted(plural for plural in plurals if plural != "secrets"))
        text += SECRETS + _rule(group, ["secrets"]) if "secrets" in plurals else ""
    return text


def _rule(group: str, plurals: list[str]) -> str:
    if not plurals:
        return ""
    named = ", ".join(f'"{plural}"' for plural in plurals)
    return f'- apiGroups: ["{group}"]\n  resources: [{named}]\n  verbs: ["list"]\n'
