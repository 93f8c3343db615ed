"""Manifests: each object in its file and line, as the API would take it; what cannot be read is a gap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kubernetes_estate import declared

from grc.collect.files import Skipped, find
from grc.collect.kubernetes import recognise
from grc.collect.kubernetes.images import image
from grc.collect.kubernetes.resources import KINDS
from grc.model.evidence import GapReason, Origin, Record

WORKLOAD = "kubernetes.workload"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: a}
spec: {containers: [{name: main, image: "registry.example.com/a:1"}]}
"""


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def pod(folder: Path, spec: str, kind: str = "Pod") -> Record:
    """The record of one pod with this spec, in flow style."""
    wrapped = {
        "Pod": spec,
        "Deployment": f"{{template: {{spec: {spec}}}}}",
        "CronJob": f"{{jobTemplate: {{spec: {{template: {{spec: {spec}}}}}}}}}",
    }[kind]
    api = {"Pod": "v1", "Deployment": "apps/v1", "CronJob": "batch/v1"}[kind]
    text = f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: x, namespace: a}}\nspec: {wrapped}\n"
    (record,) = declared(write(folder, {"x.yaml": text})).of(WORKLOAD)[1]
    return record


def container(folder: Path, settings: str, above: str = "{}") -> dict[str, Any]:
    """The first container of a pod, with its own security context and the pod's."""
    spec = f"{{securityContext: {above}, containers: [{{name: c, image: 'a:1', securityContext: {settings}}}]}}"
    record = pod(folder, spec)
    assert record.gaps == ()
    return dict(record.body["containers"][0])  # type: ignore[index]


def gaps(folder: Path, text: str | bytes, name: str = "a.yaml", kind: str = WORKLOAD) -> list[str]:
    """What a file leaves unseen of a kind."""
    population, _ = declared(write(folder, {name: text}), kind).of(kind)
    assert population.complete is not bool(population.gaps)
    return [gap.detail or "" for gap in population.gaps]


# What is found where


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"x"},"spec":{"containers":[]}}'),
        ("a.yaml", "{kind: Pod, apiVersion: v1, metadata: {name: x}, spec: {containers: []}}"),
        ("a.yaml", "- ignored\n---\n- {kind: Pod, 'apiVersion' : v1}\n"),
        ("a.yaml", "? apiVersion\n: v1\n? kind\n: Pod\n"),
    ],
)
def test_an_object_is_known_however_its_keys_stand(tmp_path: Path, name: str, text: str) -> None:
    assert recognise(find(write(tmp_path, {name: text}))).paths == (name,)


@pytest.mark.parametrize("text", ["a: the apiVersion: of it\nkind: x\n", "a: {xapiVersion: 1, kind: 2}\n"])
def test_words_alone_make_no_object(tmp_path: Path, text: str) -> None:
    assert recognise(find(write(tmp_path, {"a.yaml": text}))).paths == ()


def test_objects_stand_in_their_files_and_lines(tmp_path: Path) -> None:
    text = (
        "# a comment\n"
        + POD % "one"
        + "---\n\n"
        + POD % "two"
        + "---\n# nothing\n--- # Source: chart\n"
        + POD % "three"
    )
    held = declared(write(tmp_path, {"b/x.yml": text}))
    assert [(one.subject, one.file, one.line) for one in held.of(WORKLOAD)[1]] == [
        ("Pod/a/one", "b/x.yml", 2),
        ("Pod/a/two", "b/x.yml", 8),
        ("Pod/a/three", "b/x.yml", 15),
    ]
    population, records = held.of(WORKLOAD)
    assert (population.unit.place, population.origin, population.complete) == ("file/deploy", Origin.MANIFEST, True)
    assert all(one.origin is Origin.MANIFEST for one in records)


def test_a_list_is_its_members(tmp_path: Path) -> None:
    items = "".join("- " + "  ".join((POD % name).splitlines(keepends=True)) for name in ("one", "two"))
    held = declared(write(tmp_path, {"x.yaml": f"apiVersion: v1\nkind: List\nitems:\n{items}"}))
    assert [(one.subject, one.line) for one in held.of(WORKLOAD)[1]] == [("Pod/a/one", 4), ("Pod/a/two", 8)]


def test_a_list_of_one_sort_needs_no_kinds_in_it(tmp_path: Path) -> None:
    value = {"apiVersion": "v1", "kind": "NamespaceList", "items": [{"metadata": {"name": "a"}}]}
    held = declared(write(tmp_path, {"x.json": json.dumps(value, indent=1)}))
    assert [(one.subject, one.line) for one in held.of("kubernetes.namespace")[1]] == [("Namespace/a", 5)]


def test_json_says_its_lines_too(tmp_path: Path) -> None:
    value = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"a": 'b"]}'}}} for name in "ab"
    ]
    text = json.dumps({"apiVersion": "v1", "other": [1, "}"], "items": value, "kind": "List"}, indent=2)
    held = declared(write(tmp_path, {"x.json": text}))
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line == "    {"]
    assert [(one.subject, one.line) for one in held.of("kubernetes.namespace")[1]] == [
        ("Namespace/a", lines[0]),
        ("Namespace/b", lines[1]),
    ]


def test_two_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    held = declared(write(tmp_path, {"dev/x.yaml": POD % "x", "prod/x.yaml": POD % "x", "y.yaml": POD % "z"}))
    assert [one.subject for one in held.of(WORKLOAD)[1]] == ["Pod/a/x@dev/x.yaml:1", "Pod/a/x@prod/x.yaml:1", "Pod/a/z"]


def test_a_manifest_without_a_namespace_says_none(tmp_path: Path) -> None:
    text = POD.replace(", namespace: a", "") % "x" + "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
    held = declared(write(tmp_path, {"x.yaml": text + "metadata: {name: p}\nspec: {podSelector: {}}\n"}))
    (record,) = held.of(WORKLOAD)[1]
    assert (record.subject, "namespace" in record.body) == ("Pod/x", False)
    assert [(gap.path, gap.reason) for gap in record.gaps] == [("in_default", GapReason.NOT_PROVIDED)]
    assert [(gap.path, gap.reason) for gap in held.record("NetworkPolicy/p").gaps] == [
        ("namespace", GapReason.NOT_PROVIDED)
    ]


