"""GitHub from its answers to verdicts: what each check says of the sample, and that no denied read changes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from github_answers import EMPTY, NOW, OLD, WEB, Replayed, error, matches
from held import Held
from observation_lines import single

from grc import kinds
from grc.assess.observe import observe
from grc.catalogue import load
from grc.collect.dockerfiles import DOCKERFILES
from grc.collect.dockerfiles import recognise as recognise_dockerfiles
from grc.collect.files import find
from grc.collect.github import GitHubSource
from grc.collect.github.answers import Request
from grc.collect.github.declared import Read
from grc.collect.github.declared import load as load_reads
from grc.collect.github.source import DERIVED_READS
from grc.collect.secrets import Redacting
from grc.collect.workflows import WORKFLOWS
from grc.collect.workflows import recognise as recognise_workflows
from grc.evidence import record_line
from grc.model.evidence import Population
from grc.policy import compile_check
from grc.policy.program import CheckProgram
from grc.run.judging import demand_of

ROOT = Path(__file__).parent.parent.parent
KINDS = kinds.load()
Verdicts = Mapping[tuple[str, str], str]

READS: dict[str, Read] = {
    read.call: read
    for resource in load_reads().values()
    for read in (
        *resource.reads,
        *(read for section in resource.sections.values() for read in DERIVED_READS.get(section.derive or "", ())),
    )
}
NOT_JUDGED = {"GET /repos/{full_name}/code-scanning/default-setup"}
"""Reads that no check needs, and that are not made."""


@cache
def programs(*providers: str) -> tuple[CheckProgram, ...]:
    checks = load([ROOT], KINDS, examples=False).checks.values()
    return tuple(compile_check(check, KINDS) for check in checks if check.kind.partition(".")[0] in providers)


@dataclass(frozen=True)
class Store:
    """What a sink holds, as a judge reads it."""

    held: Held

    def populations(self) -> Sequence[Population]:
        return tuple(self.held.units[unit][0] for unit in sorted(self.held.units, key=lambda unit: unit.kind))

    def lines(self, population: Population) -> Iterator[bytes]:
        for record in sorted(self.held.units[population.unit][1], key=lambda record: record.subject):
            yield record_line(record) + b"\n"


def judged(held: Held, *providers: str) -> Verdicts:
    written: list[bytes] = []
    observe(Store(held), programs(*providers), KINDS, (), NOW, {}, written.append)
    return {(one["check"], one["subject"]): one["verdict"] for one in single(b"".join(written))}


def verdicts(transport: Replayed) -> Verdicts:
    sink = Held()
    source = GitHubSource(
        org="acme", transport=transport, clock=lambda: NOW, caller="auditor", parameters={}, concurrency=1
    )
    source.collect(demand_of(programs("github")), sink, sink)
    holes = {("population", unit.kind): "unknown" for unit, (held, _) in sink.units.items() if not held.complete}
    return {**judged(sink, "github"), **holes}


@pytest.fixture(scope="module")
def whole() -> Verdicts:
    return verdicts(Replayed())


def test_every_check_says_something(whole: Verdicts) -> None:
    assert {check for check, _ in whole} == {program.check.id for program in programs("github")}
    assert "unknown" not in whole.values()


def test_what_is_said_of_the_sample(whole: Verdicts) -> None:
    def of(check: str, *subjects: str) -> list[str]:
        return [whole[f"github.{check}", subject] for subject in subjects]

    assert of("repository.reviews-required", WEB, OLD, EMPTY) == ["pass", "not_applicable", "not_applicable"]
    # An administrator gets around the second approval and the owners of code, which a ruleset alone asks for.
    assert of("repository.rules-bind-everybody", WEB) == ["fail"]
    assert of("repository.dependency-alerts", WEB, OLD, EMPTY) == ["pass", "not_applicable", "fail"]
    assert of("repository.not-public", WEB, EMPTY) == ["pass", "fail"]
    assert of("member.second-factor", "acme/ada", "acme/Bea") == ["pass", "fail"]
    assert of("organization.owners-few", "acme") == ["pass"]
    assert of("secret.replaced", "acme/actions/DEPLOY") == ["pass"]
    assert of("environment.reviewed", f"{WEB}/production") == ["pass"]
    assert of("app-installation.narrow", "acme/5") == ["fail"]
    assert of("secret-alert.settled-in-time", f"{WEB}/secret-scanning/9") == ["fail"]


ANSWERS = [
    pytest.param(error(403, "Forbidden"), id="denied"),
    pytest.param(error(404, "Not Found"), id="not-found", marks=pytest.mark.slow),
    pytest.param((200, {}, b"{}"), id="nothing", marks=pytest.mark.slow),
    pytest.param((200, {}, b""), id="empty", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("call", READS)
def test_a_read_that_fails_changes_no_verdict_but_to_unknown(call: str, answer: Any, whole: Verdicts) -> None:
    def fault(request: Request) -> Any:
        return answer if matches(READS[call], request) else None

    found = verdicts(Replayed(fault=fault))
    assert {key: verdict for key, verdict in found.items() if verdict not in ("unknown", whole.get(key))} == {}
    assert ("unknown" in found.values()) is (call not in NOT_JUDGED)


def test_what_keeps_secrets_out_of_packs_finds_none() -> None:
    sink = Held()
    source = GitHubSource(
        org="acme", transport=Replayed(), clock=lambda: NOW, caller="auditor", parameters={}, concurrency=1
    )
    source.collect(demand_of(programs("github")), Redacting(sink, KINDS), sink)
    assert sum(len(records) for _, records in sink.units.values()) == 15
    for population, records in sink.units.values():
        assert population.removals == ()
        assert all(record.gaps == () for record in records)


def test_what_is_told_of_a_secret_in_a_file_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        "FROM a:1\nENV PASSWORD=hunter2-hunter2 API_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345\nARG SECRET\n"
    )
    tree, sink = find(tmp_path), Held()
    source = DOCKERFILES.open(tree, recognise_dockerfiles(tree), "repo", lambda: NOW)
    source.collect(demand_of(programs("container")), Redacting(sink, KINDS), sink)
    population, records = sink.of("container.instruction")
    assert population.removals == ()
    assert [record.body["open_secrets"] for record in records] == [
        ["API_TOKEN (token of a service)", "PASSWORD (password by its name)"],
        [],
    ]


def test_a_repository_with_everything_wrong(tmp_path: Path) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "ci.yml").write_text(
        "on: pull_request_target\n"
        "jobs:\n"
        "  build:\n"
        "    runs-on: self-hosted\n"
        "    container: node\n"
        "    steps:\n"
        "      - uses: actions/checkout@v4\n"
        "        with: {ref: '${{ github.event.pull_request.head.sha }}'}\n"
        "      - run: echo '${{ github.head_ref }}' && curl x | sh\n"
    )
    (tmp_path / "Dockerfile").write_text("FROM python\nADD https://x.example/a /a\nRUN curl x | sudo sh\nARG TOKEN\n")
    tree, sink = find(tmp_path), Held()
    demand = demand_of(programs("ci", "container"))
    WORKFLOWS.open(tree, recognise_workflows(tree), "repo", lambda: NOW).collect(demand, sink, sink)
    DOCKERFILES.open(tree, recognise_dockerfiles(tree), "repo", lambda: NOW).collect(demand, sink, sink)
    found = judged(sink, "ci", "container")
    failing = {check for (check, _), verdict in found.items() if verdict == "fail"}
    assert failing == {
        "ci.job.images-pinned",
        "ci.job.no-own-machine-for-strangers",
        "ci.job.permissions-set",
        "ci.step.action-pinned",
        "ci.step.no-injection",
        "ci.step.no-remote-script",
        "ci.step.no-strangers-code",
        "container.dockerfile.health-checked",
        "container.dockerfile.user-set",
        "container.instruction.no-remote-add",
        "container.instruction.no-remote-script",
        "container.instruction.no-secret-arguments",
        "container.instruction.no-sudo",
        "container.stage.base-fixed",
        "container.stage.base-pinned",
    }
    assert {check for (check, _), verdict in found.items() if verdict == "unknown"} == {
        "ci.workflow.no-write-by-default"
    }
