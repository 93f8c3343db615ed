"""A pack is written whole or not at all."""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from evidence_samples import DENIED, KINDS, NOW, RUN, SOURCES, document, estate, population, record, write

from grc.errors import EvidenceError
from grc.evidence import Pack, PackWriter, Redacted, open_pack, verify
from grc.kinds import kind_from
from grc.model.evidence import Gap, GapReason, Origin, Population, Record, Unit


def contents(pack: Pack) -> dict[str, str]:
    return {held.file: held.content.digest for held in pack.manifest.populations}


def seal(writer: PackWriter) -> str:
    return writer.seal(finished=NOW + timedelta(minutes=2), sources=SOURCES)


def collect(folder: Path) -> None:
    """What a run does, an interrupted one or not."""
    with PackWriter(folder, RUN, KINDS) as writer:
        for seen, records in estate():
            if not writer.has(seen.unit):
                writer.write(seen, records)
        seal(writer)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    pack = write(tmp_path / "P")
    by_unit = {(seen.unit.kind, seen.unit.place): (seen, records) for seen, records in estate()}
    assert [(found.unit.kind, found.unit.place) for found in pack.populations()] == sorted(by_unit)
    for found in pack.populations():
        seen, records = by_unit[found.unit.kind, found.unit.place]
        assert found == seen
        assert list(pack.records(found)) == sorted(records, key=lambda record: record.subject)
    assert verify(tmp_path / "P").whole
    assert not (tmp_path / "P.partial").exists()


def test_the_order_of_writing_changes_nothing(tmp_path: Path) -> None:
    first = write(tmp_path / "P")
    shuffled = [(seen, random.Random(4).sample(records, len(records))) for seen, records in reversed(estate())]
    assert write(tmp_path / "Q", shuffled).digest == first.digest


def test_threads_write_at_once(tmp_path: Path) -> None:
    found = [
        (population("aws.kms.key", f"aws/{n}", 40), [record(f"k{m}", "aws.kms.key", f"aws/{n}") for m in range(40)])
        for n in range(60)
    ]
    one = write(tmp_path / "one", found)
    with PackWriter(tmp_path / "many", RUN, KINDS) as writer:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda unit: writer.write(*unit), found))
        seal(writer)
    assert open_pack(tmp_path / "many").digest == one.digest


def test_a_tag_map_that_was_read_and_is_empty_is_not_one_that_was_not_read(tmp_path: Path) -> None:
    pack = write(tmp_path / "P", [(population(count=2), [record("a", tags={}), record("b")])])
    assert [found.tags for found in pack.records(pack.populations()[0])] == [{}, None]


def test_times_are_written_in_utc(tmp_path: Path) -> None:
    local = (NOW + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=5, minutes=30)))
    pack = write(tmp_path / "P", [(population(count=1, started=local), [record("a", collected=local)])])
    assert b'"collected":"2026-03-01T09:30:01Z"' in b"".join(pack.lines(pack.populations()[0]))


# what is refused


def refused(tmp_path: Path, seen: Population, *records: Record) -> str:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        with pytest.raises(EvidenceError) as error:
            writer.write(seen, records)
        assert not writer.has(seen.unit)
        writer.write(*estate()[1])  # the writer goes on
        seal(writer)
    assert [found.unit.kind for found in open_pack(tmp_path / "P").populations()] == ["aws.kms.key"]
    assert verify(tmp_path / "P").whole
    return str(error.value)


def test_a_subject_that_differs_from_itself_is_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, population(count=2), record("b", body={"Name": "1"}), record("b", body={"Name": "2"}))
    assert "'b'" in said
    assert "twice with different contents" in said


def test_a_subject_that_was_given_twice_alike_stands_once_at_the_earlier_time(tmp_path: Path) -> None:
    later = record("b", collected=NOW + timedelta(seconds=9))
    pack = write(tmp_path / "P", [(population(count=3), [later, record("b"), record("a")])])
    assert pack.populations()[0].count == 2
    assert [found.subject for found in pack.records(pack.populations()[0])] == ["a", "b"]
    assert pack.record("aws.s3.bucket", "b") == record("b")
    assert verify(tmp_path / "P").whole


