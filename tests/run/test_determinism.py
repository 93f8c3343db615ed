"""The same input gives the same bytes: whatever the interpreter, the machine's settings, or the order of things.

One pack is assessed and reported in processes of their own, each with other circumstances; not a byte may differ.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aws_cassette import Told
from campaign import COLLECTED, Recorded, demand, desk, made_up_credentials, registers, source
from lengths import at_length, in_turn

from grc.evidence import Pack, PackWriter, RunFacts, SourceUsed, open_pack, verify

ASSESS = """
import os, random, sys
backwards, workspace, pack, as_of, out = sys.argv[1:]
if backwards == "backwards":
    listed, scanned = os.listdir, os.scandir
    class Scanned:
        def __init__(self, path):
            with scanned(path) as entries:
                self.entries = iter(sorted(entries, key=lambda entry: entry.name, reverse=True))
        def __iter__(self): return self.entries
        def __next__(self): return next(self.entries)
        def __enter__(self): return self
        def __exit__(self, *_): pass
        def close(self): pass
    os.listdir = lambda path=".": sorted(listed(path), reverse=True)
    os.scandir = lambda path=".": Scanned(path)
from grc.cli import main
def run(*arguments):
    try:
        main(arguments)
    except SystemExit as ended:
        print(arguments[0], "ended with", ended.code, flush=True)
