"""One check answers everywhere: a template deployed and scanned live, and the template itself, agree or say why not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from grc.collect.aws import AwsSource, from_profile
from grc.collect.cloudformation import open_templates, recognise, shipped_translations
from grc.collect.files import find
from grc.evidence import PackWriter, RunFacts, open_pack
from grc.model.evidence import Origin, Record, Unit
from grc.run import assess, open_desk
from grc.run.collecting import Asked
from grc.run.demo.account import CREDENTIALS, REGION
from grc.run.demo.simulator import simulated_aws
from grc.run.judging import compiled, demand_of

TEMPLATE = Path(__file__).parents[1] / "samples" / "cloudformation" / "parity.yaml"

EXPLAINED: Mapping[tuple[str, str], str] = {}
"""(check, logical id) → the fact that makes live and template differ."""

Verdicts = Mapping[tuple[str, str, Origin], str]


class Silent:
    """A progress that says nothing."""

    def planned(self, units: int) -> None:
        assert units >= 0

    def done(self, unit: Unit) -> None:
        assert unit


def deployed(endpoint: str) -> Mapping[str, str]:
    """The logical id by the physical one of each resource, once the stack is made."""
    client = boto3.Session(region_name=REGION, **CREDENTIALS).client("cloudformation", endpoint_url=endpoint)
    client.create_stack(StackName="parity", TemplateBody=TEMPLATE.read_text())
    found = client.describe_stack_resources(StackName="parity")["StackResources"]
    return {one["PhysicalResourceId"]: one["LogicalResourceId"] for one in found if one.get("PhysicalResourceId")}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verdicts]:
    """(check, logical id, origin) → verdict, of one pack with both."""
    folder = tmp_path_factory.mktemp("template-parity")
    (folder / "in").mkdir()
    (folder / "in" / "parity.yaml").write_text(TEMPLATE.read_text())
    desk = open_desk()
    kinds = {translation.kind for translation in shipped_translations()}
    checks = [check for check in desk.policy.checks.values() if check.kind in kinds]
    wanted = {kind: paths for kind, paths in demand_of(compiled(checks, desk.kinds)).items() if kind in kinds}
    clock = lambda: datetime.now(UTC)  # noqa: E731 - a clock is a function
    scope = {"sources": ["aws", "cloudformation"], "providers": ["aws"], "checks": [check.id for check in checks]}
    facts = RunFacts(id="parity", started=clock(), engine="test", scope=scope)
    with simulated_aws() as endpoint, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "simulated")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "simulated")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        names = deployed(endpoint)
        tree = find(folder / "in")
        with PackWriter(folder / "pack", facts, desk.kinds) as writer:
            AwsSource(from_profile(None), clock=clock, regions=(REGION,)).collect(wanted, writer, Silent())
            open_templates(tree, recognise(tree), "in", clock, desk.kinds).collect(wanted, writer, Silent())
            writer.seal(finished=clock(), sources=[])
    layer = assess(desk, folder / "pack", Asked(), as_of=clock())
    pack = open_pack(folder / "pack")
    logical = {
        (record.kind, record.subject): _logical(record, names)
        for population in pack.populations()
        for record in pack.records(population)
    }
    yield {
        (seen.check, name, seen.origin): seen.verdict.value
        for seen in layer.observed()
        if (name := logical[seen.kind, seen.subject]) is not None
    }


def _logical(record: Record, names: Mapping[str, str]) -> str | None:
    """What the template calls a subject; None for what it did not make."""
    if record.origin is Origin.TEMPLATE:
        return record.subject.rpartition(":")[2]
    body: Mapping[str, Any] = record.body
    told = {record.subject, record.subject.rpartition("/")[2], record.subject.rpartition(":")[2], *map(str, body.values())}
    found = [logical for physical, logical in names.items() if physical in told]
    return found[0] if found else None


def test_live_and_template_agree_on_everything_that_both_decide(verdicts: Verdicts) -> None:
    compared, apart = [], []
    for (check, name, origin), live in verdicts.items():
        ahead = verdicts.get((check, name, Origin.TEMPLATE))
        if origin is not Origin.LIVE or ahead is None or "unknown" in (live, ahead):
            continue
        compared.append(check)
        if live != ahead and (check, name) not in EXPLAINED:
            apart.append(f"{check} of {name}: live {live}, template {ahead}")
    assert apart == []
    assert len(compared) >= 100
    assert len({check.rpartition(".")[0] for check in compared}) >= 20


def test_both_verdicts_occur_on_either_side(verdicts: Verdicts) -> None:
    for origin in (Origin.LIVE, Origin.TEMPLATE):
        assert {"pass", "fail"} <= {verdict for (_, _, found), verdict in verdicts.items() if found is origin}
