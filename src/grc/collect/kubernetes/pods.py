"""Pods and what makes them, brought to one shape: the pod that will run, with what each container really gets.

A container's own setting goes before the pod's, as the API documents it; what neither sets is the documented default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import normpath
from typing import Any, Final

from grc.collect.kubernetes.defaults import default
from grc.collect.kubernetes.images import image
from grc.collect.kubernetes.reading import NOTHING, Object, Reading
from grc.collect.policies.plainsecrets import sort_of, written
from grc.model.evidence import GapReason

SORTS: Final = (("initContainers", "init"), ("containers", "main"), ("ephemeralContainers", "ephemeral"))
PROBES: Final = (("livenessProbe", "liveness"), ("readinessProbe", "readiness"), ("startupProbe", "startup"))
APPARMOR: Final = "container.apparmor.security.beta.kubernetes.io/"
"""The annotation that stood for the field before 1.30."""
UNCONFINED: Final = "Unconfined"
OF_PRIVILEGED: Final = {"seccomp": UNCONFINED, "apparmor": UNCONFINED, "proc_mount": "Unmasked"}
"""What a privileged container gets, whatever it names.

Source: https://kubernetes.io/docs/concepts/security/linux-kernel-security-constraints/; and the runtimes, which take
the masks of /proc from it.
"""
APPARMOR_VALUES: Final = {"": "RuntimeDefault", "runtime/default": "RuntimeDefault", "unconfined": UNCONFINED}
EXPANDED: Final = re.compile(r"\$\([A-Za-z_][A-Za-z0-9_.-]*\)\Z")
"""A value that stands for another variable."""
ZERO: Final = re.compile(r"[+-]?0*\.?0*(?:[a-zA-Z]+|[eE][+-]?[0-9]+)?\Z")
ESCALATING: Final = frozenset({"ALL", "SYS_ADMIN"})
CONTROLLERS: Final = frozenset(
    {
        ("apps", "Deployment"),
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("apps", "DaemonSet"),
        ("batch", "Job"),
        ("batch", "CronJob"),
        ("", "ReplicationController"),
    }
)
"""What owns pods and is itself read."""


def controller(item: Object) -> Object | None:
    """The reference to what controls an object, None where nothing does."""
    metadata = item.get("metadata")
    owners = metadata.get("ownerReferences") if isinstance(metadata, dict) else None
    found = owners if isinstance(owners, list) else []
    return next((one for one in found if isinstance(one, dict) and one.get("controller") is True), None)


def maker(item: Object) -> Object | None:
    """The reference to what made an object, where that is read as well."""
    owner = controller(item)
    version = None if owner is None else owner.get("apiVersion")
    group = version.rpartition("/")[0] if isinstance(version, str) else ""
    return owner if owner is not None and (group, str(owner.get("kind"))) in CONTROLLERS else None


def pod(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """The body of a workload, but for its identity."""
    template = _template(kind, item, reading)
    spec = reading.mapping(template, "spec", "containers")
    context = reading.mapping(spec, "securityContext", "containers")
    metadata = reading.mapping(template, "metadata", "containers")
    annotations = reading.mapping(metadata, "annotations", "containers")
    containers = list(_containers(spec, context, annotations, reading))
    if not any(each["sort"] == "main" for each in containers):
        reading.fault("containers", "no containers stand in it: is it a part of an object?")
    body = {
        "windows": _windows(spec, reading),
        "controlled": controller(item) is not None,
        "volumes": list(_volumes(spec, reading)),
        "sysctls": [
            name
            for _, one in reading.mappings(context, "sysctls", "sysctls")
            if (name := reading.text(one, "name", "sysctls")) is not None
        ],
        "containers": containers,
        "account": reading.text(spec, "serviceAccountName", "account")
        or reading.text(spec, "serviceAccount", "account")
        or default("pod.serviceAccountName"),
    }
    for name, field in FLAGS:
        value = reading.flag(spec, name, field)
        body[field] = default(f"pod.{name}") if value is None else value
    mounted = reading.flag(spec, "automountServiceAccountToken", "token_mounted")
    return body if mounted is None else {**body, "token_mounted": mounted}


FLAGS: Final = (
    ("hostNetwork", "host_network"),
    ("hostPID", "host_pid"),
    ("hostIPC", "host_ipc"),
    ("shareProcessNamespace", "share_processes"),
)


def _template(kind: str, item: Object, reading: Reading) -> Object:
    """What stands for the pod: the object itself, its template, or that of the jobs it starts."""
    if kind == "Pod":
        return item
    spec = reading.mapping(item, "spec", "")
    if kind == "CronJob":
        spec = reading.mapping(reading.mapping(spec, "jobTemplate", ""), "spec", "")
    return reading.mapping(spec, "template", "")


def _windows(spec: Object, reading: Reading) -> bool:
    return reading.text(reading.mapping(spec, "os", "windows"), "name", "windows") == "windows"


def _volumes(spec: Object, reading: Reading) -> Iterator[dict[str, Any]]:
    for _, volume in reading.mappings(spec, "volumes", "volumes"):
        types = [name for name, value in volume.items() if name != "name" and value is not None]
        name = reading.text(volume, "name", "volumes")
        if name is None or len(types) > 1:
            reading.fault("volumes", "a volume needs a name and one type")
            continue
        found: dict[str, Any] = {"name": name, "type": types[0] if types else "emptyDir"}
        if found["type"] == "hostPath":
            path = reading.text(reading.mapping(volume, "hostPath", "volumes"), "path", "volumes")
            found.update({"path": _path(path)} if path is not None else {})
        yield found


def _path(written: str) -> str:
    """A path of the host without detours; that of a pipe of Windows as it is."""
    return written.lower() if "\\" in written else normpath("/" + written.lstrip("/"))


def _containers(spec: Object, context: Object, annotations: Object, reading: Reading) -> Iterator[dict[str, Any]]:
    count = 0
    for field, sort in SORTS:
        for _, container in reading.mappings(spec, field, "containers"):
            yield _container(container, sort, spec, context, annotations, f"containers[{count}]", reading)
            count += 1


def _container(
    container: Object, sort: str, spec: Object, pod_context: Object, annotations: Object, at: str, reading: Reading
) -> dict[str, Any]:
    own = reading.mapping(container, "securityContext", at)
    name = reading.text(container, "name", at)
    if name is None:
        reading.fault(at, "a container needs a name")
    if sort == "init" and container.get("restartPolicy") == "Always":
        sort = "sidecar"
    body: dict[str, Any] = {
        "name": name or "",
        "sort": sort,
        **_rights(own, at, reading),
        **_identity(own, pod_context, at, reading),
        **_confinement(own, pod_context, annotations.get(APPARMOR + (name or "")), at, reading),
        **(OF_PRIVILEGED if own.get("privileged") is True else {}),
        **_resources(container, spec, at, reading),
        **_environment(container, at, reading),
        **_probes(container, at, reading),
        "host_ports": list(_host_ports(container, spec, f"{at}.host_ports", reading)),
    }
    reference = reading.text(container, "image", f"{at}.image")
    found = None if reference is None else image(reference)
    if found is not None:
        body["image"] = found
    elif not any(gap.path == f"{at}.image" for gap in reading.gaps):
        reading.fault(f"{at}.image", "the image is no reference to an image", GapReason.PARSE_ERROR)
    policy = reading.text(container, "imagePullPolicy", f"{at}.pull_policy")
    latest = found is not None and found.get("tag") == default("image.tag") and "digest" not in found
    body["pull_policy"] = policy or ("Always" if latest else "IfNotPresent")
    return body


def _host_ports(container: Object, spec: Object, at: str, reading: Reading) -> Iterator[int]:
    """The ports of its host that a container takes: on the network of the host each of its own, as the API has it."""
    for _, one in reading.mappings(container, "ports", at):
        port = reading.number(one, "hostPort", at)
        if not port and reading.flag(spec, "hostNetwork", at):
            port = reading.number(one, "containerPort", at)
        if port:
            yield port


def _rights(own: Object, at: str, reading: Reading) -> dict[str, Any]:
    """What a container may do to its host. A privileged one, or one with ``SYS_ADMIN``, can always gain rights."""
    capabilities = reading.mapping(own, "capabilities", at)
    added = [_capability(one) for one in reading.texts(capabilities, "add", f"{at}.added")]
    privileged = _flag(own, "privileged", f"{at}.privileged", reading)
    escalation = _flag(own, "allowPrivilegeEscalation", f"{at}.privilege_escalation", reading)
    return {
        "privileged": privileged,
        "privilege_escalation": escalation or privileged or not ESCALATING.isdisjoint(added),
        "read_only_root": _flag(own, "readOnlyRootFilesystem", f"{at}.read_only_root", reading),
        "proc_mount": reading.text(own, "procMount", f"{at}.proc_mount") or default("container.procMount"),
        "added": added,
        "dropped": [_capability(one) for one in reading.texts(capabilities, "drop", f"{at}.dropped")],
    }


def _flag(own: Object, name: str, at: str, reading: Reading) -> bool:
    value = reading.flag(own, name, at)
    return bool(default(f"container.{name}")) if value is None else value


def _capability(name: str) -> str:
    """A capability without the prefix that some write and runtimes take as well; of all together they take none."""
    known = name.upper().removeprefix("CAP_")
    return name.upper() if known == "ALL" else known


def _identity(own: Object, pod_context: Object, at: str, reading: Reading) -> dict[str, Any]:
    """As whom a container runs: its own settings, else the pod's."""
    user = reading.number(own if own.get("runAsUser") is not None else pod_context, "runAsUser", f"{at}.run_as_user")
    group = reading.number(
        own if own.get("runAsGroup") is not None else pod_context, "runAsGroup", f"{at}.run_as_group"
    )
    stated = own if own.get("runAsNonRoot") is not None else pod_context
    return {
        "run_as_non_root": _flag(stated, "runAsNonRoot", f"{at}.run_as_non_root", reading),
        **({} if user is None else {"run_as_user": user}),
        **({} if group is None else {"run_as_group": group}),
        "host_process": any(
            _flag(reading.mapping(one, "windowsOptions", at), "hostProcess", f"{at}.host_process", reading)
            for one in (own, pod_context)
        ),
    }


