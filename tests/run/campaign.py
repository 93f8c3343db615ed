"""A recorded estate and what the engine concludes of it: what campaigns break, one call at a time.

Two simulated accounts' worth of resources, good ones and bad ones, stand in one recording, and a clinic's registers
beside it. Nothing here judges: collecting, judging and concluding are the engine's own.
"""

from __future__ import annotations

import base64
import logging
import os
import pickle
import re
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import botocore.session
import pytest
from aws_cassette import Cassette, Faults, Held, Hooks, Kept, Told
from aws_estate import seed
from aws_faults import hurried
from botocore.config import Config
from observation_lines import single

from grc.assess import Seen, conclude, observe
from grc.collect.aws import AwsSource
from grc.collect.aws.allowlist import Read
from grc.collect.aws.declared import Resource, load
from grc.collect.aws.shapes import service_model
from grc.collect.persons import Pseudonyms
from grc.collect.registers import RegisterSource
from grc.evidence.lines import record_line
from grc.model.assessment import Assessment, Effective, PopulationResult, Scope, SetSummary
from grc.model.evidence import Demand, GapReason, Population, Record, Unit
from grc.model.identifiers import CheckId, ControlId, KindName, RequirementId
from grc.model.status import GOOD, Status
from grc.policy import CheckProgram
from grc.run.demo.account import furnish
from grc.run.demo.clinic import write_workspace
from grc.run.desk import Desk, open_desk
from grc.run.judging import compiled, demand_of

REGIONS = ("eu-central-1", "us-east-1")
COLLECTED = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
AS_OF = COLLECTED + timedelta(hours=1)
KEY = b"a key for tests only, 32 bytes.."
TAPE = "tape.pickle"

Key = tuple[str, str, str, str]
"""Check, kind, subject, place."""
Holed = TypeVar("Holed", Population, Record)
Units = Mapping[Unit, tuple[Population, Sequence[Record]]]


@cache
def desk() -> Desk:
    """The shipped policy and kinds."""
    return open_desk()


@cache
def programs() -> tuple[CheckProgram, ...]:
    """Every shipped check that reads AWS and registers alone, ready to run: the rest calls nothing of AWS."""
    everything = compiled(desk().policy.checks.values(), desk().kinds)
    return tuple(each for each in everything if all(name.startswith(("aws.", "register.")) for name in _read_by(each)))


def _read_by(program: CheckProgram) -> Iterator[str]:
    yield program.kind.name
    yield from (related.kind.name for related in program.related)


@cache
def demand() -> Demand:
    """What the shipped checks read."""
    return demand_of(programs())


@cache
def effective() -> Effective:
    """Every framework, every check, nothing waived."""
    return Effective(
        as_of=AS_OF,
        scope=Scope(
            frameworks=tuple(sorted(desk().policy.catalogues)),
            providers=frozenset({"aws", "register"}),
            checks=frozenset(program.check.id for program in programs()),
        ),
        parameters={},
        org={"timezone": "UTC", "tags": {}},
        max_age_days={},
    )


@dataclass(frozen=True)
class Store:
    """A collection in memory, read like a pack."""

    units: Units

    def populations(self) -> list[Population]:
        return [self.units[unit][0] for unit in sorted(self.units, key=lambda unit: (unit.kind, unit.place))]

    def lines(self, population: Population) -> Iterator[bytes]:
        chunk = b"".join(record_line(record) + b"\n" for record in self.units[population.unit][1])
        if chunk:
            yield chunk


@dataclass(frozen=True)
class Concluded:
    """What the statuses of the checks come to."""

    controls: Mapping[ControlId, Status]
    requirements: Mapping[RequirementId, Status]
    sets: tuple[SetSummary, ...]


