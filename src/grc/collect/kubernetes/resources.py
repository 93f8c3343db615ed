"""What is read of the API: each resource, its versions, and what its objects become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from grc.collect.kubernetes import access, admission, holdings, pods, traffic
from grc.collect.kubernetes.reading import Object, Reading
from grc.model.identifiers import KindName

Normalise = Callable[[str, Object, Reading], dict[str, Any]]
REGISTRATION: Final = "admissionregistration.k8s.io"
RBAC: Final = "rbac.authorization.k8s.io"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of the API. ``kind`` is the kind of evidence, ``object`` what its objects call themselves.

    ``version`` is asked of a cluster; ``older`` are those whose objects have the same shape in what is read,
    with their group where it is another. ``within`` is the one namespace that is read, None: all of them.
    """

    kind: KindName
    object: str
    group: str
    version: str
    plural: str
    normalise: Normalise
    namespaced: bool = True
    older: frozenset[str] = frozenset()
    within: str | None = None

    @property
    def api(self) -> str:
        """The group and version, as an object writes it: ``apps/v1``, ``v1``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def is_one(self) -> bool:
        """Whether one object is read and no list: a namespace itself, where only some are read."""
        return self.within is not None and not self.namespaced

    @property
    def path(self) -> str:
        """Where a cluster lists it, over all namespaces or in one."""
        root = f"/apis/{self.api}" if self.group else f"/api/{self.api}"
        if self.within is None:
            return f"{root}/{self.plural}"
        return f"{root}/namespaces/{self.within}" + (f"/{self.plural}" if self.namespaced else "")

    @property
    def call(self) -> str:
        """The call and the permission: the verb and the resource, as RBAC names them."""
        named = f"{self.plural}.{self.group}" if self.group else self.plural
        return f"{'get' if self.is_one else 'list'} {named}" + (f" in {self.within}" if self.within else "")


def _workload(name: str, group: str, plural: str, *older: str) -> Resource:
    return Resource(
        kind=KindName("kubernetes.workload"),
        object=name,
        group=group,
        version="v1",
        plural=plural,
        normalise=pods.pod,
        older=frozenset(older),
    )


def _other(
    kind: str, name: str, group: str, plural: str, normalise: Normalise, *older: str, namespaced: bool = True
) -> Resource:
    return Resource(
        kind=KindName(f"kubernetes.{kind}"),
        object=name,
        group=group,
        version="v1",
        plural=plural,
        normalise=normalise,
        namespaced=namespaced,
        older=frozenset(older),
    )


RESOURCES: Final = (
    _workload("Pod", "", "pods"),
    _workload("ReplicationController", "", "replicationcontrollers"),
    _workload("Deployment", "apps", "deployments", "apps/v1beta1", "apps/v1beta2", "extensions/v1beta1"),
    _workload("StatefulSet", "apps", "statefulsets", "apps/v1beta1", "apps/v1beta2"),
    _workload("DaemonSet", "apps", "daemonsets", "apps/v1beta2", "extensions/v1beta1"),
    _workload("ReplicaSet", "apps", "replicasets", "apps/v1beta2", "extensions/v1beta1"),
    _workload("Job", "batch", "jobs"),
    _workload("CronJob", "batch", "cronjobs", "batch/v1beta1", "batch/v2alpha1"),
    _other("namespace", "Namespace", "", "namespaces", holdings.namespace, namespaced=False),
    _other("secret", "Secret", "", "secrets", holdings.secret),
    _other("config-map", "ConfigMap", "", "configmaps", holdings.config_map),
    _other("service-account", "ServiceAccount", "", "serviceaccounts", access.service_account),
    _other("service", "Service", "", "services", traffic.service),
    _other(
        "ingress",
        "Ingress",
        "networking.k8s.io",
        "ingresses",
        traffic.ingress,
        "networking.k8s.io/v1beta1",
        "extensions/v1beta1",
    ),
    _other(
        "network-policy",
        "NetworkPolicy",
        "networking.k8s.io",
        "networkpolicies",
        traffic.network_policy,
        "extensions/v1beta1",
    ),
    _other("role", "Role", RBAC, "roles", access.role, f"{RBAC}/v1beta1"),
    _other("role", "ClusterRole", RBAC, "clusterroles", access.role, f"{RBAC}/v1beta1", namespaced=False),
    _other("role-binding", "RoleBinding", RBAC, "rolebindings", access.binding, f"{RBAC}/v1beta1"),
    _other(
        "role-binding",
        "ClusterRoleBinding",
        RBAC,
        "clusterrolebindings",
        access.binding,
        f"{RBAC}/v1beta1",
        namespaced=False,
    ),
    _other(
        "admission-policy",
        "ValidatingWebhookConfiguration",
        REGISTRATION,
        "validatingwebhookconfigurations",
        admission.webhooks,
        namespaced=False,
    ),
    _other(
        "admission-policy",
        "MutatingWebhookConfiguration",
        REGISTRATION,
        "mutatingwebhookconfigurations",
        admission.webhooks,
        namespaced=False,
    ),
    _other(
        "admission-policy",
        "ValidatingAdmissionPolicy",
        REGISTRATION,
        "validatingadmissionpolicies",
        admission.policy,
        f"{REGISTRATION}/v1beta1",
        namespaced=False,
    ),
    _other(
        "admission-binding",
        "ValidatingAdmissionPolicyBinding",
        REGISTRATION,
        "validatingadmissionpolicybindings",
        admission.binding,
        f"{REGISTRATION}/v1beta1",
        namespaced=False,
    ),
)
"""Every resource that is read, in one order."""

CLUSTER: Final = KindName("kubernetes.cluster")
"""The cluster itself: known of a live one alone."""
KINDS: Final = frozenset(resource.kind for resource in RESOURCES)
"""The kinds that manifests can hold."""
BY_OBJECT: Final[Mapping[str, Resource]] = {resource.object: resource for resource in RESOURCES}
NAMESPACE: Final = BY_OBJECT["Namespace"]


def groups_of(resource: Resource) -> frozenset[str]:
    """The groups under which the resource has been known."""
    return frozenset({resource.group, *(api.rpartition("/")[0] for api in resource.older)})


def of_kind(kind: KindName) -> tuple[Resource, ...]:
    """The resources that give a kind of evidence."""
    return tuple(resource for resource in RESOURCES if resource.kind == kind)


def in_namespaces(resource: Resource, namespaces: Sequence[str] | None) -> tuple[Resource, ...]:
    """What is read of a resource where only some namespaces are in scope: what stands in none is read whole."""
    if namespaces is None or not (resource.namespaced or resource is NAMESPACE):
        return (resource,)
    return tuple(replace(resource, within=namespace) for namespace in namespaces)
