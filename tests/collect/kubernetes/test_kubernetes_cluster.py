"""A live cluster: what it lists is read to the end, and what it does not answer is never taken for nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes_api import FAULTS, Server, kubeconfig, serving
from kubernetes_estate import COLLECTED, Held, cluster, collected, declared, objects

from grc.collect.kubernetes import cluster_role, open_cluster, roles
from grc.collect.kubernetes.resources import RESOURCES, Resource
from grc.errors import ConfigError
from grc.model.evidence import Fact, GapReason, Origin
from grc.model.identifiers import KindName

DEPLOYMENTS = "/apis/apps/v1/deployments"
WORKLOAD = "kubernetes.workload"
REASON = {
    "denied": GapReason.ACCESS_DENIED,
    "late": GapReason.ACCESS_DENIED,
    "signed-out": GapReason.CREDENTIALS,
    "throttled": GapReason.THROTTLED,
    "broken": GapReason.UNREACHABLE,
    "cut": GapReason.TRUNCATED,
    "short": GapReason.TRUNCATED,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(Server(objects())) as running:
        yield running


@pytest.fixture(autouse=True)
def sound(server: Server) -> None:
    server.faults.clear()
    server.unserved.clear()
    server.expire_once.clear()
    server.asked.clear()
    server.objects = objects()


def seen(held: Held) -> dict[str, dict[str, Any]]:
    return {one.subject: dict(one.body) for _, records in held.units.values() for one in records}


def test_a_cluster_gives_what_its_manifests_say(server: Server) -> None:
    live = seen(collected(cluster(server)))
    said = seen(declared(Path(__file__).parent.parent.parent / "samples"))
    assert live.pop("Cluster/main") == {
        "id": "Cluster/main",
        "kind": "Cluster",
        "name": "main",
        "version": "1.34",
        "release": "v1.34.1",
        "platform": "linux/amd64",
    }
    for body in (*live.values(), *said.values()):
        body.pop("declared", None)
    assert live == said
    assert len(live) == sum(map(len, objects().values()))


def test_populations_say_how_they_were_read(server: Server) -> None:
    held = collected(cluster(server))
    population, records = held.of(WORKLOAD)
    assert population.unit.place == "k8s/main"
    assert (population.origin, population.caller, population.complete) == (Origin.LIVE, "auditor", True)
    assert "list deployments.apps" in population.query
    assert "list pods" in population.query
    assert all(one.origin is Origin.LIVE and one.file is None for one in records)
    assert held.announced == len(held.units) == 13


def test_nothing_is_asked_but_reads_of_what_is_demanded(server: Server) -> None:
    collected(cluster(server), {KindName("kubernetes.namespace"): frozenset()})
    assert {path.partition("?")[0] for path in server.asked} == {"/api", "/api/v1/namespaces"}


def test_a_demand_for_nothing_of_ours_calls_nothing(server: Server) -> None:
    assert collected(cluster(server), {KindName("aws.s3.bucket"): frozenset()}).units == {}
    assert server.asked == []


def test_lists_are_read_page_by_page_to_their_end(server: Server) -> None:
    many = [{"metadata": {"name": f"n{number}"}} for number in range(7)]
    server.objects["/api/v1/namespaces"] = many
    population, records = collected(cluster(server), {KindName("kubernetes.namespace"): frozenset()}).of(
        "kubernetes.namespace"
    )
    assert len(records) == 7
    assert population.complete
    assert "/api/v1/namespaces?limit=500&continue=6" in server.asked


def test_an_expired_page_begins_the_list_anew_once(server: Server) -> None:
    server.objects["/api/v1/namespaces"] = [{"metadata": {"name": f"n{number}"}} for number in range(5)]
    server.expire_once.add("/api/v1/namespaces")
    population, records = collected(cluster(server), {KindName("kubernetes.namespace"): frozenset()}).of(
        "kubernetes.namespace"
    )
    assert (len(records), population.complete) == (5, True)


def test_a_busy_server_is_given_the_time_that_it_asks_for(server: Server) -> None:
    slept: list[float] = []
    server.faults[DEPLOYMENTS] = "throttled"
    population, _ = collected(cluster(server, slept=slept), {KindName(WORKLOAD): frozenset()}).of(WORKLOAD)
    assert slept == [3.0, 3.0, 3.0, 4.0]
    assert population.gaps[0].reason is GapReason.THROTTLED


def broken(server: Server, resource: Resource, fault: str) -> None:
    server.faults[resource.path] = fault
    if fault in ("late", "circle"):
        found = server.objects[resource.path]
        server.objects[resource.path] = [
            *found, *({"metadata": {"name": f"more-{number}", "namespace": "legacy"}} for number in range(3))
        ]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(one, marks=() if one.plural in ("deployments", "secrets") else pytest.mark.slow)
        for one in RESOURCES
    ],
    ids=lambda one: one.plural,
)
def test_a_list_that_is_not_whole_is_a_hole(server: Server, resource: Resource, fault: str) -> None:
    broken(server, resource, fault)
    population, records = collected(cluster(server), {resource.kind: frozenset()}).of(resource.kind)
    assert not population.complete
    assert [gap.call for gap in population.gaps if gap.path == ""] == [resource.call]
    (gap,) = population.gaps
    assert gap.reason is REASON.get(fault, GapReason.MALFORMED)
    assert gap.permission == (resource.call if fault in ("denied", "late", "signed-out") else None)
    kept = {one.body["kind"] for one in records}
    assert (resource.object in kept) is (fault in ("late", "circle"))


def test_a_page_of_another_sort_is_no_list_whatever_it_holds(server: Server) -> None:
    server.faults["/api/v1/namespaces"] = "plain"
    population, _ = collected(cluster(server), {KindName("kubernetes.namespace"): frozenset()}).of(
        "kubernetes.namespace"
    )
    assert [gap.detail for gap in population.gaps] == ["the answer is text/plain and not JSON"]


def test_what_the_server_does_not_serve_is_a_fact(server: Server) -> None:
    server.unserved.add("validatingadmissionpolicies")
    population, records = collected(cluster(server), {KindName("kubernetes.admission-policy"): frozenset()}).of(
        "kubernetes.admission-policy"
    )
    assert population.complete
    assert len(records) == 2
    detail = "the cluster does not serve validatingadmissionpolicies of admissionregistration.k8s.io/v1"
    assert population.facts == (Fact(fact="not-served", detail=detail),)


def test_a_group_that_is_not_served_is_a_fact_where_the_index_proves_it(server: Server) -> None:
    server.unserved.add("networking.k8s.io/v1")
    wanted = {KindName("kubernetes.ingress"): frozenset[str]()}
    population, _ = collected(cluster(server), wanted).of("kubernetes.ingress")
    assert population.complete
    for fault in ("denied", "html", "other"):
        server.faults["/apis"] = fault
        population, _ = collected(cluster(server), wanted).of("kubernetes.ingress")
        assert not population.complete
        assert population.facts == ()


def test_an_object_without_a_name_and_one_of_another_sort_are_holes(server: Server) -> None:
    wanted = {KindName("kubernetes.namespace"): frozenset[str]()}
    server.objects["/api/v1/namespaces"] = [{"metadata": {}}, {"metadata": {"name": "a"}}]
    population, records = collected(cluster(server), wanted).of("kubernetes.namespace")
    assert ([one.subject for one in records], population.complete) == (["Namespace/a"], False)
    server.objects["/api/v1/namespaces"] = [{"kind": "Pod", "metadata": {"name": "a"}}]
    population, records = collected(cluster(server), wanted).of("kubernetes.namespace")
    assert (len(records), population.gaps[0].reason) == (0, GapReason.MALFORMED)


def test_a_namespace_is_read_alone_where_the_scope_says_so(server: Server) -> None:
    held = collected(cluster(server, namespaces=("payments",)))
    population, records = held.of(WORKLOAD)
    assert population.complete
    assert population.parameters == {"namespaces": ["payments"]}
    assert {one.body["namespace"] for one in records} == {"payments"}
    assert [one.subject for one in held.of("kubernetes.namespace")[1]] == ["Namespace/payments"]
    roles = "list roles.rbac.authorization.k8s.io in payments", "list clusterroles.rbac.authorization.k8s.io"
    assert held.of("kubernetes.role")[0].query == ", ".join(roles)
    assert "/api/v1/pods?limit=500" not in server.asked
    assert "/api/v1/namespaces/payments/pods?limit=500" in server.asked


def test_what_stands_in_no_namespace_is_a_hole_for_who_may_read_one_namespace_only(server: Server) -> None:
    for path in ("/apis/rbac.authorization.k8s.io/v1/clusterroles", "/api/v1/namespaces/payments"):
        server.faults[path] = "denied"
    held = collected(cluster(server, namespaces=("payments",)))
    for kind, call in (
        ("kubernetes.role", "list clusterroles.rbac.authorization.k8s.io"),
        ("kubernetes.namespace", "get namespaces in payments"),
    ):
        (gap,) = held.of(kind)[0].gaps
        assert (gap.reason, gap.call, gap.permission) == (GapReason.ACCESS_DENIED, call, call)
    assert held.of(WORKLOAD)[0].complete


def test_an_empty_list_of_a_namespace_that_may_not_be_there_proves_nothing(server: Server) -> None:
    held = collected(cluster(server, namespaces=("misspelt", "payments")))
    population, records = held.of(WORKLOAD)
    assert records
    assert {(gap.reason, gap.detail) for gap in population.gaps} == {
        (GapReason.NOT_PROVIDED, "there is no namespace misspelt in the cluster")
    }
    server.faults["/api/v1/namespaces/misspelt"] = "denied"
    (gap, *_) = collected(cluster(server, namespaces=("misspelt",))).of("kubernetes.secret")[0].gaps
    assert (gap.reason, gap.permission) == (GapReason.ACCESS_DENIED, "get namespaces in misspelt")
    server.objects["/api/v1/namespaces"] = [{"metadata": {"name": "misspelt"}}]
    server.faults.clear()
    assert collected(cluster(server, namespaces=("misspelt",))).of("kubernetes.secret")[0].complete


def test_no_value_of_a_secret_is_kept(server: Server) -> None:
    held = collected(cluster(server))
    text = json.dumps([dict(one.body) for _, records in held.units.values() for one in records])
    assert "hunter2" not in text
    assert "aHVudGVy" not in text
    assert held.record("Secret/payments/db").body["keys"] == ["password"]


@pytest.mark.parametrize("fault", ["empty", "html", "denied"])
def test_a_version_that_is_not_told_is_a_hole(server: Server, fault: str) -> None:
    server.faults["/version"] = fault
    population, records = collected(cluster(server), {KindName("kubernetes.cluster"): frozenset()}).of(
        "kubernetes.cluster"
    )
    assert (len(records), population.complete, len(population.gaps)) == (0, False, 1)


def test_refused_credentials_and_a_server_that_is_away_stop_before_anything_is_collected(server: Server) -> None:
    with pytest.raises(ConfigError, match="refuses the credentials of auditor"):
        collected(cluster(server, token="another"))
    away = Server({}, url="http://127.0.0.1:9")
    with pytest.raises(ConfigError, match="cannot be reached"):
        collected(cluster(away))


def test_a_kubeconfig_opens_its_context(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(yaml.safe_dump(kubeconfig(server)))
    source = open_cluster(lambda: COLLECTED, kubeconfig=path, sleep=lambda _: None)
    assert source.place == "k8s/arn%3Aaws%3Aeks%3Aeu-west-1%3A123456789012%3Acluster%2Fmain"
    assert source.caller == "auditor"
    assert len(collected(source, {KindName("kubernetes.namespace"): frozenset()}).of("kubernetes.namespace")[1]) == 3
    with pytest.raises(ConfigError, match="no context 'other'"):
        open_cluster(lambda: COLLECTED, kubeconfig=path, context="other")
    with pytest.raises(ConfigError, match="cannot be used"):
        open_cluster(lambda: COLLECTED, kubeconfig=tmp_path / "none")


def test_the_cluster_role_lists_what_is_demanded_and_no_more() -> None:
    everything_ = yaml.safe_load(cluster_role({one.kind: frozenset() for one in RESOURCES}))
    allowed = {
        (group, name) for rule in everything_["rules"][1:] for group in rule["apiGroups"] for name in rule["resources"]
    }
    assert allowed == {(one.group, one.plural) for one in RESOURCES}
    assert {verb for rule in everything_["rules"] for verb in rule["verbs"]} == {"get", "list"}
    few = yaml.safe_load(cluster_role({KindName("kubernetes.ingress"): frozenset()}, "reader"))
    assert few["metadata"]["name"] == "reader"
    assert few["rules"][1:] == [{"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"], "verbs": ["list"]}]


def test_a_role_of_a_namespace_gets_it_and_lists_what_stands_in_it() -> None:
    demand = {one.kind: frozenset[str]() for one in RESOURCES}
    one, other = yaml.safe_load_all(roles(demand, ("app", "1")))
    assert [role["metadata"]["namespace"] for role in (one, other)] == ["app", "1"]
    assert one["rules"][0] == {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get"]}
    allowed = {(group, name) for rule in one["rules"][1:] for group in rule["apiGroups"] for name in rule["resources"]}
    assert allowed == {(resource.group, resource.plural) for resource in RESOURCES if resource.namespaced}


@pytest.mark.parametrize("name", ["", "A", "a b", "a\nkind: ClusterRole", "-a", "a-", "a" * 64, 'a"'])
def test_a_role_is_asked_for_in_namespaces_that_can_be(name: str) -> None:
    with pytest.raises(ConfigError, match="no namespace is called"):
        roles({}, ("app", name))


def test_the_page_names_every_kind_and_every_permission() -> None:
    page = (Path(__file__).parents[3] / "docs" / "kubernetes.md").read_text(encoding="utf-8")
    lines = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `kubernetes.")}
    assert lines.keys() == {one.kind for one in RESOURCES} | {"kubernetes.cluster"}
    for resource in RESOURCES:
        assert f"`{resource.call}`" in lines[resource.kind]
