"""A run that is cut off: killed, interrupted or out of room. Nothing half-made passes for a pack, nothing is lost.

Times differ from one run to the next, and so do digests over them; runs are compared by the records without the times
at which they were seen.
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from campaign import simulator
from lengths import at_length, in_turn

from grc import canonical
from grc.evidence import open_pack, verify
from grc.run import open_desk
from grc.run.demo.account import REGION, furnish
from grc.run.demo.clinic import write_workspace

SEED = 20261122
HERE = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
"""Where this very code is found, if that is not where it was installed."""
GRC = "from grc.cli import main; main()"
KEPT = "What was collected is kept: the same command goes on from there."
TIMES = frozenset(
    {"CreationTime", "generated_time", "LatestDeliveryAttemptTime", "LatestDeliveryTime", "LatestRestorableTime"}
)
"""What the simulator makes up anew at each call."""
SECONDS = 600.0
"""When a command hangs: long enough for a busy machine."""


LOOKED_AT = ("aws.s3.", "aws.iam.user.", "aws.kms.", "register.")
"""Enough kinds for a run to be cut off among, few enough to be waited for."""


@cache
def narrowed() -> tuple[str, ...]:
    return tuple(sorted(name for name in open_desk().policy.checks if name.startswith(LOOKED_AT)))


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Station:
    """A clinic's workspace and a simulated account beside it, which does not change."""

    folder: Path
    endpoint: str

    def start(self, *arguments: object, room: int | None = None) -> subprocess.Popen[str]:
        """Start ``grc``; ``room`` is the size in bytes that no file may pass, as on a full disk."""

        def prepared() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background is born without it
            if room is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        return subprocess.Popen(
            [sys.executable, "-c", GRC, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=prepared,  # noqa: PLW1509 - no threads of ours are alive in the child
        )

    def run(self, *arguments: object, room: int | None = None) -> Ended:
        """Run ``grc`` to its end."""
        return ended(self.start(*arguments, room=room))

    def scan(self, pack: Path) -> tuple[object, ...]:
        """The command that every run here gives: slow enough to be cut off, small enough to be waited for."""
        asked = [word for check in narrowed() for word in ("--check", check)]
        return ("scan", "aws", "registers", "--workspace", self.folder, "--out", pack, "--concurrency", "2", *asked)

    def environment(self) -> dict[str, str]:
        return {
            **HERE,
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "simulated",
            "AWS_SECRET_ACCESS_KEY": "simulated",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONDONTWRITEBYTECODE": "1",  # without room, Python leaves cut files in __pycache__ and trips over them
        }


def ended(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate(timeout=SECONDS)
    assert "Traceback" not in err, err
    return Ended(process.returncode, out, err)


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    folder = tmp_path_factory.mktemp("station")
    with simulator() as endpoint:
        furnish(endpoint)
        write_workspace(folder, today())
        yield Station(folder, endpoint)


def today() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC).date()


@pytest.fixture(scope="module")
def undisturbed(station: Station) -> Mapping[str, Any]:
    """What a run that nothing happens to collects."""
    pack = station.folder / "packs" / "undisturbed"
    ran = station.run(*station.scan(pack))
    assert ran.code == 3, ran.err
    return comparable(pack)


def comparable(pack: Path) -> Mapping[str, Any]:
    """Populations and records of a pack without times, by kind and place."""
    opened = open_pack(pack)
    return {
        f"{each.unit.kind} {each.unit.place}": {
            "population": timeless(each, "started", "finished"),
            "records": [timeless(record, "collected") for record in opened.records(each)],
        }
        for each in opened.populations()
    }


def timeless(value: Any, *times: str) -> Any:
    plain = json.loads(canonical.encode(value))
    return without({name: found for name, found in plain.items() if name not in times})


def without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without(found) for name, found in value.items() if name not in TIMES}
    return [without(found) for found in value] if isinstance(value, list) else value


def units_held(pack: Path) -> int:
    """How many populations the journal of a collection tells of."""
    journal = pack.with_name(pack.name + ".partial") / "journal.ndjson"
    try:
        return sum(b'"held":{' in line for line in journal.read_bytes().splitlines(keepends=True) if line[-1:] == b"\n")
    except OSError:
        return 0


