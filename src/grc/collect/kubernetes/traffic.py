"""What leads into a cluster and between its pods: network policies, services and ingresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from grc.collect.kubernetes.defaults import default
from grc.collect.kubernetes.reading import NOTHING, Object, Reading
from grc.model.evidence import GapReason

SCHEME: Final = "service.beta.kubernetes.io/aws-load-balancer-scheme"
"""Where it stands, AWS goes by it and not by the older annotation."""
INTERNAL_OF_AWS: Final = "service.beta.kubernetes.io/aws-load-balancer-internal"
"""Whatever stands here but ``false`` is a yes to the provider of Kubernetes: ``0.0.0.0/0`` of old too."""
NOT_INTERNAL: Final = frozenset({"", "0", "f", "false"})
SORT_OF_AWS: Final = "service.beta.kubernetes.io/aws-load-balancer-type"
BY_CONTROLLER: Final = frozenset({"external", "nlb-ip"})
"""Sorts that a controller of its own makes, which has a setting for those that do not say who reaches them."""
INTERNAL_CLASSES: Final = frozenset({"eks.amazonaws.com/nlb", "service.k8s.aws/nlb"})
"""Classes of load balancers that are internal where nothing else is said.

Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
"""
RANGES: Final = "service.beta.kubernetes.io/load-balancer-source-ranges"
"""The annotation that stands for the field where the field is not set."""
INTERNAL: Final = {
    "service.beta.kubernetes.io/azure-load-balancer-internal": {"true"},
    "networking.gke.io/load-balancer-type": {"internal"},
    "cloud.google.com/load-balancer-type": {"internal"},
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": {"private"},
    "service.beta.kubernetes.io/openstack-internal-load-balancer": {"true"},
    "service.beta.kubernetes.io/oci-load-balancer-internal": {"true"},
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": {"intranet"},
}
"""Annotations by which a cloud gives a load balancer an address of our network alone.