def _confinement(own: Object, pod_context: Object, annotated: Any, at: str, reading: Reading) -> dict[str, Any]:
    """The profiles that confine a container: its own, else the pod's; AppArmor's by annotation in old manifests."""
    found: dict[str, Any] = {}
    for name, field in (("seccompProfile", "seccomp"), ("appArmorProfile", "apparmor")):
        holder = own if own.get(name) is not None else pod_context
        sort = reading.text(reading.mapping(holder, name, f"{at}.{field}"), "type", f"{at}.{field}")
        found.update({} if sort is None else {field: sort})
    if own.get("appArmorProfile") is None and isinstance(annotated, str):  # it is about the container, not the pod
        found["apparmor"] = APPARMOR_VALUES.get(
            annotated, "Localhost" if annotated.startswith("localhost/") else annotated
        )
    holder = own if own.get("seLinuxOptions") is not None else pod_context
    options = reading.mapping(holder, "seLinuxOptions", f"{at}.selinux")
    labels = {name: reading.text(options, name, f"{at}.selinux") for name in ("type", "user", "role")}
    return {**found, "selinux": {name: value for name, value in labels.items() if value}}


def _resources(container: Object, spec: Object, at: str, reading: Reading) -> dict[str, Any]:
    """Limits and requests: a container's own, else the whole pod's.

    A request that is not set is the limit, as the API server writes it.
    """
    found: dict[str, Any] = {}
    for holder in (spec, container):
        resources = reading.mapping(holder, "resources", at)
        limits = reading.mapping(resources, "limits", at)
        requests = reading.mapping(resources, "requests", at)
        for name in ("cpu", "memory"):
            limit = _some(reading.quantity(limits, name, f"{at}.{name}_limit"))
            asked = reading.quantity(requests, name, f"{at}.{name}_request")
            request = limit if asked is None else _some(asked)
            found.update({} if limit is None else {f"{name}_limit": limit})
            found.update({} if request is None else {f"{name}_request": request})
    return found