@dataclass(frozen=True)
class Judged:
    """What the engine says of a collection. Observations are by check and subject, as they are written.

    ``before``: of which checks ``again`` are the ones that were run again, because a kind that they read was replaced.
    Every other one has the same populations and results, and so its status.
    """

    store: Store
    observations: Mapping[Key, Mapping[str, Any]]
    results: Mapping[CheckId, tuple[PopulationResult, ...]]
    before: Judged | None = None
    again: frozenset[CheckId] = frozenset()

    @cached_property
    def verdicts(self) -> dict[Key, str]:
        return {key: seen["verdict"] for key, seen in self.observations.items()}

    @cached_property
    def checks(self) -> dict[CheckId, Status]:
        every = desk().policy.checks
        running = every if self.before is None else {name: every[name] for name in self.again}
        alone = replace(desk().policy, catalogues={}, controls={}, checks=running)
        no_framework = replace(effective(), scope=replace(effective().scope, frameworks=()))
        made = self._statuses(conclude(alone, no_framework, self._seen, policy_digest="none"))
        return made if self.before is None else {**self.before.checks, **made}

    @property
    def concluded(self) -> Concluded:
        """Controls and requirements, concluded once for all faults under which the checks come to the same."""
        key = frozenset(self.checks.items())
        if key not in CONCLUDED:
            CONCLUDED[key] = self.concluded_anew()
        return CONCLUDED[key]

    def concluded_anew(self) -> Concluded:
        """The whole policy concluded; no check that was not run again comes to something else."""
        made = conclude(desk().policy, effective(), self._seen, policy_digest="none")
        assert self._statuses(made) == self.checks
        return Concluded(
            {result.control: result.status for result in made.controls},
            {finding.requirement: finding.engine_status for finding in made.findings},
            tuple(one for framework in made.frameworks for one in framework.sets),
        )

    @property
    def _seen(self) -> Seen:
        populations = self.store.populations()
        return Seen(populations=populations, kinds=desk().kinds, results=self.results, evidence_digest="none")

    def _statuses(self, made: Assessment) -> dict[CheckId, Status]:
        return {result.check: result.status for result in made.checks if result.check in self.results}


CONCLUDED: dict[frozenset[tuple[CheckId, Status]], Concluded] = {}
"""What was concluded already, by what every check came to."""


def judged(store: Store, chosen: Iterable[CheckProgram] | None = None) -> Judged:
    """Run the checks (all, if none are chosen) over a store."""
    written: list[bytes] = []
    running = programs() if chosen is None else tuple(chosen)
    results = observe(store, running, desk().kinds, (), AS_OF, effective().org, written.append)
    return Judged(store, {_key(seen): seen for seen in single(b"".join(written))}, results)


def _key(seen: Mapping[str, Any]) -> Key:
    return seen["check"], seen["kind"], seen["subject"], seen["place"]


@dataclass
class Recorded:
    """The estate on tape."""

    kept: Mapping[tuple[str, ...], Kept]
    registers: Path

    def tape(self, **faults: Any) -> Cassette:
        return Cassette(kept=dict(self.kept), **faults)

    def faulted(
        self, faults: Faults | None = None, hooks: Hooks | None = None, delay: Callable[[], None] = lambda: None
    ) -> Cassette:
        """The one tape that is played again and again, with these faults: to make its clients takes four times as long
        as all answers."""
        return self._reel.playing(faults, hooks, delay)

    @cached_property
    def _reel(self) -> Cassette:
        return self.tape()

    def collected(self, tape: Cassette | None = None, wanted: Demand | None = None, **options: Any) -> Held:
        """A collection from the tape. Its clients are used by all, some of which make them wait: see ``hurried``."""
        sink = Held()
        with hurried():
            source(tape or self.faulted(), **options).collect(demand() if wanted is None else wanted, sink, Told())
        return sink

    @cached_property
    def rows(self) -> Held:
        """The registers of people and the like."""
        sink = Held()
        registers(self.registers).collect(demand(), sink, Told())
        return sink

    def store(self, held: Held) -> Store:
        """A collection of the account, with the registers beside it."""
        return Store({**self.rows.units, **held.units})

    @cached_property
    def baseline(self) -> Judged:
        """The estate when every call answers."""
        return judged(self.store(self.collected()))


def source(tape: Cassette, **options: Any) -> AwsSource:
    given = {"regions": REGIONS, "attempts": 1, "concurrency": 2, "pseudonyms": Pseudonyms(KEY), **options}
    return AwsSource(lambda: tape.session, clock=lambda: COLLECTED, **given)


def registers(folder: Path) -> RegisterSource:
    return RegisterSource(
        folder=folder,
        registers={name: kind for name, kind in desk().kinds.items() if kind.provider == "register"},
        timezone=ZoneInfo("UTC"),
        pseudonyms=Pseudonyms(KEY),
        clock=lambda: COLLECTED,
        files={},
        redact={},
    )