run("assess", pack, "--workspace", workspace, "--as-of", as_of)
run("report", pack, "--format", "html", "--out", out + "/report.html")
run("report", pack, "--format", "json", "--out", out + "/report.json")
run("reperform", pack, "--format", "json")
"""


@dataclass(frozen=True)
class Circumstances:
    """What must make no difference."""

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    elsewhere: bool = False
    backwards: bool = False


HERE = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
"""Where this very code is found, if that is not where it was installed."""
PLAIN = Circumstances("plain", {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"})
ALL_AT_ONCE = Circumstances(
    "all-at-once",
    {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0"},
    flags=("-O",),
    elsewhere=True,
    backwards=True,
)
ONE_BY_ONE = (
    Circumstances("hash-seed", {"PYTHONHASHSEED": "4242"}),
    Circumstances("no-hash-seed", {"PYTHONHASHSEED": "random"}),
    Circumstances("turkish", {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}),
    Circumstances("latin-1", {"LC_ALL": "de_DE.ISO-8859-1", "PYTHONUTF8": "0"}),
    Circumstances("ascii", {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    Circumstances("east", {"TZ": "Pacific/Kiritimati"}),
    Circumstances("west", {"TZ": "Pacific/Pago_Pago"}),
    Circumstances("half-hour", {"TZ": "America/St_Johns"}),
    Circumstances("elsewhere", elsewhere=True),
    Circumstances("backwards", backwards=True),
    Circumstances("optimised", flags=("-O",)),
    Circumstances("without-docstrings", flags=("-OO",)),
    Circumstances("development-mode", flags=("-X", "dev")),
)


@dataclass(frozen=True)
class Made:
    """What a process left: the digests of its files, by name, and what it printed."""

    files: Mapping[str, str]
    said: str


@dataclass(frozen=True)
class Assessed:
    """Assesses copies of one pack."""

    workspace: Path
    pack: Path
    root: Path
    as_of: str

    def under(self, told: Circumstances) -> Made:
        """Assess and report a copy under these circumstances."""
        folder = self.root / told.name
        work, copy = folder / "here", folder / "pack"
        work.mkdir(parents=True)
        shutil.copytree(self.pack, copy)
        shutil.rmtree(copy / "assessments")
        arguments = ["backwards" if told.backwards else "forwards", self.workspace, copy, self.as_of, folder]
        run = subprocess.run(
            [sys.executable, *told.flags, "-W", "error::EncodingWarning", "-c", ASSESS, *map(str, arguments)],
            cwd=work if told.elsewhere else self.root,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), **HERE, **told.environment},
            capture_output=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr.decode(errors="replace")
        assert not run.stderr, run.stderr.decode(errors="replace")
        assert not list(work.iterdir())
        made = {path.relative_to(folder).as_posix(): digest(path) for path in found(folder)}
        return Made(made, run.stdout.decode(errors="replace").replace(str(folder), "FOLDER"))


def found(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def assessed(clinic: Path, pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Assessed:
    newest = open_pack(pack).newest
    assert newest is not None
    as_of = (newest + timedelta(hours=1)).isoformat()
    return Assessed(clinic / "workspace", pack, tmp_path_factory.mktemp("determinism"), as_of)


@pytest.fixture(scope="module")
def plain(assessed: Assessed) -> Made:
    return assessed.under(PLAIN)


def test_every_verdict_is_there_to_be_compared(plain: Made) -> None:
    names = {Path(name).name for name in plain.files}
    assert {"observations.ndjson.zst", "findings.json", "report.html", "report.json", "manifest.json"} <= names
    assert "assess ended with 3" in plain.said
    assert '"same": true' in plain.said
    assert "report ended with 0" in plain.said


def test_nothing_of_the_machine_makes_a_difference(assessed: Assessed, plain: Made) -> None:
    made = assessed.under(ALL_AT_ONCE)
    assert made.files == plain.files
    assert made.said == plain.said


@pytest.mark.slow
@pytest.mark.parametrize(
    "told", [one for number, one in enumerate(ONE_BY_ONE) if in_turn(number, 2)], ids=lambda told: told.name
)
def test_no_single_circumstance_makes_a_difference(assessed: Assessed, plain: Made, told: Circumstances) -> None:
    made = assessed.under(told)
    assert made.files == plain.files
    if told.name not in ("latin-1", "ascii"):  # there the terminal cannot show every character
        assert made.said == plain.said


def test_assessing_twice_is_one_assessment(assessed: Assessed, plain: Made) -> None:
    folder = assessed.root / PLAIN.name
    run = subprocess.run(
        [sys.executable, "-c", ASSESS, "forwards", assessed.workspace, folder / "pack", assessed.as_of, folder],
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert {path.relative_to(folder).as_posix(): digest(path) for path in found(folder)} == plain.files


@pytest.fixture
def offline() -> Iterator[None]:
    with made_up_credentials():
        yield


def sealed(estate: Recorded, folder: Path, seed: int) -> Pack:
    """A pack of the estate, its calls answered and its units and records given in another order for each seed."""
    order = random.Random(seed)
    tape = estate.faulted(delay=lambda: time.sleep(order.random() / 500))
    held = estate.collected(tape, concurrency=1 + seed % 7)
    registers(estate.registers).collect(demand(), held, Told())
    units = list(held.units.values())
    order.shuffle(units)
    with PackWriter(folder, RunFacts(id="r", started=COLLECTED, engine="0", scope={}), desk().kinds) as writer:
        for population, records in units:
            shuffled = list(records)
            order.shuffle(shuffled)
            writer.write(population, shuffled)
        used = [SourceUsed(name="aws", version="1"), SourceUsed(name="registers", version="1")]
        order.shuffle(used)
        writer.seal(finished=COLLECTED, sources=used)
    assert verify(folder).whole
    return open_pack(folder)


@pytest.fixture(scope="module")
def first(estate: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The pack that the others are compared with."""
    with made_up_credentials():
        return sealed(estate, tmp_path_factory.mktemp("order") / "first", 0)


@pytest.mark.parametrize(
    "seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 3 + at_length(1)))]
)
def test_the_order_of_answers_and_records_makes_no_difference(
    seed: int, first: Pack, estate: Recorded, offline: None, tmp_path: Path
) -> None:
    other = sealed(estate, tmp_path / "other", seed)
    assert [held.content.digest for held in first.manifest.populations] == [
        held.content.digest for held in other.manifest.populations
    ]
    assert first.digest == other.digest
    assert sum(held.content.lines for held in first.manifest.populations) > 50


def test_concurrent_collections_see_the_same(estate: Recorded, offline: None) -> None:
    """Sixteen threads or one: populations and records are the same values."""
    one = estate.collected(concurrency=1)
    many = estate.collected(estate.faulted(delay=lambda: time.sleep(0.002)), concurrency=16)
    assert one.units == many.units
    assert source(estate.faulted()).kinds() >= {unit.kind for unit in one.units}