@pytest.mark.parametrize(("namespace", "told"), [("default", True), ("a", False)])
def test_a_manifest_says_whether_it_stands_in_the_default_namespace(tmp_path: Path, namespace: str, told: bool) -> None:
    held = declared(write(tmp_path, {"x.yaml": POD.replace(": a}", f": {namespace}}}") % "x"}))
    assert held.of(WORKLOAD)[1][0].body["in_default"] is told


ACCOUNT = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: app, namespace: a}\n"


@pytest.mark.parametrize(
    ("settings", "accounts", "known"),
    [
        ("serviceAccountName: app, ", "", False),
        ("serviceAccountName: app, ", ACCOUNT, True),
        ("serviceAccountName: app, automountServiceAccountToken: false, ", "", True),
        ("", "", True),
    ],
)
def test_whether_an_account_that_no_manifest_declares_gives_its_token_is_not_known(
    tmp_path: Path, settings: str, accounts: str, known: bool
) -> None:
    text = POD.replace("spec: {", f"spec: {{{settings}") % "x"
    (record,) = declared(write(tmp_path, {"x.yaml": text + accounts})).of(WORKLOAD)[1]
    assert [gap.path for gap in record.gaps] == ["token_mounted"] * (not known)


def test_older_versions_are_read_and_strange_ones_are_gaps(tmp_path: Path) -> None:
    text = (
        "apiVersion: {}\nkind: Deployment\nmetadata: {{name: {}}}\n"
        "spec: {{template: {{spec: {{containers: [{{name: a, image: a}}]}}}}}}\n"
    )
    apis = ("apps/v1", "extensions/v1beta1", "apps/v9", "example.com/v1")
    held = declared(write(tmp_path, {f"{n}.yaml": text.format(api, f"d{n}") for n, api in enumerate(apis)}))
    population, records = held.of(WORKLOAD)
    assert [one.subject for one in records] == ["Deployment/d0", "Deployment/d1"]
    assert [(gap.reason, gap.detail) for gap in population.gaps] == [
        (GapReason.NOT_TRANSLATED, "2.yaml:1: the version of this Deployment is not read")
    ]


# What is recognised


def test_other_files_are_not_ours(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "values.yaml": "image: a\n",
            "compose.yaml": "services: {a: {image: a}}\n",
            "chart/Chart.yaml": "apiVersion: v2\nname: a\nkind: application\n",
            "package.json": '{"kind": "x"}',
            "notes.txt": POD % "x",
            "crd.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n",
        },
    )
    claim = recognise(find(tmp_path))
    assert claim.paths == ("crd.yaml",)
    assert claim.skipped == ()
    assert all(population.complete and not population.count for population, _ in declared(tmp_path).units.values())


def test_what_must_be_rendered_first_is_told(tmp_path: Path) -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 2}\n"
    write(
        tmp_path,
        {
            "chart/Chart.yaml": "name: a\n",
            "chart/templates/a.yaml": POD % '"{{ .Values.name }}"',
            "chart/templates/deep/plain.yaml": POD % "plain",
            "loose.yaml": "{{- if .Values.on }}\n" + POD % "x" + "{{- end }}\n",
            "k/kustomization.yaml": "resources: [base.yaml, ../shared/b.yaml]\npatches: [{path: patch.yaml}]\n",
            "k/base.yaml": POD % "base",
            "k/patch.yaml": patch,
            "shared/b.yaml": POD % "b",
            "shared/c.yaml": POD % "c",
        },
    )
    claim = recognise(find(tmp_path))
    assert claim.paths == ("chart/templates/deep/plain.yaml", "shared/c.yaml")
    assert [one.path for one in claim.skipped] == [
        "chart/templates/a.yaml",
        "k/base.yaml",
        "k/kustomization.yaml",
        "k/patch.yaml",
        "loose.yaml",
        "shared/b.yaml",
    ]
    assert isinstance(claim.skipped[0], Skipped)
    assert "helm template" in claim.skipped[0].reason
    assert "kustomize build" in claim.skipped[1].reason
    population, _ = declared(tmp_path).of(WORKLOAD)
    assert len(population.facts) == 6


def test_a_template_within_a_setting_is_text(tmp_path: Path) -> None:
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    text = head + "data:\n  mail: |\n    {{ range .Alerts }}\n    {{ end }}\n"
    held = declared(write(tmp_path, {"a.yaml": text}))
    assert held.record("ConfigMap/a").body["keys"] == ["mail"]


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    tree = find(write(tmp_path, {"a.yaml": POD % "x", "b.yaml": ""}))
    (tmp_path / "a.yaml").unlink()
    claim = recognise(tree)
    assert claim.paths == ()
    assert claim.skipped == (Skipped(path="a.yaml", reason="cannot be read: No such file or directory"),)


def test_what_a_dump_says_of_owners_leaves_nothing_out(tmp_path: Path) -> None:
    owner = "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: x, controller: true}]"
    held = declared(write(tmp_path, {"a.yaml": POD.replace("namespace: a", f"namespace: a, {owner}") % "x"}))
    assert held.record("Pod/a/x").body["controlled"] is True


@pytest.mark.parametrize(
    ("labels", "own"),
    [
        ("{kubernetes.io/bootstrapping: rbac-defaults}", True),
        ("{kubernetes.io/bootstrapping: mine}", False),
        ("{kubernetes.io/bootstrapping: [rbac-defaults]}", False),
        ("{app: rbac-defaults}", False),
        ("null", False),
    ],
)
def test_a_role_that_comes_with_kubernetes_bears_its_label(tmp_path: Path, labels: str, own: bool) -> None:
    head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
    text = f"{head}metadata: {{name: 'system:a', labels: {labels}}}\nrules: []\n"
    record = declared(write(tmp_path, {"a.yaml": text})).record("ClusterRole/system:a")
    assert record.body["bootstrapping"] is own