def test_a_subject_in_two_places_is_kept_in_both(tmp_path: Path) -> None:
    found = [(population(place=place, count=1), [record("same", place=place)]) for place in ("aws/2", "aws/1")]
    pack = write(tmp_path / "P", found)
    assert [held.place for held in pack.records_of("aws.s3.bucket", "same")] == ["aws/1", "aws/2"]


@pytest.mark.parametrize(
    "body",
    [{"Name": None}, {"a": [{"b": {"c": None}}]}, {"a": [1, None]}],
)
def test_an_explicit_null_is_refused(tmp_path: Path, body: dict[str, object]) -> None:
    assert "explicit null" in refused(tmp_path, population(count=1), record("b", body=body))


def test_the_text_null_is_not_a_null(tmp_path: Path) -> None:
    assert write(tmp_path / "P", [(population(count=1), [record("b", body={"Name": "x:null,null"})])])


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), "\ud800", 10**5000, object(), {1, 2.5, "x"}],
    ids=lambda value: type(value).__name__,
)
def test_what_json_has_no_form_for_is_refused(tmp_path: Path, value: object) -> None:
    assert "cannot be written" in refused(tmp_path, population(count=1), record("b", body={"Name": value}))


def test_a_body_too_deep_is_refused(tmp_path: Path) -> None:
    body: dict[str, object] = {}
    for _ in range(100_000):
        body = {"x": body}
    assert "cannot be written" in refused(tmp_path, population(count=1), record("b", body=body))


@pytest.mark.parametrize(
    "wrong",
    [
        record("b", "aws.kms.key"),
        record("b", place="aws/2"),
        record("b", origin=Origin.PLAN),
        record("b", collected=NOW.replace(tzinfo=None)),
    ],
)
def test_a_record_of_another_population_or_time_is_refused(tmp_path: Path, wrong: Record) -> None:
    refused(tmp_path, population(count=1), wrong)


def test_a_count_that_is_not_the_number_of_records_is_refused(tmp_path: Path) -> None:
    assert "says 2 records and gave 1" in refused(tmp_path, population(count=2), record("b"))


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    assert "not known here" in refused(tmp_path, population("aws.sqs.queue"))


@pytest.mark.parametrize(
    "again",
    [
        population(origin=Origin.PLAN, unit=Unit(source="terraform", place="aws/1", kind="aws.s3.bucket")),
        population(origin=Origin.STATE),
        population(unit=Unit(source="other", place="aws/1", kind="aws.s3.bucket")),
        population(),
    ],
)
def test_one_kind_in_one_place_has_one_population(tmp_path: Path, again: Population) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(population(count=1), [record("a")])
        assert not writer.has(replace(again.unit, source="third"))
        with pytest.raises(EvidenceError, match="given twice"):
            writer.write(again, [])
        seal(writer)
    assert open_pack(tmp_path / "P").populations()[0].count == 1


def test_a_number_that_a_manifest_cannot_hold_is_refused_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, population(parameters={"n": 2**53}))
    assert "write such a value as text" in said
    with pytest.raises(EvidenceError, match="as text"):
        PackWriter(tmp_path / "Q", replace(RUN, scope={"n": 2**60}), KINDS)
    big = kind_from(document("aws.big", maximum=2**63), "aws.big")
    with PackWriter(tmp_path / "R", RUN, {"aws.big": big}) as writer, pytest.raises(EvidenceError, match="as text"):
        writer.write(population("aws.big"), [])


@pytest.mark.parametrize("existing", ["folder", "file", "link"])
def test_what_exists_is_never_overwritten(tmp_path: Path, existing: str) -> None:
    folder = tmp_path / "P"
    match existing:
        case "folder":
            folder.mkdir()
        case "file":
            folder.write_text("mine")
        case _:
            folder.symlink_to(tmp_path / "nowhere")
    with pytest.raises(EvidenceError, match="never overwritten"):
        PackWriter(folder, RUN, KINDS)
    assert not (tmp_path / "P.partial").exists()