Source: https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer
"""
CERTIFICATES: Final = frozenset(
    {
        "alb.ingress.kubernetes.io/certificate-arn",
        "ingress.gcp.kubernetes.io/pre-shared-cert",
        "networking.gke.io/managed-certificates",
        "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
    }
)
"""Annotations by which the load balancer of a cloud takes a certificate for every host."""
SNIPPETS: Final = ("-snippet", "-snippets")
LAST_PORT: Final = 65_535
INTERNET_4, INTERNET_6 = 8, 32
"""Shorter prefixes are the internet, or a large part of it."""
OF_OUR_OWN: Final = ("fc", "fd")
WIDE_4, WIDE_6 = 16, 48
"""The longest prefixes of networks that are large beside the internet, in IPv4 and IPv6."""
EVERY_HOST: Final = "*"
SIDES: Final = (("ingress", "Ingress", "from"), ("egress", "Egress", "to"))


def network_policy(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """Which pods a policy isolates, in which direction, and whether a rule of it lets everything through."""
    spec = reading.mapping(item, "spec", "")
    selector = reading.mapping(spec, "podSelector", "selects_all")
    body: dict[str, Any] = {
        "selects_all": _selects_all(selector),
        "types": _types(spec, reading),
    }
    for side, direction, peers in SIDES:
        rules = [rule for _, rule in reading.mappings(spec, side, f"open_{side}")]
        opened = any(_is_anybody(rule.get(peers)) and _is_every_port(rule.get("ports")) for rule in rules)
        body[f"open_{side}"] = opened and direction in body["types"]
    return body


def _is_anybody(peers: Any) -> bool:
    """Whether a rule is for everybody: it names nobody, every address, or every pod of every namespace."""
    listed = [peer for peer in peers if isinstance(peer, dict)] if isinstance(peers, list) else []
    return not peers or any(_is_everybody(peer) for peer in listed)


def _is_everybody(peer: Object) -> bool:
    block, namespaces, chosen = (peer.get(name) for name in ("ipBlock", "namespaceSelector", "podSelector"))
    if isinstance(block, dict):
        return _is_internet(str(block.get("cidr"))) and not any(map(_is_wide, block.get("except") or ()))
    return isinstance(namespaces, dict) and _selects_all(namespaces) and (not chosen or _selects_all(chosen))


def _is_internet(network: str) -> bool:
    """Whether a network is the internet, or a large part of it: two halves of it are all of it."""
    length = network.rpartition("/")[2]
    shortest = INTERNET_6 if ":" in network else INTERNET_4
    return length.isdecimal() and int(length) < shortest and not network.casefold().startswith(OF_OUR_OWN)


def _selects_all(selector: Any) -> bool:
    return isinstance(selector, dict) and not selector.get("matchLabels") and not selector.get("matchExpressions")


def _is_wide(network: Any) -> bool:
    """Whether a network that is left out bounds a rule at all: one address beside the whole internet does not."""
    length = str(network).rpartition("/")[2]
    return length.isdecimal() and int(length) <= (WIDE_6 if ":" in str(network) else WIDE_4)


def _is_every_port(ports: Any) -> bool:
    """Whether a rule is for every port, if only of one protocol."""
    listed = [port for port in ports if isinstance(port, dict)] if isinstance(ports, list) else []
    return not ports or any(
        port.get("port") is None or (port.get("port") == 1 and port.get("endPort") == LAST_PORT) for port in listed
    )


def _types(spec: Object, reading: Reading) -> list[str]:
    """The directions; where none is named, into the pods, and out of them where there are rules for that."""
    named = reading.texts(spec, "policyTypes", "types")
    return sorted(set(named)) or ["Egress", "Ingress"] if spec.get("egress") or named else ["Ingress"]


def service(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """How a service can be reached from outside."""
    spec = reading.mapping(item, "spec", "")
    annotations = reading.mapping(reading.mapping(item, "metadata", "internal"), "annotations", "internal")
    ports = [port for _, port in reading.mappings(spec, "ports", "ports")]
    return {
        "type": reading.text(spec, "type", "type") or default("service.type"),
        "external_ips": reading.texts(spec, "externalIPs", "external_ips"),
        "source_ranges": reading.texts(spec, "loadBalancerSourceRanges", "source_ranges")
        or _ranges(reading.text(annotations, RANGES, "source_ranges")),
        "internal": _is_internal(annotations, reading.text(spec, "loadBalancerClass", "internal"), reading),
        "ports": [number for port in ports if (number := reading.number(port, "port", "ports")) is not None],
    }


def _ranges(written: str | None) -> list[str]:
    return [part.strip() for part in (written or "").split(",") if part.strip()]


def _is_internal(annotations: Object, named: str | None, reading: Reading) -> bool:
    if annotations.get(SCHEME) is not None:
        return str(annotations[SCHEME]).casefold() == "internal"
    if annotations.get(INTERNAL_OF_AWS) is not None:
        return str(annotations[INTERNAL_OF_AWS]).casefold() not in NOT_INTERNAL
    if named in INTERNAL_CLASSES:
        return True
    if annotations.get(SORT_OF_AWS) in BY_CONTROLLER:
        reading.fault("internal", "the settings of the controller decide who reaches it", GapReason.NOT_PROVIDED)
    return any(str(annotations.get(name)).casefold() in values for name, values in INTERNAL.items())


def ingress(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """The hosts that an ingress answers for, and those of them that no certificate is named for."""
    spec = reading.mapping(item, "spec", "")
    hosts = [
        reading.text(rule, "host", f"hosts[{number}]") or EVERY_HOST
        for number, rule in reading.mappings(spec, "rules", "hosts")
    ]
    if spec.get("defaultBackend") is not None or spec.get("backend") is not None:
        hosts.append(EVERY_HOST)
    entries = [entry for _, entry in reading.mappings(spec, "tls", "tls")]
    covered = [name for entry in entries for name in reading.texts(entry, "hosts", "tls") or [EVERY_HOST]]
    annotations = reading.mapping(reading.mapping(item, "metadata", ""), "annotations", "snippets")
    if any(annotations.get(name) for name in CERTIFICATES):
        covered.append(EVERY_HOST)
    if any(gap.path.partition("[")[0] in ("hosts", "tls") for gap in reading.gaps):
        reading.fault("plain_hosts", "its hosts, or those of its certificates, are not known", GapReason.PARSE_ERROR)
    return {
        "hosts": sorted(set(hosts)),
        "plain_hosts": sorted({host for host in hosts if not _is_covered(host, covered)}),
        "tls": bool(covered),
        "snippets": sorted(name for name in annotations if name.endswith(SNIPPETS)),
    }


def _is_covered(host: str, names: Iterable[str]) -> bool:
    """Whether a name stands for the host: itself, every host, or its own place among those below a domain."""
    above = f"*.{host.partition('.')[2]}"
    return any(name in (host, EVERY_HOST, above) for name in names)


def labels_of(item: Object) -> Object:
    """The labels of an object as they stand."""
    metadata = item.get("metadata")
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    return labels if isinstance(labels, dict) else NOTHING