def test_a_role_that_is_gathered_is_known_to_the_cluster_alone(tmp_path: Path) -> None:
    text = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: a}\naggregationRule: {}\n"
    record = declared(write(tmp_path, {"a.yaml": text})).record("ClusterRole/a")
    assert [(gap.path, gap.reason) for gap in record.gaps] == [("rules", GapReason.NOT_PROVIDED)]


def test_a_long_file_is_looked_through(tmp_path: Path) -> None:
    text = "# nothing\n" * 10_000 + POD % "x"
    assert recognise(find(write(tmp_path, {"a.yaml": text}))).paths == ("a.yaml",)


# A template taken for a manifest


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ('{hostNetwork: "{{ .Values.net }}", containers: [{name: a, image: a}]}', "host_network"),
        ('{containers: [{name: a, image: "{{ .Values.image }}"}]}', "containers[0].image"),
        ("{containers: [{name: a, image: '${IMAGE}:1'}]}", "containers[0].image"),
        ("{containers: [{name: a, image: <image>}]}", "containers[0].image"),
        ("{serviceAccountName: '{{ x }}', containers: [{name: a, image: a}]}", "account"),
        ("{containers: [{name: a, image: a, securityContext: {privileged: 'true'}}]}", "containers[0].privileged"),
        ("{containers: [{name: a, image: a, securityContext: {runAsUser: '0'}}]}", "containers[0].run_as_user"),
        ("{containers: [{name: a, image: a, securityContext: [1]}]}", "containers[0]"),
        ("{securityContext: text, containers: [{name: a, image: a}]}", "containers"),
        ("{containers: {a: b}}", "containers"),
        ("{containers: []}", "containers"),
        ("{volumes: [{name: a, hostPath: {}, emptyDir: {}}], containers: [{name: a, image: a}]}", "volumes"),
        ("[1]", "containers"),
    ],
)
def test_what_is_not_as_the_api_says_is_a_gap_and_no_default(tmp_path: Path, spec: str, path: str) -> None:
    record = pod(tmp_path, spec)
    assert path in {gap.path for gap in record.gaps}
    assert {gap.reason for gap in record.gaps} <= {GapReason.MALFORMED, GapReason.PARSE_ERROR}


def test_a_template_that_is_no_yaml_says_what_to_do(tmp_path: Path) -> None:
    (found,) = gaps(tmp_path, "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .x }}}\n")
    assert found == "a.yaml:3: a key must be text; if it is a template, render it first"


def test_a_name_that_is_still_to_be_filled_in_is_no_name(tmp_path: Path) -> None:
    (found,) = gaps(tmp_path, POD % '"{{ name }}"')
    assert found == "a.yaml:1: has no name that the API would take: if it is a template, render it first"


# Hostile files


@pytest.mark.parametrize(
    ("bad", "line", "why"),
    [
        ("kind: Pod\nkind: Deployment\n", 5, "a key stands twice in one mapping"),
        ("metadata: {name: a, name: b}\n", 4, "a key stands twice in one mapping"),
        ("metadata: !!python/object/apply:os.system [ls]\n", 4, "a tag stands in it, and tags are not read"),
        ("metadata: {name: !secret a}\n", 4, "a tag stands in it, and tags are not read"),
        ("metadata: *nothing\n", 4, "an alias names nothing above it"),
        ("metadata: &a [*a]\n", 4, "an alias holds itself"),
        ("metadata: " + "[" * 500 + "\n", 4, "is nested deeper than 100 levels"),
        ("metadata: {name: a\n", 5, "is not YAML: did not find expected ',' or '}'"),
        ("? [a]\n: b\n", 4, "a key must be text"),
        ("metadata: {<<: [1]}\n", 4, "a merge key brings no mapping"),
        ("text: \x00\n", 4, "is not text: a character in it is not allowed in YAML"),
    ],
)
def test_one_bad_document_takes_no_other_with_it(tmp_path: Path, bad: str, line: int, why: str) -> None:
    text = f"---\napiVersion: v1\n# x\n{bad}---\n" + POD % "good"
    population, records = declared(write(tmp_path, {"a.yaml": text}), *KINDS).of(WORKLOAD)
    assert [one.subject for one in records] == ["Pod/a/good"]
    assert [gap.detail for gap in population.gaps] == [f"a.yaml:{line}: {why}"]
    assert population.gaps[0].reason is GapReason.PARSE_ERROR


def test_a_bomb_of_aliases_is_put_out(tmp_path: Path) -> None:
    steps = zip("abcdefgh", "bcdefghi", strict=True)
    rungs = "".join(f"{below}: &{below} [{', '.join(['*' + above] * 9)}]\n" for above, below in steps)
    (found,) = gaps(tmp_path, f"apiVersion: v1\nkind: Pod\na: &a [x, x]\n{rungs}")
    assert found.endswith("aliases in it repeat more than 2000000 values")


def test_aliases_and_merge_keys_are_read_as_the_tools_read_them(tmp_path: Path) -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: a}\nspec:\n  containers:\n"
        "  - &c {name: c, image: 'a:1', securityContext: {privileged: yes, runAsUser: 0x10}}\n"
        "  - {<<: *c, name: d}\n  - {<<: *c, name: e, securityContext: {}}\n"
    )
    (record,) = declared(write(tmp_path, {"a.yaml": text})).of(WORKLOAD)[1]
    found = [(one["name"], one["privileged"], one.get("run_as_user")) for one in record.body["containers"]]  # type: ignore[attr-defined]
    assert found == [("c", True, 16), ("d", True, 16), ("e", False, None)]


