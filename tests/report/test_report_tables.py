"""Many observations as one table: nothing lost, what is alike said once."""

import hashlib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from grc.model.assessment import Observation, Read
from grc.model.evidence import Gap, GapReason, Origin
from grc.model.identifiers import CheckId, KindName, Place, SubjectId
from grc.model.status import Verdict
from grc.report.views.tables import FULL, ONE_FILE, Limit, Room, failing_table, fair_limit, pattern, unknown_table
from grc.report.words import load_words

WORDS = load_words()


def most(rows: int) -> Limit:
    return Limit(rows=rows, left="left_out")


def seen(subject: str, value: str | None = "none", *, message: str | None = None, place: str = "aws/1") -> Observation:
    return Observation(
        check=CheckId("c"),
        kind=KindName("k"),
        subject=SubjectId(subject),
        place=Place(place),
        origin=Origin.LIVE,
        digest="sha256:00",
        verdict=Verdict.FAIL,
        message=message if message is not None else f"{subject.rpartition(':')[2]} has {value or '(not set)'}",
        deciding="a == b",
        reads=(Read(path="a.b[0].c", value=value),),
    )


def test_many_like_failures_share_a_sentence_and_a_row() -> None:
    names = [f"bucket-{number:02}" for number in range(20)]
    held = [seen(f"arn:aws:s3:::{name}") for name in names] + [seen("arn:aws:s3:::three", None)]
    table = failing_table(WORDS, held, most(30))
    assert table.sentences == ("‹subject› has ‹c›",)
    assert table.columns == ("a.b.c",)
    (place,) = table.places
    assert (table.place, table.prefix, place.place, place.prefix) == ("aws/1: 21", "arn:aws:s3:::", "", "")
    assert [(row.subjects, row.cells) for row in place.rows] == [
        (tuple(names), ("none",)),
        (("three",), ("(not set)",)),
    ]


def test_a_few_failures_keep_their_own_sentences() -> None:
    table = failing_table(WORDS, [seen("arn:aws:s3:::one"), seen("arn:aws:s3:::two", None)], most(10))
    assert table.sentences == ()
    assert [row.cells for row in table.places[0].rows] == [("one has none", "none"), ("two has (not set)", "(not set)")]


def test_one_sentence_for_all_is_said_once_and_whole() -> None:
    table = failing_table(WORDS, [seen("x:one", message="no log"), seen("x:two", message="no log")], most(10))
    assert table.sentences == ("no log",)
    assert table.columns == ("a.b.c",)


def test_unlike_failures_keep_their_sentences_apart() -> None:
    held = [seen("x:one"), seen("x:two", message="is quite another thing")]
    table = failing_table(WORDS, held, most(10))
    assert table.sentences == ()
    assert table.columns[0] == "Found"
    assert table.places[0].rows[1].cells[0] == "is quite another thing"


def test_only_whole_words_are_taken_out_of_a_sentence() -> None:
    observation = seen("arn:x:data", "off", message="data has off, not database-off or offer; 1")
    assert pattern(WORDS, observation) == "‹subject› has ‹c›, not database-off or offer; 1"


def test_each_subject_has_the_digest_of_its_record_whole_in_a_table_of_a_few_and_short_in_a_long_one() -> None:
    digests = [f"sha256:{hashlib.sha256(bytes([number])).hexdigest()}" for number in range(21)]
    held = [replace(seen(f"x:{number:02}"), digest=digest) for number, digest in enumerate(digests)]

    def told(count: int) -> list[tuple[str, str]]:
        (place,) = failing_table(WORDS, held[:count], most(30)).places
        return sorted(
            (subject, record) for row in place.rows for subject, record in zip(row.subjects, row.records, strict=True)
        )

    assert told(20) == [(it.subject[2:], it.digest[len("sha256:") :]) for it in held[:20]]
    assert told(21) == [(it.subject[2:], it.digest[len("sha256:") :][:12]) for it in held]