def _some(amount: str | None) -> str | None:
    """An amount; 0 bounds nothing and asks for nothing."""
    return None if amount is None or ZERO.match(amount) else amount


def _environment(container: Object, at: str, reading: Reading) -> dict[str, Any]:
    """Which variables come from secrets, and which hold one in the open as the command may.

    Names and sorts are kept, values never.
    """
    referring: list[str] = []
    exposed: list[dict[str, str]] = []
    for _, one in reading.mappings(container, "env", f"{at}.open_secrets"):
        name, value = one.get("name"), one.get("value")
        if not isinstance(name, str):
            reading.fault(f"{at}.open_secrets", "a variable needs a name")
            continue
        source = reading.mapping(one, "valueFrom", f"{at}.secret_variables")
        if source.get("secretKeyRef") is not None:
            referring.append(name)
        if isinstance(value, str) and not EXPANDED.match(value) and (sort := sort_of(name, value)):
            exposed.append({"name": name, "sort": sort})
    for _, one in reading.mappings(container, "envFrom", f"{at}.secret_variables"):
        if (held := one.get("secretRef")) is not None:
            referring.append(f"{held.get('name') if isinstance(held, dict) else ''}.*")
    exposed += [{"name": "command", "sort": sort} for sort in _of_command(container, at, reading)]
    return {"secret_variables": referring, "open_secrets": exposed}


def _of_command(container: Object, at: str, reading: Reading) -> list[str]:
    """The sorts of secrets that stand in the command of a container or in its arguments."""
    words = [
        word
        for name in ("command", "args")
        for word in reading.sequence(container, name, f"{at}.open_secrets")
        if isinstance(word, str)
    ]
    text = " ".join(words)
    by_form = sort_of("", text)
    return sorted({*([by_form] if by_form else []), *written(text, program=True)})


def _probes(container: Object, at: str, reading: Reading) -> dict[str, Any]:
    """Which probes there are, and the hosts other than the pod that probes and hooks are sent to."""
    found: dict[str, Any] = {}
    handlers = []
    for name, field in PROBES:
        probe = reading.mapping(container, name, f"{at}.{field}")
        found[field] = bool(probe)
        handlers.append(probe)
    lifecycle = reading.mapping(container, "lifecycle", f"{at}.probe_hosts")
    handlers += [reading.mapping(lifecycle, name, f"{at}.probe_hosts") for name in ("postStart", "preStop")]
    actions = [reading.mapping(one, name, f"{at}.probe_hosts") for one in handlers for name in ("httpGet", "tcpSocket")]
    hosts = (NOTHING if not one else reading.text(one, "host", f"{at}.probe_hosts") for one in actions)
    return {**found, "probe_hosts": sorted({host for host in hosts if isinstance(host, str) and host})}