def test_a_broken_document_is_a_gap_of_what_it_could_hold(tmp_path: Path) -> None:
    held = declared(write(tmp_path, {"a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a\n"}))
    assert [unit.kind for unit, (population, _) in held.units.items() if population.gaps] == ["kubernetes.service"]
    held = declared(write(tmp_path, {"a.yaml": "apiVersion: v1\nkind: ServiceList\nmetadata: {name: a\n"}))
    assert all(population.gaps for population, _ in held.units.values())
    held = declared(write(tmp_path, {"a.yaml": "apiVersion: v1\nkind: Thing\nmetadata: {name: a\n"}))
    assert not any(population.gaps for population, _ in held.units.values())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"apiVersion: v1\nkind: Pod\n\xff\xfe", "a.yaml:1: is not UTF-8 (byte 25)"),
        ("apiVersion: v1\nkind: Pod\n", "a.yaml:1: has no metadata: is it a part of an object?"),
        (POD % ("x" * 10_000), "a.yaml:1: has no name that the API would take: if it is a template, render it first"),
        (POD % "a/b", "a.yaml:1: has no name that the API would take: if it is a template, render it first"),
        (POD % "123", "a.yaml:1: has no name that the API would take: if it is a template, render it first"),
        ("- apiVersion: v1\n  kind: Pod\n", "a.yaml:1: is no object"),
        ("apiVersion: v1\nkind: List\nitems: [text]\n", "a.yaml:1: says no kind and version of the API"),
        ("apiVersion: v1\nkind: 5\n", "a.yaml:1: says no kind and version of the API"),
    ],
)
def test_what_no_object_can_be_is_a_gap(tmp_path: Path, data: str | bytes, why: str) -> None:
    assert gaps(tmp_path, data) == [why]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ('{"apiVersion": "v1",\n"kind": "Pod",}', "a.json:2: is not JSON"),
        ('{"apiVersion": "v1", "kind": "Pod", "kind": "Pod"}', "a.json:1: a key stands twice in one mapping"),
        (
            '{"apiVersion": "v1", "kind": "Pod", "x": NaN}',
            "a.json:1: is not JSON that can be read: NaN is no number of JSON",
        ),
    ],
)
def test_bad_json_is_a_gap(tmp_path: Path, data: str, why: str) -> None:
    assert gaps(tmp_path, data, "a.json") == [why]


def test_gaps_quote_nothing_of_a_file(tmp_path: Path) -> None:
    text = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: hunter2hunter2 hunter2, hunter2: {{ hunter2 }}\ndata: hunter2\n"
    )
    found = " ".join(
        gaps(tmp_path, text + "---\n" + text.replace("{{", '"{{').replace("}}", '}}"'), kind="kubernetes.secret")
    )
    assert found
    assert "hunter2" not in found


def test_many_broken_documents_are_counted(tmp_path: Path) -> None:
    found = gaps(tmp_path, "---\nkind: Pod\napiVersion: [\n" * 150)
    assert (len(found), found[-1]) == (101, "50 more documents could not be read")


# What a pod really gets


def test_a_container_goes_before_its_pod(tmp_path: Path) -> None:
    above = (
        "{runAsNonRoot: true, runAsUser: 7, seccompProfile: {type: RuntimeDefault},"
        " appArmorProfile: {type: Localhost}, seLinuxOptions: {type: a}}"
    )
    inherited = container(tmp_path, "{}", above)
    assert (inherited["run_as_non_root"], inherited["run_as_user"]) == (True, 7)
    assert (inherited["seccomp"], inherited["apparmor"], inherited["selinux"]) == (
        "RuntimeDefault",
        "Localhost",
        {"type": "a"},
    )
    own = container(
        tmp_path,
        "{runAsNonRoot: false, runAsUser: 0, seccompProfile: {type: Unconfined},"
        " appArmorProfile: {type: Unconfined}, seLinuxOptions: {role: r}}",
        above,
    )
    assert (own["run_as_non_root"], own["run_as_user"]) == (False, 0)
    assert (own["seccomp"], own["apparmor"], own["selinux"]) == ("Unconfined", "Unconfined", {"role": "r"})


def test_what_nobody_sets_is_the_documented_default(tmp_path: Path) -> None:
    found = container(tmp_path, "{}")
    expected = {
        "privileged": False,
        "privilege_escalation": True,
        "read_only_root": False,
        "run_as_non_root": False,
        "proc_mount": "Default",
    }
    assert {name: found[name] for name in expected} == expected
    assert found.keys().isdisjoint({"seccomp", "apparmor", "run_as_user", "memory_limit"})


@pytest.mark.parametrize(
    ("settings", "can"),
    [
        ("{allowPrivilegeEscalation: false}", False),
        ("{allowPrivilegeEscalation: true}", True),
        ("{allowPrivilegeEscalation: false, privileged: true}", True),
        ("{allowPrivilegeEscalation: false, capabilities: {add: [CAP_SYS_ADMIN]}}", True),
        ("{allowPrivilegeEscalation: false, capabilities: {add: [all]}}", True),
        ("{allowPrivilegeEscalation: false, capabilities: {add: [CHOWN]}}", False),
    ],
)
def test_who_can_gain_rights(tmp_path: Path, settings: str, can: bool) -> None:
    assert container(tmp_path, settings)["privilege_escalation"] is can


@pytest.mark.parametrize("above", ["{}", "{seccompProfile: {type: Localhost, localhostProfile: a.json}}"])
def test_a_privileged_container_is_confined_by_nothing_that_it_names(tmp_path: Path, above: str) -> None:
    named = "seccompProfile: {type: RuntimeDefault}, appArmorProfile: {type: RuntimeDefault}"
    found = container(tmp_path, f"{{privileged: true, {named}}}", above)
    assert (found["seccomp"], found["apparmor"], found["proc_mount"]) == ("Unconfined", "Unconfined", "Unmasked")
    kept = container(tmp_path, f"{{privileged: false, {named}}}", above)
    assert (kept["seccomp"], kept["apparmor"], kept["proc_mount"]) == ("RuntimeDefault", "RuntimeDefault", "Default")


@pytest.mark.parametrize("kind", ["Pod", "Deployment", "CronJob"])
def test_every_sort_of_container_is_read(tmp_path: Path, kind: str) -> None:
    spec = (
        "{initContainers: [{name: a, image: a}, {name: b, image: a, restartPolicy: Always}],"
        " containers: [{name: c, image: a}], ephemeralContainers: [{name: d, image: a}]}"
    )
    found = pod(tmp_path, spec, kind).body["containers"]
    sorts = [(one["name"], one["sort"]) for one in found]  # type: ignore[attr-defined]
    assert sorts == [("a", "init"), ("b", "sidecar"), ("c", "main"), ("d", "ephemeral")]