def test_what_came_to_exist_in_the_meantime_is_not_overwritten(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        (tmp_path / "P").mkdir()
        with pytest.raises(EvidenceError, match="never overwritten"):
            seal(writer)
    assert list((tmp_path / "P").iterdir()) == []


def test_two_writers_do_not_write_one_pack(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS), pytest.raises(EvidenceError, match="another run is writing"):
        PackWriter(tmp_path / "P", RUN, KINDS)
    with PackWriter(tmp_path / "P", RUN, KINDS):
        pass  # the lock is let go of


@pytest.mark.parametrize("name", [".", "..", "/", "x" * 5000])
def test_a_name_that_no_pack_can_have_is_told(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EvidenceError):
        PackWriter(Path(name), RUN, KINDS)
    with pytest.raises(EvidenceError):
        open_pack(Path(name))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EvidenceError, match="cannot be written"):
        PackWriter(tmp_path / "file" / "P", RUN, KINDS)


# names


HOSTILE = [
    "..",
    "../../x",
    "/etc/passwd",
    "file/../../../x",
    "file//x",
    "file/.",
    "",
    "con",
    "file/NUL.txt",
    "file/com1",
    "file/a.",
    "file/a ",
    "file/Ä\\b",
    "file/a\x00b",
    "file/\n",
    "file/A",
    "file/a",
    "file/a.ndjson.zst",
    "file/a.ndjson.zst/b",
    "file/" + "x" * 400,
    "file/" + "x" * 400 + "y",
    "file/" + "é" * 300,
    "file/%41",
    "file/-rf",
    "file/<script>",
]


def test_no_place_leads_elsewhere_and_no_two_meet(tmp_path: Path) -> None:
    found = [(population(place=place, count=1), [record(place, place=place)]) for place in HOSTILE]
    pack = write(tmp_path / "deep" / "P", found)
    names = [held.file for held in pack.manifest.populations]
    assert len({name.casefold() for name in names}) == len(HOSTILE)
    for name in names:
        assert name.startswith("evidence/aws.s3.bucket/")
        assert all(step not in ("", ".", "..") and len(step) < 200 and step.isascii() for step in name.split("/"))
    assert {found.subject for seen in pack.populations() for found in pack.records(seen)} == set(HOSTILE)
    assert verify(tmp_path / "deep" / "P").whole
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]


@pytest.mark.parametrize("name", ["aws./../../up", "manifest.json", "aws.A/b", "aws." + "x" * 300])
def test_no_kind_leads_elsewhere(tmp_path: Path, name: str) -> None:
    with PackWriter(tmp_path / "P", RUN, {name: kind_from(document(name), name)}) as writer:
        writer.write(population(name, count=1), [record("a", name)])
        seal(writer)
    assert verify(tmp_path / "P").whole


# interruption


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(*estate()[0])
    assert not (tmp_path / "P").exists()
    again = replace(RUN, id="run-2", started=NOW + timedelta(hours=1))
    with PackWriter(tmp_path / "P", again, KINDS) as writer:
        assert writer.resumed == 1
        assert [writer.has(seen.unit) for seen, _ in estate()] == [True, False, False, False]
        for seen, records in estate()[1:]:
            writer.write(seen, records)
        seal(writer)
    pack = open_pack(tmp_path / "P")
    assert contents(pack) == contents(write(tmp_path / "whole"))
    assert (pack.manifest.run.id, pack.manifest.run.started) == ("run-1", NOW)
    assert [found.id for found in pack.manifest.run.resumed] == ["run-2"]
    assert verify(tmp_path / "P").whole