def record(folder: Path) -> None:
    """Make the estate on a simulator, collect it once and keep every answer; registers go into ``folder`` too."""
    tape = Cassette(record=True)
    with made_up_credentials(), simulator() as endpoint:
        os.environ["AWS_ENDPOINT_URL"] = endpoint
        furnish(endpoint)
        session = botocore.session.Session()
        seed(
            lambda service: session.create_client(
                service, region_name="us-east-1", config=Config(inject_host_prefix=False)
            )
        )
        source(tape).collect(demand(), Held(), Told())
    write_workspace(folder, COLLECTED.date())
    _someone_who_left_for_good(folder / "registers" / "people.csv")
    kept = {key: _as_aws_tells(key, answer) for key, answer in tape.kept.items()}
    (folder / TAPE).write_bytes(pickle.dumps(kept))


@cache
def recorded(folder: Path) -> Recorded:
    """The estate that is kept in a folder."""
    return Recorded(pickle.loads((folder / TAPE).read_bytes()), folder / "registers")


SIMULATOR = """
import logging, sys
from grc.run.demo.simulator import simulated_aws
logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
with simulated_aws() as endpoint:
    print(endpoint, flush=True)
    sys.stdin.read()
"""


@contextmanager
def simulator() -> Iterator[str]:
    """A simulated AWS in a process of its own, so that nothing of it is left in this one; gives its endpoint."""
    command = [sys.executable, "-W", "ignore", "-c", SIMULATOR]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        yield running.stdout.readline().strip()
        running.stdin.close()


@contextmanager
def made_up_credentials() -> Iterator[None]:
    """Nothing of this machine's own, as long as the block lasts."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("AWS_"):
                patch.delenv(name)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


def _someone_who_left_for_good(people: Path) -> None:
    """One leaver without an IAM user, so that the truth check passes on somebody."""
    lines = people.read_text().splitlines()
    leaver = next(line for line in lines if ",charlie," in line)
    people.write_text("\n".join([*lines, leaver.replace("C-003", "C-009").replace(",charlie,", ",nobody,"), ""]))


REPORT = re.compile(rb"(<Content>)(.*?)(</Content>)", re.DOTALL)


YEARS_OLD: Mapping[str, str] = {
    "DescribeDBInstances": "InstanceCreateTime",
    "DescribeInstances": "launchTime",
    "GetAccountAuthorizationDetails": "CreateDate",
    "ListAccessKeys": "CreateDate",
    "ListBuckets": "CreationDate",
}
"""The times that say how old a resource is, by operation: a resource made just now is too young for some checks."""


def _as_aws_tells(key: tuple[str, ...], kept: Kept) -> Kept:
    """What the simulator leaves out: the root user in the credential report, and resources that are years old."""
    body = kept.body
    if key[1] == "GetCredentialReport":
        body = REPORT.sub(_with_root, body)
    if key[1] in YEARS_OLD:
        body = re.sub(rf"(<{YEARS_OLD[key[1]]}>)\d{{4}}".encode(), rb"\g<1>2020", body)
    headers = {name: value for name, value in kept.headers.items() if name.lower() != "content-length"}
    return replace(kept, body=body, headers=headers)


def _with_root(found: re.Match[bytes]) -> bytes:
    header, *rows = base64.b64decode(found[2]).decode().splitlines()
    told = {"user": "<root_account>", "arn": "arn:aws:iam::123456789012:root", "mfa_active": "true"}
    told |= {"user_creation_time": "2020-01-01T00:00:00+00:00", "password_last_used": "no_information"}
    empty = {name: "false" if name.endswith("_active") else "N/A" for name in header.split(",")}
    root = ",".join({**empty, **told}[name] for name in header.split(","))
    return found[1] + base64.b64encode("\n".join([header, root, *rows]).encode()) + found[3]


def reads_of(resource: Resource) -> frozenset[Read]:
    """Every operation that a kind may be read by."""
    listed = tuple(read for listing in resource.listings for read in listing.reads)
    return frozenset((*listed, *(read for section in resource.sections.values() for read in section.reads)))


def event(read: Read) -> str:
    """What botocore calls the operation."""
    return f"{service_model(read.service).service_id.hyphenize()}:{read.operation}"


def declared_reads() -> list[Read]:
    """Every operation that some kind is read by."""
    return sorted({read for resource in load().values() for read in reads_of(resource)}, key=lambda read: read.call)


@cache
def kinds_of(read: Read) -> frozenset[KindName]:
    """The kinds for which the shipped checks have the operation called."""
    wanted = {name: load()[name].wanted(paths) for name, paths in demand().items() if name in load()}
    listings = {name for name in wanted if any(read in each.reads for each in load()[name].listings)}
    return frozenset(listings) | {name for name, parts in wanted.items() if any(read in part.reads for part in parts)}


def touched_by(kinds: Iterable[KindName]) -> list[CheckProgram]:
    """The checks on these kinds, and those that join them."""
    wanted = frozenset(kinds)
    return [
        program
        for program in programs()
        if program.kind.name in wanted or any(each.kind.name in wanted for each in program.related)
    ]


def under(estate: Recorded, tape: Cassette, kinds: Iterable[KindName], **options: Any) -> Judged:
    """The estate with the tape's faults, which concern these kinds; all the rest is as it was at first.

    Evidence that differs from that of a fault before in the words of its gaps alone is not judged again.
    """
    units = under_fault(estate, tape, kinds, **options)
    told = {unit: _without_words(*found) for unit, found in units.items()}
    for before, known in JUDGED:
        if before == told:
            return known
    JUDGED.append((told, anew(estate.baseline, kinds, units)))
    return JUDGED[-1][1]


def under_fault(estate: Recorded, tape: Cassette, kinds: Iterable[KindName], **options: Any) -> Units:
    """What is collected of these kinds with the tape's faults."""
    affected = frozenset(kinds)
    held = estate.collected(tape, {name: demand()[name] for name in affected}, **options)
    return {unit: found for unit, found in held.units.items() if unit.kind in affected}