def test_a_request_that_is_not_set_is_the_limit(tmp_path: Path) -> None:
    record = pod(
        tmp_path,
        "{containers: [{name: a, image: a, resources: {limits: {cpu: 2, memory: 1Gi}, requests: {cpu: 0.5}}}]}",
    )
    (found,) = record.body["containers"]  # type: ignore[misc]
    assert [found[name] for name in ("cpu_limit", "cpu_request", "memory_limit", "memory_request")] == [
        "2",
        "0.5",
        "1Gi",
        "1Gi",
    ]


def test_what_the_whole_pod_gets_bounds_its_containers(tmp_path: Path) -> None:
    own = "{name: b, image: b, resources: {limits: {memory: 1Gi}}}"
    spec = f"{{resources: {{limits: {{memory: 2Gi}}}}, containers: [{{name: a, image: a}}, {own}]}}"
    found = pod(tmp_path, spec).body["containers"]
    assert [one["memory_limit"] for one in found] == ["2Gi", "1Gi"]  # type: ignore[attr-defined]


def test_variables_tell_names_and_sorts_and_never_values(tmp_path: Path) -> None:
    spec = (
        "{containers: [{name: a, image: a, env: [{name: DB_PASSWORD, value: hunter2hunter2},"
        " {name: OTHER_PASSWORD, value: $(DB_PASSWORD)}, {name: LEVEL, value: info},"
        " {name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}], envFrom: [{secretRef: {name: all}}]}]}"
    )
    record = pod(tmp_path, spec)
    (found,) = record.body["containers"]  # type: ignore[misc]
    assert found["open_secrets"] == [{"name": "DB_PASSWORD", "sort": "password by its name"}]
    assert found["secret_variables"] == ["KEY", "all.*"]
    assert "hunter2" not in json.dumps(dict(record.body))


@pytest.mark.parametrize(
    ("command", "sorts"),
    [
        ("args: [--db-password=hunter2x]", ["password by its name"]),
        ("args: [--user, a, --password, hunter2x]", ["password by its name"]),
        ("command: [sh, -c, 'mysql --password=hunter2x']", ["password by its name"]),
        ("command: [a, ghp_0123456789abcdefghijABCDEFGHIJ012345]", ["token of a service"]),
        ("args: [--password=$(DB_PASSWORD), --password-file, /run/secrets/a]", []),
        ("args: [--token, /run/secrets/token, --no-password]", []),
        ("args: [--password, '{{ .Values.password }}']", []),
        ("args: [--port, 1]", []),
    ],
)
def test_arguments_hold_secrets_in_the_open_too(tmp_path: Path, command: str, sorts: list[str]) -> None:
    (found,) = pod(tmp_path, f"{{containers: [{{name: a, image: a, {command}}}]}}").body["containers"]  # type: ignore[misc]
    assert found["open_secrets"] == [{"name": "command", "sort": sort} for sort in sorts]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("application.properties", "spring.datasource.password=S3cr3t!pw", True),
        ("config.yaml", "db:\n  user: a\n  password: hunter2x\n", True),
        ("grafana.ini", "[security]\nadmin_password = hunter2x\n", True),
        ("config.json", '{"password": "hunter2x"}', True),
        ("oidc.yaml", "clientSecret: abcd1234efgh5678\n", True),
        ("application.properties", "spring.datasource.password=${DB_PASSWORD}", False),
        ("config.yaml", "password_min_length: 12\npassword:\nuser: a\n", False),
        ("grafana.ini", "[security]\n;admin_password = admin\n# password = admin\n", False),
        ("main.js", "const password = getPassword(); let other_password = word\n", False),
        ("app.conf", "password = settings.password\n", False),
    ],
)
def test_a_file_among_settings_that_assigns_a_secret_holds_one(
    tmp_path: Path, name: str, text: str, found: bool
) -> None:
    value = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}, "data": {name: text}}
    body = declared(write(tmp_path, {"x.json": json.dumps(value)})).record("ConfigMap/b/a").body
    assert [one["name"] for one in body["open_secrets"]] == [name] * found  # type: ignore[attr-defined]


def test_volumes_probes_ports_and_paths(tmp_path: Path) -> None:
    spec = (
        "{volumes: [{name: a}, {name: b, hostPath: {path: //var/run/../run/docker.sock/}}, {name: c, secret: {}}],"
        " containers: [{name: a, image: a, ports: [{hostPort: 80}, {containerPort: 1}, {hostPort: 0}],"
        " livenessProbe: {httpGet: {host: 192.0.2.1}}, lifecycle: {preStop: {tcpSocket: {host: b}}}}]}"
    )
    body = pod(tmp_path, spec).body
    assert body["volumes"] == [
        {"name": "a", "type": "emptyDir"},
        {"name": "b", "type": "hostPath", "path": "/var/run/docker.sock"},
        {"name": "c", "type": "secret"},
    ]
    (found,) = body["containers"]  # type: ignore[misc]
    assert (found["host_ports"], found["probe_hosts"]) == ([80], ["192.0.2.1", "b"])
    assert (found["liveness"], found["readiness"]) == (True, False)


@pytest.mark.parametrize(("shared", "taken"), [("true", [80, 1]), ("false", [80])])
def test_on_the_network_of_its_host_every_port_of_a_container_is_one_of_the_host(
    tmp_path: Path, shared: str, taken: list[int]
) -> None:
    ports = "[{hostPort: 80, containerPort: 8080}, {containerPort: 1}, {name: none}]"
    record = pod(tmp_path, f"{{hostNetwork: {shared}, containers: [{{name: a, image: a, ports: {ports}}}]}}")
    (found,) = record.body["containers"]  # type: ignore[misc]
    assert found["host_ports"] == taken


