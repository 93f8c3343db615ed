"""Machines through a whole run: collected, sealed, assessed by the shipped checks, and performed again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from host_documents import denied, document, read, sections

from grc.collect.files import find
from grc.collect.host import open_hosts, recognise
from grc.errors import EvidenceError
from grc.evidence import Pack, PackWriter, RunFacts, SourceUsed, open_pack
from grc.model.assessment import CheckResult
from grc.model.evidence import Unit
from grc.model.status import Status
from grc.run import assess, open_desk, reperform
from grc.run.collecting import Asked
from grc.run.desk import Desk
from grc.run.judging import compiled, demand_of

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


class Silent:
    """Progress that nobody watches."""

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("workspace")
    (folder / "grc.yaml").write_text("format: grc.workspace/1\n")
    return open_desk(folder)


def sealed(desk: Desk, folder: Path, **documents: bytes) -> Pack:
    """A pack of the documents. What a run does, but for the words of a command line."""
    (folder / "hosts").mkdir(parents=True)
    for name, data in documents.items():
        (folder / "hosts" / f"{name}.json").write_bytes(data)
    tree = find(folder / "hosts")
    source = open_hosts(tree, recognise(tree), "hosts", lambda: NOW)
    checks = [check for check in desk.policy.checks.values() if check.kind.startswith("host.")]
    scope = {"sources": ["hosts"], "providers": ["host"], "checks": [check.id for check in checks], "frameworks": []}
    facts = RunFacts(id="run", started=NOW, engine="1", scope=scope)
    with PackWriter(folder / "pack", facts, desk.kinds) as writer:
        source.collect(demand_of(compiled(checks, desk.kinds)), writer, Silent())
        writer.seal(finished=NOW, sources=[SourceUsed(name=source.name, version=source.version)])
    return open_pack(folder / "pack")


def results(desk: Desk, pack: Path, as_of: datetime = NOW) -> Mapping[str, CheckResult]:
    found = assess(desk, pack, Asked(), as_of=as_of).assessment()
    return {result.check: result for result in found.checks if str(result.check).startswith("host.")}


def test_a_machine_is_assessed_and_performed_again(desk: Desk, tmp_path: Path) -> None:
    sealed(desk, tmp_path, web1=document())
    found = results(desk, tmp_path / "pack")
    assert len(found) == 80
    status = {name.rpartition(".")[2]: result.status for name, result in found.items()}
    assert status["ssh-root-login"] is Status.SATISFIED
    assert status["ssh-x11-forwarding"] is Status.NOT_SATISFIED  # by a Match block
    assert status["sudo-passwordless"] is Status.NOT_SATISFIED
    assert status["volumes-encrypted"] is Status.SATISFIED
    assert status["no-legacy-services"] is Status.NOT_SATISFIED
    assert status["kernel-addresses-hidden"] is Status.UNKNOWN
    assert status["password-hash"] is Status.SATISFIED
    assert found["host.listener.allowed"].not_applicable == 1
    assert reperform(tmp_path / "pack").same


def verdicts(desk: Desk, pack: Path) -> Mapping[str, Mapping[str, str]]:
    """By machine, then by check and what was looked at on it."""
    found: dict[str, dict[str, str]] = {}
    for chunk in assess(desk, pack, Asked(), as_of=NOW).observations():
        for line in chunk.splitlines():
            seen = json.loads(line)
            host, _, below = str(seen["subject"]).partition("/")
            for one in seen["observations"]:
                found.setdefault(host, {})[f"{one['check']} {below}"] = one["verdict"]
    return found


def test_no_verdict_rests_on_a_section_that_was_denied(desk: Desk, tmp_path: Path) -> None:
    """A machine for each section that is denied to it, beside one that was read whole."""
    blind = {
        name: document({name: [denied(each["what"]) for each in reads]}, host_id=name, hostname="web1")
        for name, reads in sections().items()
    }
    sealed(desk, tmp_path, whole=document(host_id="whole"), **blind)
    found = verdicts(desk, tmp_path / "pack")
    moved = set()
    for name in blind:
        for check, verdict in found["whole"].items():
            after = found.get(name, {}).get(check, "unknown")  # accounts and ports that are not listed are a gap
            assert after in (verdict, "unknown"), (name, check)
            moved |= {name} if after != verdict else set()
    assert set(blind) - moved == {"os"}  # it only tells whether disks may be encrypted from below


def test_age_counts_from_the_instant_of_the_document(desk: Desk, tmp_path: Path) -> None:
    old = document(collected="2026-11-10T08:00:00Z")
    sealed(desk, tmp_path, web1=old)
    found = results(desk, tmp_path / "pack")
    assert found["host.machine.ssh-root-login"].status is Status.STALE
    assert found["host.machine.sudo-passwordless"].status is Status.NOT_SATISFIED


def test_evidence_newer_than_the_assessment_is_refused(desk: Desk, tmp_path: Path) -> None:
    sealed(desk, tmp_path, web1=document())
    with pytest.raises(EvidenceError):
        results(desk, tmp_path / "pack", datetime(2026, 11, 22, 7, tzinfo=UTC))


def test_one_machine_that_cannot_be_read_leaves_no_check_satisfied(desk: Desk, tmp_path: Path) -> None:
    sealed(desk, tmp_path, web1=document(), web2=document(host_id="h2", hostname="web2")[:-99])
    found = results(desk, tmp_path / "pack")
    assert {result.status for result in found.values()} <= {Status.UNKNOWN, Status.NOT_SATISFIED}
    assert found["host.machine.sudo-passwordless"].status is Status.NOT_SATISFIED


def test_a_machine_read_as_nobody(desk: Desk, tmp_path: Path) -> None:
    changed = {
        "accounts": [*sections()["accounts"][:2], denied("/etc/shadow")],
        "sudo": [denied("/etc/sudoers"), read("x")],
    }
    sealed(desk, tmp_path, web1=document(changed, uid=1000))
    found = results(desk, tmp_path / "pack")
    assert found["host.user.password-not-empty"].status is Status.UNKNOWN
    assert found["host.machine.sudo-passwordless"].status is Status.UNKNOWN
    assert found["host.user.only-root-is-root"].status is Status.SATISFIED
