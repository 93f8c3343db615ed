"""Blocks that are read without a tree come to what the parser's tree of the whole file comes to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grc.collect.terraform.hcl.syntax.native import read_native, read_whole
from grc.collect.terraform.hcl.syntax.plain import Plain

PLAIN = b"""resource "aws_s3_bucket" "b" { # with a comment
  bucket = "logs-${var.env}-1"
  count  = 2 // another
  force  = true
  names  = ["a", var.b, 3,]
  tags = {
    Owner = local.owner
  }
  rule {
    id = null

    # } is no end here
    inner {}
  }
}
"""

TRAPS = [
    'a "b" {\n x = <<EOF\n{\n}\nresource "c" "d" {\n  y = 1\n}\nEOF\n}\n',
    'a "b" {\n x = 1 /* \n}\nresource "c" "d" {\n}\n*/\n}\n',
    '/*\nresource "a" "b" {\n  x = 1\n}\n*/\nc "d" {\n y = f(1)\n}\n',
    "x = 1\ny = {\n a = 1\n}\nx = 2\n",
    "a {\n x = f(1)\n}\nx = 1\nb {\n}\nx = 2\n",
    "a {\n x = 1\n x = 2\n}\n",
    "a {\n x = 1 y = 2\n}\n",
    "a {\n b = for\n c = nullx\n d = true.x\n e = a.true\n}\n",
    "a {\n x = 1.5\n y = 007\n z = 1.a\n}\n",
    'a {\n x = "${null}"\n y = "${true}"\n}\n',
    'a {\n x = "%{if}"\n y = "100%"\n z = "$${x}"\n}\n',
    "a {\n b = 1\n} c {\n}\n",
    'a "b"\n{\n}\n',
    "a {",
    "a {\n  b = 1\n",
    "a {\n  f(\n}\nb {\n  c = 1\n}\n",
    "",
    "\n# nothing\n",
]


def test_a_block_that_is_written_line_by_line_is_read_without_a_tree() -> None:
    plainly = Plain(PLAIN, "f")
    assert (plainly.block(),) == read_whole(PLAIN, "f").blocks
    assert (plainly.at, plainly.line) == (len(PLAIN), 16)


def test_each_block_stands_in_its_line_whichever_way_it_is_read() -> None:
    source = PLAIN + b"# between\nresource {\n  x = f(\n    1)\n}\n" + PLAIN
    assert [block.line for block in read_native(source, "f").blocks] == [1, 17, 21]
    assert read_native(source, "f") == read_whole(source, "f")


@pytest.mark.parametrize("source", [*TRAPS, *(trap.replace("\n", "\r\n") for trap in TRAPS)])
def test_what_looks_plain_and_is_not_is_left_to_the_parser(source: str) -> None:
    assert read_native(source.encode(), "f") == read_whole(source.encode(), "f")


VALUES = st.sampled_from(
    [
        *("1", "0", "-5", "007", "1.5", "1e5", "0x1", "1.a", "a-1", "a-b", "10000000000000000000"),
        *('"x"', '"a${var.b}c"', '"${local.x}"', '"${null}"', '"$${x}"', '"$"', '"é"', '"a""b"', '"%{if}"'),
        *("true", "null", "string", "for", "var.a.b", "var.a[0]", "a.0.b", "f(1)", "(1)", "!a", "=1"),
        *("[]", "[1,var.b,]", "[-1]", "[\n1]", "{}", "{a=1}", "<<EOF\nx\n}\nEOF"),
    ]
)
NAMES = st.sampled_from(["a", "b-c", "_d", "for_each", "é"])
ENDS = st.sampled_from(["\n", "\n", "\n", " # c }\n", "\r\n", " ", "", "\n/* }\n*/\n"])
LINES = st.builds("  {} = {}{}".format, NAMES, VALUES, ENDS)
MAPS = st.builds("  {} = {{\n{}  }}\n".format, NAMES, st.lists(LINES, max_size=2).map("".join))


def block(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    labels = st.sampled_from(["", ' "x"', ' "x" "y"', ' "é"', " x", ' "a${b}"'])
    begins, ends = (
        st.sampled_from([" {\n", " {\n", "{\n", " { # c\n", " {}\n"]),
        st.sampled_from(["}\n", "}\n", "}", "} #\n"]),
    )
    return st.builds("{}{}{}{}{}".format, NAMES, labels, begins, st.lists(inner, max_size=4).map("".join), ends)


FILES = st.lists(block(LINES | MAPS | block(LINES)) | LINES, max_size=3).map("".join)


@settings(max_examples=400)
@given(FILES)
def test_a_file_in_pieces_is_the_file(source: str) -> None:
    assert read_native(source.encode(), "f") == read_whole(source.encode(), "f")