def test_apparmor_is_read_from_the_annotation_of_old(tmp_path: Path) -> None:
    text = POD.replace(
        "namespace: a", "namespace: a, annotations: {container.apparmor.security.beta.kubernetes.io/main: unconfined}"
    )
    (record,) = declared(write(tmp_path, {"a.yaml": text % "x"})).of(WORKLOAD)[1]
    assert record.body["containers"][0]["apparmor"] == "Unconfined"  # type: ignore[index]
    (record,) = declared(write(tmp_path, {"a.yaml": text.replace("unconfined", "''") % "x"})).of(WORKLOAD)[1]
    assert record.body["containers"][0]["apparmor"] == "RuntimeDefault"  # type: ignore[index]
    above = text.replace("spec: {", "spec: {securityContext: {appArmorProfile: {type: RuntimeDefault}}, ")
    (record,) = declared(write(tmp_path, {"a.yaml": above % "x"})).of(WORKLOAD)[1]
    assert record.body["containers"][0]["apparmor"] == "Unconfined"  # type: ignore[index]
    own = text.replace("name: main,", "name: main, securityContext: {appArmorProfile: {type: RuntimeDefault}},")
    (record,) = declared(write(tmp_path, {"a.yaml": own % "x"})).of(WORKLOAD)[1]
    assert record.body["containers"][0]["apparmor"] == "RuntimeDefault"  # type: ignore[index]


@pytest.mark.parametrize("name", ["ALL", "all", "CAP_ALL"])
def test_all_capabilities_go_by_one_word(tmp_path: Path, name: str) -> None:
    assert ("ALL" in container(tmp_path, f"{{capabilities: {{drop: [{name}]}}}}")["dropped"]) is (name != "CAP_ALL")


@pytest.mark.parametrize("amount", ["0", "'0'", "0Mi", "0.0", "'00'"])
def test_a_limit_of_nothing_is_none(tmp_path: Path, amount: str) -> None:
    resources = f"{{limits: {{memory: {amount}, cpu: 10m}}, requests: {{cpu: {amount}}}}}"
    record = pod(tmp_path, f"{{containers: [{{name: c, image: 'a:1', resources: {resources}}}]}}")
    (found,) = record.body["containers"]  # type: ignore[misc]
    assert ("memory_limit" in found, found["cpu_limit"], "cpu_request" in found) == (False, "10m", False)


def test_a_pipe_of_windows_is_a_path_of_its_own(tmp_path: Path) -> None:
    spec = (
        "{volumes: [{name: a, hostPath: {path: '\\\\.\\pipe\\Docker_Engine'}}], containers: [{name: c, image: 'a:1'}]}"
    )
    (volume,) = pod(tmp_path, spec).body["volumes"]  # type: ignore[misc]
    assert volume["path"] == "\\\\.\\pipe\\docker_engine"


@pytest.mark.parametrize(
    ("reference", "registry", "repository", "tag", "digest"),
    [
        ("nginx", "docker.io", "library/nginx", "latest", None),
        ("nginx:1.2", "docker.io", "library/nginx", "1.2", None),
        ("team/app", "docker.io", "team/app", "latest", None),
        ("EVIL/app", "evil", "app", "latest", None),
        ("GHCR.io/a/b:1@sha256:" + "a" * 64, "ghcr.io", "a/b", "1", "sha256:" + "a" * 64),
        ("localhost:5000/a@sha256:" + "a" * 64, "localhost:5000", "a", None, "sha256:" + "a" * 64),
        ("host.example:5000/a", "host.example:5000", "a", "latest", None),
    ],
)
def test_references_to_images(
    reference: str, registry: str, repository: str, tag: str | None, digest: str | None
) -> None:
    found = image(reference)
    assert found is not None
    assert (found["registry"], found["repository"], found.get("tag"), found.get("digest")) == (
        registry,
        repository,
        tag,
        digest,
    )


@pytest.mark.parametrize("reference", ["", "a b", "a:", "a@sha256:12", "$X", "a" * 5000, "a@", ":1", "a/:1"])
def test_what_is_no_reference_to_an_image(reference: str) -> None:
    assert image(reference) is None


# The other kinds


def one(folder: Path, text: str) -> dict[str, Any]:
    (record,) = (
        record for _, records in declared(write(folder, {"a.yaml": text})).units.values() for record in records
    )
    return dict(record.body)


@pytest.mark.parametrize(
    ("spec", "types", "all_", "ingress", "egress"),
    [
        ("{podSelector: {}}", ["Ingress"], True, False, False),
        ("{podSelector: {}, egress: [{}]}", ["Egress", "Ingress"], True, False, True),
        ("{podSelector: {}, policyTypes: [Egress], ingress: [{}]}", ["Egress"], True, False, False),
        ("{podSelector: {matchLabels: {a: b}}, ingress: [{from: []}]}", ["Ingress"], False, True, False),
        ("{podSelector: {}, ingress: [{ports: [{port: 80}]}]}", ["Ingress"], True, False, False),
        ("{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}", ["Ingress"], True, False, False),
        ("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}", ["Ingress"], True, True, False),
        ("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: '::/0'}}]}]}", ["Ingress"], True, True, False),
        ("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}", ["Ingress"], True, False, False),
        (
            "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]}",
            ["Ingress"],
            True,
            False,
            False,
        ),
        (
            "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]}",
            ["Egress", "Ingress"],
            True,
            False,
            True,
        ),
        ("{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}", ["Ingress"], True, True, False),
        ("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 128.0.0.0/1}}]}]}", ["Ingress"], True, True, False),
        ("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: '8000::/1'}}]}]}", ["Ingress"], True, True, False),
        ("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 'fd00::/8'}}]}]}", ["Ingress"], True, False, False),
        (
            "{podSelector: {matchLabels: {}}, ingress: [{from: [{namespaceSelector: {matchLabels: {}}}]}]}",
            ["Ingress"],
            True,
            True,
            False,
        ),
        (
            "{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {a: b}}}]}]}",
            ["Ingress"],
            True,
            False,
            False,
        ),
        ("{podSelector: {}, egress: [{ports: [{protocol: TCP}]}]}", ["Egress", "Ingress"], True, False, True),
        ("{podSelector: {}, ingress: [{ports: [{port: 1, endPort: 65535}]}]}", ["Ingress"], True, True, False),
        ("{podSelector: {}, ingress: [{ports: [{port: 1, endPort: 6553}]}]}", ["Ingress"], True, False, False),
    ],
)
def test_network_policies(tmp_path: Path, spec: str, types: list[str], all_: bool, ingress: bool, egress: bool) -> None:
    text = f"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: a, namespace: b}}\nspec: {spec}\n"
    found = one(tmp_path, text)
    assert (found["types"], found["selects_all"]) == (types, all_)
    assert (found["open_ingress"], found["open_egress"]) == (ingress, egress)