def wait_until(reached: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for a moment of a run; it may also end before."""
    until = time.monotonic() + SECONDS
    while process.poll() is None and not reached():
        assert time.monotonic() < until, "the moment never came"
        time.sleep(0.002)


def cut(process: subprocess.Popen[str], number: int, jitter: float) -> Ended:
    time.sleep(jitter)
    process.send_signal(number)
    return ended(process)


def assert_nothing_half_made(pack: Path) -> None:
    """There is no pack, or it is whole."""
    if pack.exists():
        result = verify(pack)
        assert result.whole, result.faults


def assert_same_in_the_end(station: Station, pack: Path, undisturbed: Mapping[str, Any]) -> None:
    """The same command, or an assessment of what is sealed already, comes to what an undisturbed run does."""
    sealed = pack.exists()
    ran = station.run(*(("assess", pack, "--workspace", station.folder) if sealed else station.scan(pack)))
    assert ran.code == 3, ran.err
    result = verify(pack)
    assert result.whole, result.faults
    assert comparable(pack) == undisturbed
    again = station.run("reperform", pack)
    assert again.code == 0, again.err
    assert not list(pack.parent.glob(f"{pack.name}.*"))


MOMENTS = [
    pytest.param(number, units, id=f"{number.name}-{units}", marks=() if quick else pytest.mark.slow)
    for at, (number, units, quick) in enumerate(
        (
            (signal.SIGKILL, 5, True),
            (signal.SIGINT, 9, True),
            *((signal.SIGKILL, units, False) for units in (0, 1, 3, 8, 12, 15, 17)),
            *((signal.SIGINT, units, False) for units in (0, 2, 14)),
        )
    )
    if quick or in_turn(at, 3)
]


@pytest.mark.parametrize(("number", "units"), MOMENTS)
def test_a_collection_that_is_cut_off_goes_on_where_it_was(
    number: signal.Signals, units: int, station: Station, undisturbed: Mapping[str, Any], tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    process = station.start(*station.scan(pack))
    wait_until(lambda: units_held(pack) >= units and pack.with_name("pack.partial").exists(), process)
    ran = cut(process, number, random.Random(SEED + units).random() / 20)
    assert_nothing_half_made(pack)
    if number is signal.SIGINT and process.returncode != 3:
        assert ran.code == 130
        assert KEPT in ran.err
        assert not ran.out
    sealed, kept = pack.exists(), units_held(pack)
    assert sealed or kept >= units
    assert_same_in_the_end(station, pack, undisturbed)
    assert sealed or bool(open_pack(pack).manifest.run.resumed) is bool(kept)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=lambda number: number.name)
@pytest.mark.parametrize("jitter", range(at_length(1)))
def test_an_assessment_that_is_cut_off_leaves_the_evidence_whole(
    number: signal.Signals, jitter: int, station: Station, undisturbed: Mapping[str, Any], tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    process = station.start(*station.scan(pack))
    wait_until(pack.with_name("pack.assessment.partial").exists, process)
    ran = cut(process, number, random.Random(SEED + jitter).random() * 0.4)
    assert pack.exists()
    assert_nothing_half_made(pack)
    if number is signal.SIGINT and ran.code != 3:
        assert ran.code == 130
        assert "Interrupted" in ran.err
    assert_same_in_the_end(station, pack, undisturbed)


@pytest.mark.slow
def test_a_pack_that_was_not_named_is_named_when_it_is_cut_off(
    station: Station, undisturbed: Mapping[str, Any]
) -> None:
    """Its folder is called by the time: without its name nobody could go on with it."""
    begun = station.folder / ".grc" / "packs"
    process = station.start("scan", "aws", "registers", "--workspace", station.folder, "--concurrency", "2")
    wait_until(lambda: any(begun.glob("*.partial")), process)
    ran = cut(process, signal.SIGINT, 0)
    assert ran.code == 130
    assert KEPT in ran.err
    named = Path(ran.err.partition("--out ")[2].splitlines()[0])
    assert named.parent == begun
    assert named.with_name(f"{named.name}.partial").exists()
    assert_same_in_the_end(station, named, undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(at_length(2)))
def test_cut_off_again_and_again_it_still_ends(
    number: int, station: Station, undisturbed: Mapping[str, Any], tmp_path: Path
) -> None:
    """Killed at moments that only chance chooses, three times in a row."""
    pack, chance = tmp_path / "pack", random.Random(SEED + number)
    for _ in range(3):
        process = station.start(*station.scan(pack))
        cut(process, signal.SIGKILL, 0.5 + chance.random() * 2.5)
        assert_nothing_half_made(pack)
    assert_same_in_the_end(station, pack, undisturbed)


def test_no_room_while_collecting_keeps_what_was_collected(
    station: Station, undisturbed: Mapping[str, Any], tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    ran = station.run(*station.scan(pack), room=60_000)
    assert ran.code == 2
    assert "make room and run the same command again" in ran.err
    assert str(pack) in ran.err
    assert not ran.out
    assert not pack.exists()
    assert units_held(pack) > 0
    assert_same_in_the_end(station, pack, undisturbed)
    assert open_pack(pack).manifest.run.resumed


@pytest.mark.slow
@pytest.mark.parametrize(
    "room", [room for number, room in enumerate((0, 1, 500, 2000, 9000, 20_000, 60_000)) if in_turn(number, 3)]
)
def test_however_little_room_there_is_nothing_is_half_made(
    room: int, station: Station, undisturbed: Mapping[str, Any], tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    ran = station.run(*station.scan(pack), room=room)
    assert ran.code == 2, ran.err
    assert "make room" in ran.err
    assert_nothing_half_made(pack)
    assert_same_in_the_end(station, pack, undisturbed)


def test_no_room_while_assessing_or_reporting_leaves_the_evidence_whole(
    station: Station, undisturbed: Mapping[str, Any], tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    collected = station.run("collect", *station.scan(pack)[1:])
    assert collected.code == 0, collected.err
    ran = station.run("assess", pack, "--workspace", station.folder, room=30_000)
    assert ran.code == 2
    assert "make room and run the same command again" in ran.err
    assert not (pack / "assessments").exists()
    assert_nothing_half_made(pack)
    assert_same_in_the_end(station, pack, undisturbed)
    report = tmp_path / "report.html"
    for room, command in ((30_000, ("report", pack, "--out", report)), (450_000, ("report", pack, "--out", report))):
        ran = station.run(*command, room=room)
        assert ran.code == 2
        assert "cannot be written: File too large" in ran.err
        assert list(tmp_path.iterdir()) == [pack]
    ran = station.run("reperform", pack, room=45_000)
    assert ran.code == 3
    assert "temporary files: cannot be written: File too large: make room" in ran.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with very little room, where one may be made."""
    folder = tmp_path / "small"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.slow
def test_a_full_disk_is_said_and_nothing_is_half_made(
    small_disk: Path, station: Station, undisturbed: Mapping[str, Any]
) -> None:
    pack = small_disk / "pack"
    ran = station.run(*station.scan(pack))
    assert ran.code == 2
    assert "No space left on device: make room and run the same command again" in ran.err
    assert_nothing_half_made(pack)
    kept = units_held(pack)
    assert kept > 0 or pack.exists()
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    assert_same_in_the_end(station, pack, undisturbed)
