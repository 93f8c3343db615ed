"""Pods that something else made: left out where its template tells them, and seen where they are not as it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes_api import Server, serving
from kubernetes_estate import Held, cluster, collected

from grc.model.evidence import Fact
from grc.model.identifiers import KindName

WORKLOAD = "kubernetes.workload"
PODS = "/api/v1/pods"
SPEC = {"containers": [{"name": "api", "image": "registry.example/api:1", "resources": {"limits": {"cpu": "1"}}}]}
SIDECAR = {"name": "proxy", "image": "registry.example/proxy:1", "securityContext": {"privileged": True}}
TOKEN = {"name": "kube-api-access-x7k2p", "projected": {"sources": []}}


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with serving(Server({})) as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    running.faults.clear()
    running.objects = {
        "/apis/apps/v1/deployments": [{"metadata": meta("api", "d1"), "spec": {"template": {"spec": SPEC}}}],
        "/apis/apps/v1/replicasets": [
            {"metadata": meta("api-1", "r1", ("Deployment", "d1")), "spec": {"template": {"spec": SPEC}}},
            {"metadata": meta("api-0", "r0", ("Deployment", "d1")), "spec": {"template": {"spec": SPEC}}},
        ],
    }
    return running


def meta(name: str, uid: str, owner: tuple[str, str] | None = None, **more: Any) -> dict[str, Any]:
    owners = [{"apiVersion": "apps/v1", "kind": owner[0], "uid": owner[1], "controller": True}] if owner else []
    return {"name": name, "namespace": "a", "uid": uid, "ownerReferences": owners, **more}


def pod(name: str, spec: dict[str, Any], owner: tuple[str, str] = ("ReplicaSet", "r1"), **more: Any) -> dict[str, Any]:
    prefix = name.rpartition("-")[0] + "-"
    return {"metadata": meta(name, f"pod-{name}", owner, generateName=prefix), "spec": spec, **more}


def pods(held: Held) -> dict[str, Any]:
    return {one.subject: one.body for one in held.of(WORKLOAD)[1] if one.body["kind"] == "Pod"}


def read(server: Server, *found: dict[str, Any]) -> Held:
    server.objects[PODS] = list(found)
    return collected(cluster(server), {KindName(WORKLOAD): frozenset()})


def test_a_pod_as_its_owner_says_is_told_by_it(server: Server) -> None:
    settled = {
        **SPEC,
        "serviceAccountName": "default",
        "volumes": [TOKEN],
        "containers": [
            {
                **SPEC["containers"][0],
                "imagePullPolicy": "Always",
                "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
            }
        ],
    }
    held = read(server, pod("api-1-a", SPEC), pod("api-1-b", settled))
    assert pods(held) == {}
    population, _ = held.of(WORKLOAD)
    assert population.facts == (Fact(fact="told-by-owner", detail="4 objects are told by their owners or their like"),)


def test_an_injected_container_is_seen_once_for_all_pods_of_an_owner(server: Server) -> None:
    meshed = {"containers": [*SPEC["containers"], SIDECAR]}
    found = pods(read(server, *(pod(f"api-1-{letter}", meshed) for letter in "cab"), pod("api-1-d", SPEC)))
    assert list(found) == ["Pod/a/api-1-*"]
    body = found["Pod/a/api-1-*"]
    assert (body["name"], body["controlled"]) == ("api-1-*", True)
    assert [one["privileged"] for one in body["containers"]] == [False, True]


def test_pods_that_differ_in_two_ways_are_two_records(server: Server) -> None:
    meshed = {"containers": [*SPEC["containers"], SIDECAR]}
    found = pods(
        read(server, pod("api-1-b", {**SPEC, "hostPID": True}), pod("api-1-c", meshed), pod("api-1-a", meshed))
    )
    assert set(found) == {"Pod/a/api-1-a", "Pod/a/api-1-b"}


@pytest.mark.parametrize(
    "changed",
    [
        {"hostNetwork": True},
        {"serviceAccountName": "admin"},
        {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]},
        {"containers": [{**SPEC["containers"][0], "image": "registry.example/api:2"}]},
        {"containers": [{**SPEC["containers"][0], "resources": {}}]},
        {"containers": [{**SPEC["containers"][0], "securityContext": {"privileged": True}}]},
        {"containers": [{**SPEC["containers"][0], "securityContext": {"privileged": "yes"}}]},
        {"ephemeralContainers": [SIDECAR]},
        {"initContainers": [SIDECAR]},
    ],
)
def test_whatever_a_pod_has_beyond_its_template_is_seen(server: Server, changed: dict[str, Any]) -> None:
    assert list(pods(read(server, pod("api-1-a", {**SPEC, **changed})))) == ["Pod/a/api-1-*"]


def test_a_pod_of_an_earlier_template_is_held_against_the_one_that_is_judged(server: Server) -> None:
    earlier = {**SPEC, "hostPID": True}
    server.objects["/apis/apps/v1/replicasets"][1]["spec"]["template"]["spec"] = earlier
    assert list(pods(read(server, pod("api-0-a", earlier, ("ReplicaSet", "r0"))))) == ["Pod/a/api-0-*"]


def test_a_pod_whose_owner_is_not_seen_speaks_for_itself(server: Server) -> None:
    strange = pod("other-a", SPEC, ("ReplicaSet", "unknown"))
    assert list(pods(read(server, strange))) == ["Pod/a/other-*"]
    server.faults["/apis/apps/v1/deployments"] = "denied"
    held = read(server, pod("api-1-a", SPEC))
    assert list(pods(held)) == ["Pod/a/api-1-*"]
    assert not held.of(WORKLOAD)[0].complete


def test_a_pod_that_a_foreign_controller_made_and_one_that_has_ended(server: Server) -> None:
    foreign = pod("roll-a", SPEC)
    foreign["metadata"]["ownerReferences"][0] |= {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}
    ended = pod("api-1-a", {**SPEC, "hostPID": True}, status={"phase": "Succeeded"})
    assert list(pods(read(server, foreign, ended))) == ["Pod/a/roll-a"]
