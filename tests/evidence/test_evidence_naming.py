"""File names in a pack: safe everywhere, and no two the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.evidence.naming import assessment_folder, policy_file, population_file, segment


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("eu-west-1", "eu-west-1"),
        ("123456789012", "123456789012"),
        ("aws.s3.bucket", "aws.s3.bucket"),
        ("a_b", "a_b"),
        ("", "%"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        (".hidden", "%2Ehidden"),
        ("end.", "end%2E"),
        ("x.ndjson.zst", "x.ndjson%2Ezst"),
        ("Infra", "%49nfra"),
        ("a b", "a%20b"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("%", "%25"),
        ("é", "%C3%A9"),
        ("nul", "%6Eul"),
        ("con.txt", "%63on.txt"),
        ("console", "console"),
        ("com1", "%63om1"),
        ("manifest.json", "%6Danifest.json"),
        ("sha256sums", "%73ha256sums"),
        ("x" * 160, "x" * 160),
    ],
)
def test_a_step(text: str, name: str) -> None:
    assert segment(text) == name


def test_a_long_step_is_cut_and_keeps_its_own_name() -> None:
    one, other = segment("x" * 161), segment("x" * 162)
    assert one[:122] == other[:122] == "x" * 120 + "%~"
    assert len(one) == len(other) == 146
    assert one != other


@given(one=st.text(max_size=12), other=st.text(max_size=12))
def test_no_two_steps_meet_and_none_is_special(one: str, other: str) -> None:
    name = segment(one)
    assert name not in (".", "..")
    assert "/" not in name
    assert name.isascii()
    assert name == name.lower() or "%" in name
    assert one == other or name.casefold() != segment(other).casefold()


@given(
    one=st.lists(st.sampled_from(["a", "b.zst", "b.ndjson.zst", "", ".."]), min_size=1, max_size=4),
    other=st.lists(st.sampled_from(["a", "b.zst", "b.ndjson.zst", "", ".."]), min_size=1, max_size=4),
)
def test_no_file_is_where_another_needs_a_folder(one: list[str], other: list[str]) -> None:
    first, second = (population_file("k.x", "/".join(found)) for found in (one, other))
    assert not second.startswith(first + "/")
    assert one == other or first != second


def test_the_names_of_the_layers() -> None:
    assert population_file("aws.kms.key", "aws/1/eu-west-1") == "evidence/aws.kms.key/aws/1/eu-west-1.ndjson.zst"
    assert policy_file("checks/aws/s3.yaml") == "policy/checks/aws/s3.yaml"
    moment = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert assessment_folder(moment, "sha256:0123456789abcdef") == "20260228T233000Z-0123456789ab"
    assert assessment_folder(datetime(2026, 3, 1, 0, 0, 0, 7, tzinfo=UTC), "0" * 64).startswith(
        "20260301T000000.000007Z-"
    )