@pytest.mark.parametrize(
    ("annotations", "spec", "internal", "ranges"),
    [
        ("{~/aws-load-balancer-internal: 'true'}", "{}", True, []),
        ("{~/aws-load-balancer-internal: 0.0.0.0/0}", "{}", True, []),
        ("{~/aws-load-balancer-internal: 'False'}", "{}", False, []),
        ("{~/aws-load-balancer-internal: ''}", "{}", False, []),
        ("{~/aws-load-balancer-scheme: internal}", "{}", True, []),
        ("{~/aws-load-balancer-scheme: internet-facing, ~/aws-load-balancer-internal: 'true'}", "{}", False, []),
        ("{}", "{loadBalancerClass: service.k8s.aws/nlb}", True, []),
        ("{~/aws-load-balancer-scheme: internet-facing}", "{loadBalancerClass: service.k8s.aws/nlb}", False, []),
        ("{~/aws-load-balancer-internal: 'false'}", "{loadBalancerClass: eks.amazonaws.com/nlb}", False, []),
        ("{}", "{loadBalancerClass: example.com/lb}", False, []),
        ("{~/oci-load-balancer-internal: 'true'}", "{}", True, []),
        ("{~/load-balancer-source-ranges: '10.0.0.0/8, 192.0.2.0/24'}", "{}", False, ["10.0.0.0/8", "192.0.2.0/24"]),
        (
            "{~/load-balancer-source-ranges: 10.0.0.0/8}",
            "{loadBalancerSourceRanges: [0.0.0.0/0]}",
            False,
            ["0.0.0.0/0"],
        ),
    ],
)
def test_who_reaches_a_load_balancer(
    tmp_path: Path, annotations: str, spec: str, internal: bool, ranges: list[str]
) -> None:
    head = f"apiVersion: v1\nkind: Service\nmetadata: {{name: a, annotations: {annotations}}}\n"
    found = one(tmp_path, head.replace("~/", "service.beta.kubernetes.io/") + f"spec: {spec}\n")
    assert (found["internal"], found["source_ranges"]) == (internal, ranges)


@pytest.mark.parametrize(
    ("annotations", "known"),
    [
        ("{~/aws-load-balancer-type: external}", False),
        ("{~/aws-load-balancer-type: nlb-ip}", False),
        ("{~/aws-load-balancer-type: nlb}", True),
        ("{~/aws-load-balancer-type: external, ~/aws-load-balancer-scheme: internet-facing}", True),
        ("{~/aws-load-balancer-type: external, ~/aws-load-balancer-internal: 'true'}", True),
    ],
)
def test_who_reaches_a_load_balancer_that_a_controller_makes_it_may_decide(
    tmp_path: Path, annotations: str, known: bool
) -> None:
    head = f"apiVersion: v1\nkind: Service\nmetadata: {{name: a, annotations: {annotations}}}\nspec: {{}}\n"
    held = declared(write(tmp_path, {"x.yaml": head.replace("~/", "service.beta.kubernetes.io/")}))
    assert [gap.path for gap in held.record("Service/a").gaps] == ["internal"] * (not known)


@pytest.mark.parametrize(
    ("annotations", "spec", "tls", "plain"),
    [
        ("{}", "{rules: [{host: a.b.c}], tls: [{hosts: [a.b.c]}]}", True, []),
        ("{}", "{rules: [{host: a.b.c}], tls: [{hosts: ['*.b.c']}]}", True, []),
        ("{}", "{rules: [{host: a.b.c}], tls: [{hosts: ['*.c']}]}", True, ["a.b.c"]),
        ("{}", "{rules: [{host: a.b.c}, {}], tls: [{hosts: [a.b.c]}]}", True, ["*"]),
        ("{}", "{rules: [{host: a.b.c}, {}], tls: [{secretName: s}]}", True, []),
        ("{}", "{defaultBackend: {}}", False, ["*"]),
        ("{alb.ingress.kubernetes.io/certificate-arn: arn}", "{rules: [{host: a.b.c}]}", True, []),
        ("{alb.ingress.kubernetes.io/certificate-arn: ''}", "{rules: [{host: a.b.c}]}", False, ["a.b.c"]),
    ],
)
def test_ingresses(tmp_path: Path, annotations: str, spec: str, tls: bool, plain: list[str]) -> None:
    head = f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: a, annotations: {annotations}}}\n"
    text = f"{head}spec: {spec}\n"
    found = one(tmp_path, text)
    assert (found["tls"], found["plain_hosts"]) == (tls, plain)


@pytest.mark.parametrize(
    "spec",
    [
        "{rules: [{host: '${HOST}'}], tls: [{hosts: [a.b.c]}]}",
        "{rules: [{host: a.b.c}], tls: [{hosts: ['${HOST}']}]}",
        "{rules: [{host: a.b.c}], tls: '${TLS}'}",
    ],
)
def test_which_hosts_of_an_ingress_are_plain_is_not_known_of_placeholders(tmp_path: Path, spec: str) -> None:
    head = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n"
    (record,) = declared(write(tmp_path, {"a.yaml": f"{head}spec: {spec}\n"})).of("kubernetes.ingress")[1]
    assert "plain_hosts" in [gap.path for gap in record.gaps]


