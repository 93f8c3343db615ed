"""The denial campaign under the checks of Kubernetes: what was not listed moves no verdict but to unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from kubernetes_api import PAGE, Server, serving
from kubernetes_estate import COLLECTED, FILE, Held, cluster, collected, declared, objects
from observation_lines import single

from grc.assess import Seen, conclude, observe
from grc.collect.kubernetes.resources import RESOURCES
from grc.evidence.lines import record_line
from grc.model.assessment import Effective, Scope
from grc.model.evidence import Population, Record, Unit
from grc.model.identifiers import CheckId
from grc.model.status import GOOD, Status
from grc.policy import CheckProgram
from grc.run.desk import Desk, open_desk
from grc.run.judging import compiled, demand_of

AS_OF = COLLECTED + timedelta(hours=1)
Key = tuple[str, str]
"""Check and subject."""
OFTEN = ("denied", "throttled", "html", "null", "cut")
JOINED = ("pods", "deployments", "namespaces", "networkpolicies", "serviceaccounts", "validatingadmissionpolicies")


@cache
def desk() -> Desk:
    return open_desk()


@cache
def programs() -> tuple[CheckProgram, ...]:
    wanted = [check for name, check in desk().policy.checks.items() if name.startswith("kubernetes.")]
    return tuple(compiled(wanted, desk().kinds))


@dataclass(frozen=True)
class Store:
    """A collection in memory, read like a pack."""

    units: Mapping[Unit, tuple[Population, Sequence[Record]]]

    def populations(self) -> list[Population]:
        return [self.units[unit][0] for unit in sorted(self.units, key=lambda unit: (unit.kind, unit.place))]

    def lines(self, population: Population) -> Iterator[bytes]:
        found = sorted(self.units[population.unit][1], key=lambda record: record.subject)
        if found:
            yield b"".join(record_line(record) + b"\n" for record in found)


def judged(held: Held) -> tuple[dict[Key, str], dict[CheckId, Status]]:
    """The verdict of every check on every subject, and the status of every check."""
    store = Store(held.units)
    written: list[bytes] = []
    results = observe(store, programs(), desk().kinds, (), AS_OF, {}, written.append)
    observed = {(seen["check"], seen["subject"]): seen["verdict"] for seen in single(b"".join(written))}
    effective = Effective(
        as_of=AS_OF,
        scope=Scope(
            frameworks=(),
            providers=frozenset({"kubernetes"}),
            checks=frozenset(program.check.id for program in programs()),
        ),
        parameters={},
        org={},
        max_age_days={},
    )
    seen = Seen(populations=store.populations(), kinds=desk().kinds, results=results, evidence_digest="none")
    concluded = conclude(desk().policy, effective, seen, policy_digest="none")
    return observed, {each.check: each.status for each in concluded.checks if each.check in results}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(Server(objects())) as running:
        yield running


@pytest.fixture(scope="module")
def whole(server: Server) -> tuple[dict[Key, str], dict[CheckId, Status]]:
    return judged(collected(cluster(server), demand_of(programs())))


def test_the_estate_tries_every_check(whole: tuple[dict[Key, str], dict[CheckId, Status]]) -> None:
    verdicts, statuses = whole
    assert {check for check, _ in verdicts} == {program.check.id for program in programs()}
    assert "unknown" not in verdicts.values()
    assert Status.UNKNOWN not in statuses.values()
    failing = {check for check, status in statuses.items() if status is Status.NOT_SATISFIED}
    assert len(failing) > 30


def test_manifests_and_the_cluster_that_they_make_are_judged_alike(
    whole: tuple[dict[Key, str], dict[CheckId, Status]], tmp_path: Any
) -> None:
    (tmp_path / "all.yaml").write_bytes(FILE.read_bytes())
    said, _ = judged(declared(tmp_path))
    live = {key: verdict for key, verdict in whole[0].items() if not key[1].startswith("Cluster/")}
    differing = {key[0] for key in live if live[key] != said[key]}
    assert said.keys() == live.keys()
    assert differing == {
        "kubernetes.secret.not-in-manifests",  # a cluster holds its secrets; a file must not
        "kubernetes.workload.token-not-mounted",  # of an account that no file declares a cluster knows that it is none
    }
    unlike = {key: (live[key], said[key]) for key in live if live[key] != said[key]}
    assert {told for (check, _), told in unlike.items() if check.endswith("token-not-mounted")} == {("fail", "unknown")}


def cases() -> list[Any]:
    """Each list with faults in turn; those that others are joined with are broken quickly too."""
    held = objects()
    found = []
    for number, resource in enumerate(RESOURCES):
        paged = ("late",) if len(held[resource.path]) > PAGE else ()  # there is a second page to break
        for turn, fault in enumerate((*paged, *(OFTEN[(number + step) % len(OFTEN)] for step in range(3)))):
            marks = () if resource.plural in JOINED and not turn else pytest.mark.slow
            found.append(pytest.param(resource, fault, marks=marks, id=f"{resource.plural}-{fault}"))
    return found


@pytest.mark.parametrize(("resource", "fault"), cases())
def test_no_verdict_rests_on_what_was_not_listed(
    server: Server, whole: tuple[dict[Key, str], dict[CheckId, Status]], resource: Any, fault: str
) -> None:
    server.faults = {resource.path: fault}
    try:
        verdicts, statuses = judged(collected(cluster(server), demand_of(programs())))
    finally:
        server.faults = {}
    base, concluded = whole
    assert {key for key, verdict in verdicts.items() if verdict not in (base[key], "unknown")} == set()
    assert [check for check in concluded if statuses[check] in GOOD and concluded[check] not in GOOD] == []
    about = {program.check.id for program in programs() if program.kind.name == resource.kind}
    assert {check for check in about if statuses[check] in GOOD} == set()