JUDGED: deque[tuple[object, Judged]] = deque(maxlen=4)
"""What the last few faults came to: those of one operation follow one another."""


def _without_words(population: Population, records: Sequence[Record]) -> tuple[Population, list[Record]]:
    return _wordless(population), [_wordless(record) for record in records]


def _wordless(found: Holed) -> Holed:
    """A population, or a record, whose gaps say what is missing and not why."""
    gaps = tuple(replace(gap, reason=GapReason.NOT_PROVIDED, detail=None) for gap in found.gaps)
    return replace(found, gaps=gaps) if gaps else found


def anew(before: Judged, kinds: Iterable[KindName], units: Mapping[Unit, Any]) -> Judged:
    """What is concluded when these kinds are replaced; checks that do not touch them are not run again."""
    affected = frozenset(kinds)
    rest = {unit: found for unit, found in before.store.units.items() if unit.kind not in affected}
    chosen = touched_by(affected)
    names = frozenset(program.check.id for program in chosen)
    made = judged(Store({**rest, **units}), chosen)
    kept = {key: seen for key, seen in before.observations.items() if key[0] not in names}
    return Judged(made.store, {**kept, **made.observations}, {**before.results, **made.results}, before, names)


def assert_nothing_gained(before: Judged, after: Judged) -> None:
    """No verdict, status or figure is better or decided otherwise than before, and nothing went missing unsaid."""
    assert_no_check_gains(before, after)
    _assert_no_better(before.concluded.requirements, after.concluded.requirements)
    _assert_no_better(before.concluded.controls, after.concluded.controls)
    for old, new in zip(before.concluded.sets, after.concluded.sets, strict=True):
        assert old.id == new.id
        assert _figure(new.floor) <= _figure(old.floor)
        assert new.applicable == old.applicable


def assert_no_check_gains(before: Judged, after: Judged) -> None:
    """The same of verdicts and checks alone: to conclude the whole policy takes longer than to judge what changed."""
    for key, verdict in after.verdicts.items():
        assert key in before.verdicts, f"{key} was not there before"
        assert verdict in ("unknown", before.verdicts[key]), f"{key}: {before.verdicts[key]} became {verdict}"
    for key in before.verdicts.keys() - after.verdicts.keys():
        assert _said_to_be_incomplete(after, key), f"{key} is gone, and nothing says so"
    _assert_no_better(before.checks, after.checks)


def _assert_no_better(before: Mapping[str, Status], after: Mapping[str, Status]) -> None:
    """Nothing moves into good; nor does anything undecided become a failure. ``partial`` is no failure and no good."""
    assert before.keys() == after.keys()
    for name, status in after.items():
        assert status not in GOOD or status is before[name], f"{name}: {before[name]} became {status}"
        if status is Status.NOT_SATISFIED:
            assert before[name] in (Status.NOT_SATISFIED, Status.PARTIAL), f"{name}: {before[name]} became {status}"


def _said_to_be_incomplete(after: Judged, key: Key) -> bool:
    """Whether the population that held a subject, or its whole kind in the account, says what was not seen."""
    _, kind, _, place = key
    found = [each for each in after.store.populations() if each.unit.kind == kind]
    return any(not each.complete and each.gaps for each in found if place.startswith(each.unit.place))


def _figure(ratio: float | None) -> float:
    return 0.0 if ratio is None else ratio