def test_a_source_that_does_not_ask_replaces_what_an_earlier_run_held(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(population(count=1), [record("old")])
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(population(count=1), [record("new")])
        seal(writer)
    pack = open_pack(tmp_path / "P")
    assert [found.subject for found in pack.records(pack.populations()[0])] == ["new"]
    assert verify(tmp_path / "P").whole


@pytest.mark.parametrize(
    "again", [population(origin=Origin.STATE), population(unit=Unit(source="x", place="aws/1", kind="aws.s3.bucket"))]
)
def test_another_source_does_not_replace_what_an_earlier_run_held(tmp_path: Path, again: Population) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(population(count=1), [record("old")])
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        with pytest.raises(EvidenceError, match="given twice"):
            writer.write(again, [])
        seal(writer)
    assert open_pack(tmp_path / "P").populations()[0].count == 1


@pytest.mark.parametrize("other", [{"engine": "0.2.0"}, {"scope": {"sources": ["aws", "x"]}}])
def test_another_run_does_not_go_on_with_it(tmp_path: Path, other: dict[str, object]) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(*estate()[0])
    with pytest.raises(EvidenceError, match="with other arguments or another version"):
        PackWriter(tmp_path / "P", replace(RUN, **other), KINDS)
    collect(tmp_path / "P")


def test_another_run_starts_afresh_where_nothing_is_held(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS):
        pass
    other = replace(RUN, id="run-2", scope={"other": True})
    with PackWriter(tmp_path / "P", other, KINDS) as writer:
        seal(writer)
    assert open_pack(tmp_path / "P").manifest.run.id == "run-2"


def test_a_file_that_is_not_what_the_journal_says_is_not_held(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        for seen, records in estate():
            writer.write(seen, records)
    one, *_, last = sorted((tmp_path / "P.partial" / "pack").rglob("*.zst"))
    data = one.read_bytes()
    one.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    last.unlink()
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        assert sum(writer.has(seen.unit) for seen, _ in estate()) == len(estate()) - 2
    collect(tmp_path / "P")
    assert contents(open_pack(tmp_path / "P")) == contents(write(tmp_path / "whole"))


def test_what_an_interrupted_run_left_beside_is_not_sealed(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(*estate()[0])
        writer.write(population(place="aws/9", count=1), [record("gone", place="aws/9")])
    journal = tmp_path / "P.partial" / "journal.ndjson"
    journal.write_bytes(b"".join(journal.read_bytes().splitlines(keepends=True)[:-1]))
    (tmp_path / "P.partial" / "pack" / "evidence" / "empty" / "folder").mkdir(parents=True)
    collect(tmp_path / "P")
    assert verify(tmp_path / "P").whole
    assert contents(open_pack(tmp_path / "P")) == contents(write(tmp_path / "whole"))


def test_an_empty_pack_is_a_pack(tmp_path: Path) -> None:
    assert write(tmp_path / "P", []).populations() == ()
    assert verify(tmp_path / "P").whole


def test_a_torn_journal_is_read_up_to_its_last_whole_line(tmp_path: Path) -> None:
    whole = contents(write(tmp_path / "whole"))
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        for seen, records in estate():
            writer.write(seen, records)
    journal = tmp_path / "P.partial" / "journal.ndjson"
    data = journal.read_bytes()
    for cut in [*range(0, len(data), 211), len(data) - 1]:
        journal.write_bytes(data[:cut])
        with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
            held = sum(writer.has(seen.unit) for seen, _ in estate())
            assert held == max(0, data[:cut].count(b"\n") - 1)
    collect(tmp_path / "P")
    assert contents(open_pack(tmp_path / "P")) == whole
    assert verify(tmp_path / "P").whole


def test_a_journal_of_junk_is_told(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(*estate()[0])
    journal = tmp_path / "P.partial" / "journal.ndjson"
    journal.write_bytes(b"\x00junk\n" + journal.read_bytes())
    with pytest.raises(EvidenceError, match="delete the folder"):
        PackWriter(tmp_path / "P", RUN, KINDS)


def test_a_run_that_held_nothing_is_discarded_whole(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.discard()
    assert list(tmp_path.iterdir()) == []


def test_what_a_run_holds_is_not_discarded(tmp_path: Path) -> None:
    first, *others = estate()
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(*first)
        writer.discard()
        for unit in others:
            writer.write(*unit)
        seal(writer)
    assert contents(open_pack(tmp_path / "P")) == contents(write(tmp_path / "whole"))


def test_a_resumed_run_does_not_discard_what_the_earlier_one_held(tmp_path: Path) -> None:
    first, *_ = estate()
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(*first)
    for _ in range(2):
        with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
            assert writer.resumed == 1
            writer.discard()
    collect(tmp_path / "P")
    pack = open_pack(tmp_path / "P")
    assert contents(pack) == contents(write(tmp_path / "whole"))
    assert len(pack.manifest.run.resumed) == 3


def test_a_resumed_run_discards_what_the_earlier_one_left_broken(tmp_path: Path) -> None:
    """A unit that is not whole any more is not held: nothing is left that a later run could go on from."""
    first, *_ = estate()
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        writer.write(*first)
    (stored,) = (tmp_path / "P.partial").rglob("*.zst")
    stored.write_bytes(b"")
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        assert writer.resumed == 0
        writer.discard()
    assert list(tmp_path.iterdir()) == []


EVENTS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "shutil.rmtree")


def in_a_child(work: object) -> int:
    """Run something in a process of its own; gives how it ended."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    try:
        work()  # type: ignore[operator]
        os._exit(0)
    except EvidenceError as error:
        os._exit(42 if "run the same command again" in str(error) else 1)
    finally:
        os._exit(1)


def collect_and_die(folder: Path, after: int) -> None:
    """Collect, and be killed at the n-th thing done to the file system."""
    left = [after]

    def count(event: str, _: object) -> None:
        if event in EVENTS:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    collect(folder)


def test_a_kill_at_any_moment_loses_nothing_that_was_held(tmp_path: Path) -> None:
    whole = contents(write(tmp_path / "whole"))
    for moment in range(1000):
        folder = tmp_path / str(moment) / "P"
        ended = in_a_child(lambda folder=folder, moment=moment: collect_and_die(folder, moment))
        if folder.exists():
            assert verify(folder).whole
        else:
            collect(folder)
        assert verify(folder).whole
        assert contents(open_pack(folder)) == whole
        if ended == 0:
            break
    assert moment > 30


def limited(folder: Path, size: int) -> None:
    sys.dont_write_bytecode = True  # Python would leave cut files in __pycache__
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    collect(folder)


def test_a_full_disk_is_told_and_loses_nothing_that_was_held(tmp_path: Path) -> None:
    whole = contents(write(tmp_path / "whole"))
    ends = set()
    for size in [*range(0, 3000, 97), 10_000]:
        folder = tmp_path / str(size) / "P"
        folder.parent.mkdir()
        ended = os.waitstatus_to_exitcode(in_a_child(lambda folder=folder, size=size: limited(folder, size)))
        ends.add(ended)
        assert folder.exists() == (ended == 0)
        if ended:
            assert not list(folder.with_name("P.partial").glob("*.tmp"))
            collect(folder)
        assert verify(folder).whole
        assert contents(open_pack(folder)) == whole
    assert ends == {0, 42}


@pytest.mark.slow
def test_a_kill_at_a_random_time(tmp_path: Path) -> None:
    many = [
        (population("aws.kms.key", f"aws/{n}", 200), [record(f"k{m}", "aws.kms.key", f"aws/{n}") for m in range(200)])
        for n in range(40)
    ]
    whole = contents(write(tmp_path / "whole", many))

    def run(folder: Path) -> None:
        with PackWriter(folder, RUN, KINDS) as writer:
            for seen, records in many:
                if not writer.has(seen.unit):
                    writer.write(seen, records)
            seal(writer)

    chance = random.Random(7)
    for number in range(30):
        folder = tmp_path / str(number) / "P"
        longest = 0.4
        while not folder.exists():
            child = os.fork()
            if not child:
                run(folder)
                os._exit(0)
            time.sleep(chance.uniform(0.0, longest))
            longest *= 1.2  # at last it is enough, however slow the machine
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        assert verify(folder).whole
        assert contents(open_pack(folder)) == whole


# the manifest


def test_the_manifest_says_what_was_not_had_and_what_was_redacted(tmp_path: Path) -> None:
    extra = Redacted(kind="aws.s3.bucket", path="Name", how="workspace")
    with PackWriter(tmp_path / "P", RUN, KINDS) as writer:
        for place in ("aws/1", "aws/2"):
            hole = Gap(path="", reason=GapReason.TIMEOUT, call="s3:ListBuckets")
            found = [record(str(n), place=place, gaps=(DENIED,)) for n in range(3)]
            writer.write(population(place=place, count=3, gaps=(hole,), complete=False), found)
        writer.seal(finished=NOW, sources=SOURCES, redactions=[extra])
    manifest = open_pack(tmp_path / "P").manifest
    assert [(found.call, found.permission, found.count) for found in manifest.gaps] == [
        ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration", 6),
        ("s3:ListBuckets", None, 2),
    ]
    assert [(found.path, found.how) for found in manifest.redactions] == [("Name", "workspace"), ("owner", "pseudonym")]
    assert verify(tmp_path / "P").whole