def test_a_single_subject_is_shown_whole() -> None:
    table = failing_table(WORDS, [seen("arn:aws:s3:::one")], most(10))
    assert (table.prefix, table.places[0].rows[0].subjects) == ("", ("arn:aws:s3:::one",))


REGIONS = ("aws/123/eu-west-1", "aws/123/us-east-1")


def in_regions(*names: str) -> list[Observation]:
    return [
        seen(f"arn:aws:ec2:{place.rpartition('/')[2]}:123:volume/{name}", place=place)
        for place in REGIONS
        for name in names
    ]


def test_beginning_of_ids_that_differs_by_place_alone_is_said_once() -> None:
    table = failing_table(WORDS, in_regions("one", "two"), most(10))
    assert table.prefix == "arn:aws:ec2:‹region›:‹account›:volume/"
    assert [(it.place, it.prefix, it.rows[0].subjects) for it in table.places] == [
        (place, "", ("one",)) for place in REGIONS
    ]


def test_beginnings_that_differ_otherwise_stand_with_their_places() -> None:
    table = failing_table(WORDS, [*in_regions("one", "two"), seen("x:a", place="z"), seen("x:b", place="z")], most(10))
    assert table.prefix == ""
    assert [it.prefix for it in table.places] == [
        "arn:aws:ec2:eu-west-1:123:volume/",
        "arn:aws:ec2:us-east-1:123:volume/",
        "x:",
    ]


def test_page_of_many_rows_says_less_in_each() -> None:
    assert not ONE_FILE.share([FULL]).terse
    limit = ONE_FILE.share([FULL, 1])
    assert limit.terse
    table = failing_table(WORDS, [seen("x:one"), seen("x:two", None)], limit)
    assert table.sentences == ("‹subject› has ‹c›",)
    assert [(row.cells, row.records) for row in table.places[0].rows] == [(("none",), ("",)), (("(not set)",), ("",))]


def test_unknown_says_what_was_missing() -> None:
    gap = Gap(path="encryption", reason=GapReason.ACCESS_DENIED, call="s3:Get", permission="s3:GetX")
    observation = Observation(
        check=CheckId("c"),
        kind=KindName("k"),
        subject=SubjectId("s"),
        place=Place("p"),
        origin=Origin.LIVE,
        digest="d",
        verdict=Verdict.UNKNOWN,
        gaps=(gap,),
    )
    (row,) = unknown_table(WORDS, [observation], most(10)).places[0].rows
    assert row.cells == ("encryption: access denied: s3:Get, needs s3:GetX",)


@given(st.lists(st.tuples(st.text(max_size=12), st.sampled_from(["a", "b", None]), st.sampled_from(["p", "q"]))))
def test_every_subject_stands_once_and_whole(entries: list[tuple[str, str | None, str]]) -> None:
    held = [seen(subject, value, place=place) for subject, value, place in entries]
    table = failing_table(WORDS, held, most(len(held)))
    told = [
        (place.place or table.place.rpartition(": ")[0], (place.prefix or table.prefix) + subject)
        for place in table.places
        for row in place.rows
        for subject in row.subjects
    ]
    assert sorted(told) == sorted((place, subject) for subject, _, place in entries)


@given(st.lists(st.integers(min_value=0, max_value=30_000), max_size=60))
def test_limit_is_fair_and_keeps_within_the_room(sizes: list[int]) -> None:
    limit = fair_limit(sizes)
    shown = [min(size, limit) for size in sizes]
    assert sum(shown) <= ONE_FILE.rows
    if sum(sizes) <= ONE_FILE.rows:
        assert shown == sizes
    else:
        assert sum(shown) > ONE_FILE.rows - len(sizes)


def test_a_table_has_no_more_than_its_share_and_says_where_the_rest_is() -> None:
    room = Room(rows=100, each=30, left="left_in_data", coded=0)
    assert room.share([10, 500]).rows == 30
    assert room.share([40, 40, 40, 40]).rows == 25
    table = failing_table(WORDS, [seen(f"x:{number}") for number in range(40)], room.share([40]))
    assert table.left_out == "10 more are among the observations."
