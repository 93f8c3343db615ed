"""What the buffer finds is what ``split`` and ``count`` find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grc.newlines import count_lines, lines_of, whole_lines

LINES = st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"\r")))


@given(LINES)
def test_lines_are_those_between_newlines_alone(lines: list[bytes]) -> None:
    chunk = b"".join(line + b"\n" for line in lines)
    assert lines_of(chunk) == lines
    assert whole_lines(chunk) == [line + b"\n" for line in lines]
    assert count_lines(chunk) == chunk.count(b"\n")


def test_other_line_ends_are_part_of_a_line() -> None:
    assert lines_of("a\r\u2028\x0b\x1c\n\n".encode()) == ["a\r\u2028\x0b\x1c".encode(), b""]