def test_secrets_in_manifests(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: x, b: '', c: '${B}', d: '{{ c }}'}\n"
    assert one(tmp_path, text)["filled"] == ["a"]
    assert one(tmp_path, text + "sops: {mac: x}\n")["filled"] == ["a"]
    sealed = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: 'ENC[AES256_GCM,data:x]'}\n"
    assert one(tmp_path, sealed + "sops: {mac: x}\n")["filled"] == []
    assert one(tmp_path, sealed)["filled"] == ["a"]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("postgres://app:hunter2@${HOST}/db", False),
        ("Tr0ub4dor<abc", False),
        ("{{ a }}:{{ b }}", True),
        ("<TOKEN>", True),
        ("$(TOKEN) ${TOKEN} <% token %> {% token %}", True),
        ("${TOKEN", False),
        ("{{% token %}", True),
        ("${a {{ b } c }}", False),
        ("{{" * 300_000, True),
        ("${" * 300_000 + "a", False),
    ],
    ids=lambda given: given[:20] if isinstance(given, str) else None,
)
def test_a_secret_beside_a_placeholder_is_not_known(tmp_path: Path, value: str, told: bool) -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: {{a: '{value}'}}\n"
    (record,) = declared(write(tmp_path, {"a.yaml": text})).of("kubernetes.secret")[1]
    assert record.body["filled"] == []
    assert [gap.path for gap in record.gaps] == ([] if told else ["filled"])


HOOK = "{name: h, rules: [{apiGroups: ['%s'], resources: [x, '%s'], operations: ['%s']}]}"


@pytest.mark.parametrize(
    ("rule", "pods"),
    [
        (("", "pods", "CREATE"), True),
        (("*", "*/*", "*"), True),
        (("apps", "pods", "CREATE"), False),
        (("", "secrets", "CREATE"), False),
        (("", "pods", "DELETE"), False),
    ],
)
def test_what_a_webhook_is_asked_about(tmp_path: Path, rule: tuple[str, str, str], pods: bool) -> None:
    head = "apiVersion: admissionregistration.k8s.io/v1\nkind: "
    hook = f"{head}ValidatingWebhookConfiguration\nmetadata: {{name: a}}\nwebhooks: [{HOOK % rule}]\n"
    assert one(tmp_path, hook)["hooks"][0]["pods"] is pods
    rules = (HOOK % rule).replace("rules:", "resourceRules:")
    policy = f"{head}ValidatingAdmissionPolicy\nmetadata: {{name: a}}\nspec: {{matchConstraints: {rules}}}\n"
    assert one(tmp_path, policy)["hooks"][0]["pods"] is pods


@pytest.mark.parametrize(
    ("change", "pods"),
    [
        (("name: h", "name: h, objectSelector: {matchLabels: {ask: me}}"), False),
        (("name: h", "name: h, objectSelector: {}"), True),
        (("apiGroups:", "resourceNames: [a], apiGroups:"), False),
        (("apiGroups:", "scope: Cluster, apiGroups:"), False),
        (("apiGroups:", "scope: Namespaced, apiGroups:"), True),
    ],
)
def test_a_webhook_that_asks_about_some_pods_alone_guards_none(
    tmp_path: Path, change: tuple[str, str], pods: bool
) -> None:
    head = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}\n"
    hook = (HOOK % ("", "pods", "CREATE")).replace(*change)
    assert one(tmp_path, f"{head}webhooks: [{hook}]\n")["hooks"][0]["pods"] is pods


def test_what_a_condition_leaves_out_of_a_webhook_is_not_known(tmp_path: Path) -> None:
    head = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}\n"
    conditions = "name: h, matchConditions: [{name: c, expression: '!request.userInfo.groups.exists(g, g == \"x\")'}]"
    hooks = ", ".join((HOOK % ("", each, "CREATE")).replace("name: h", conditions) for each in ("pods", "secrets"))
    (record,) = declared(write(tmp_path, {"a.yaml": f"{head}webhooks: [{hooks}]\n"})).of("kubernetes.admission-policy")[
        1
    ]
    assert [(gap.path, gap.reason) for gap in record.gaps] == [("hooks[0].pods", GapReason.NOT_TRANSLATED)]


RULES = "{apiGroups: ['*'], apiVersions: ['*'], resources: ['%s'], operations: ['*']}"


@pytest.mark.parametrize(
    ("narrowing", "pods"),
    [
        ("{}", True),
        (f"{{resourceRules: [{RULES % 'pods'}]}}", True),
        (f"{{resourceRules: [{RULES % 'secrets'}]}}", False),
        (f"{{excludeResourceRules: [{RULES % 'pods'}]}}", False),
        (f"{{excludeResourceRules: [{RULES % 'secrets'}]}}", True),
        ("{objectSelector: {matchLabels: {ask: me}}}", False),
    ],
)
def test_policies_and_bindings_that_leave_pods_out_guard_none(tmp_path: Path, narrowing: str, pods: bool) -> None:
    head = "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy"
    spec = f"{{policyName: p, validationActions: [Deny], matchResources: {narrowing}}}"
    assert one(tmp_path, f"{head}Binding\nmetadata: {{name: a}}\nspec: {spec}\n")["pods"] is pods
    wide = f"{{resourceRules: [{RULES % '*'}], {narrowing[1:]}" if "resourceRules" not in narrowing else narrowing
    assert (
        one(tmp_path, f"{head}\nmetadata: {{name: a}}\nspec: {{matchConstraints: {wide}}}\n")["hooks"][0]["pods"]
        is pods
    )


@pytest.mark.parametrize("name", ["nginx.org/server-snippets", "nginx.ingress.kubernetes.io/auth-snippet"])
def test_texts_for_the_controller_of_an_ingress(tmp_path: Path, name: str) -> None:
    head = f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: a, annotations: {{{name}: x, a: b}}}}\n"
    assert one(tmp_path, head + "spec: {}\n")["snippets"] == [name]


def test_subjects_of_bindings(tmp_path: Path) -> None:
    text = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: a}\n"
        "roleRef: {kind: ClusterRole, name: view}\n"
        "subjects: [{kind: User, name: eve}, {kind: ServiceAccount, name: b, namespace: c},"
        " {kind: Group, name: 'x:y', namespace: z}]\n"
    )
    assert one(tmp_path, text)["subjects"] == ["User/eve", "ServiceAccount/c/b", "Group/x:y"]
