"""Structured files as records: what breaks the schema is a gap, what cannot be read is told, and nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from grc.collect.files import find
from grc.collect.persons import Pseudonyms
from grc.collect.structured import open_files, recognise
from grc.collect.structured.source import matches
from grc.errors import DataError
from grc.kinds.files import refuse_unsound
from grc.kinds.loader import kind_from
from grc.model.evidence import Gap, GapReason, Origin, Population, Record, Unit
from grc.model.kind import Kind

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PERSONS = Pseudonyms(b"key")
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "count": {"type": "integer", "minimum": 1},
        "share": {"type": "number"},
        "on": {"type": "boolean"},
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 5}},
        "rules": {
            "type": "array",
            "items": {"type": "object", "required": ["port"], "properties": {"port": {"type": "integer"}}},
        },
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "owner": {"type": "string", "x-personal": "pseudonym"},
        "token": {"type": "string", "x-secret": True},
    },
}


def kind(form: str, items: str = "", **more: Any) -> Kind:
    files = {"glob": [f"**/*.{form}"], "format": form, **({"items": items} if items else {})}
    head = {"format": "grc.kind/1", "name": "file.thing", "title": "Things", "provider": "file", "scope": "global"}
    return kind_from({**head, "key": "name", "schema": SCHEMA, "files": files, **more}, "things.yaml")


@dataclass
class Held:
    units: dict[Unit, tuple[Population, Sequence[Record]]] = field(default_factory=dict)

    def has(self, unit: Unit) -> bool:
        return unit in self.units

    def write(self, population: Population, records: Sequence[Record]) -> None:
        self.units[population.unit] = (population, records)

    def planned(self, units: int) -> None:
        assert units

    def done(self, unit: Unit) -> None:
        assert unit in self.units


def read(folder: Path, declared: Kind, **files: bytes | str) -> tuple[Population, Sequence[Record]]:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    tree = find(folder)
    own = {declared.name: declared}
    source = open_files(
        tree, recognise(tree, own), "here", lambda: NOW, own, timezone=ZoneInfo("Europe/Berlin"), pseudonyms=PERSONS
    )
    held = Held()
    source.collect({declared.name: frozenset()}, held, held)
    (found,) = held.units.values()
    return found


def told(gaps: Sequence[Gap]) -> list[str]:
    return [f"{gap.path} {gap.reason} {gap.detail}" for gap in gaps]


JSON = """[
  {"name": "a", "count": 2, "share": 1, "on": true, "day": "2026-03-01", "at": "2026-03-01T12:00:00+01:00"},

  {"name": "b", "tags": ["x"], "rules": [{"port": 1}, {"port": 2}], "labels": {"k": "v"}, "count": null}
]"""
BODIES = [
    {
        "name": "a",
        "count": 2,
        "share": 1.0,
        "on": True,
        "day": "2026-02-28T23:00:00Z",
        "at": "2026-03-01T11:00:00Z",
    },
    {"name": "b", "tags": ["x"], "rules": [{"port": 1}, {"port": 2}], "labels": {"k": "v"}},
]
YAML = """
- &first
  name: a
  count: 2
  share: 1
  on: true
  day: 2026-03-01
  at: 2026-03-01T12:00:00+01:00
- {name: b, tags: [x], rules: [{port: 1}, {port: 2}], labels: {k: v}, count: ~}
"""
TOML = """
[[thing]]
name = "a"
count = 2
share = 1
on = true
day = 2026-03-01
at = 2026-03-01T12:00:00+01:00
[[thing]]
name = "b"
tags = ["x"]
rules = [{port = 1}, {port = 2}]
labels = {k = "v"}
"""


@pytest.mark.parametrize(
    ("declared", "text", "lines"),
    [
        (kind("json"), JSON, [2, 4]),
        (kind("yaml"), YAML, [2, 9]),
        (kind("toml", "/thing"), TOML, [1, 1]),
    ],
)
def test_formats_say_the_same(tmp_path: Path, declared: Kind, text: str, lines: list[int]) -> None:
    form = str(declared.document["files"]["format"])  # type: ignore[index]
    population, records = read(tmp_path, declared, **{f"deep__er__x_{form}": text})
    assert [record.body for record in records] == BODIES
    assert [record.line for record in records] == lines
    assert {record.file for record in records} == {f"deep/er/x.{form}"}
    assert (population.complete, population.gaps, population.origin) == (True, (), Origin.MANIFEST)


def test_cells_of_csv_become_what_the_schema_asks_for(tmp_path: Path) -> None:
    text = 'name,count,share,on,day,tags,note\na,2,1.5,yes,2026-03-01,x; y,"two\nlines"\nb,,,,,,\n'
    population, (first, second) = read(tmp_path, kind("csv"), x_csv=text)
    assert first.body == {
        "name": "a",
        "count": 2,
        "share": 1.5,
        "on": True,
        "day": "2026-02-28T23:00:00Z",
        "tags": ["x", "y"],
    }
    assert second.body == {"name": "b"}
    assert (first.line, second.line) == (2, 4)
    assert [fact.detail for fact in population.facts] == ["note is not read"]


def test_what_is_of_record_is_a_document(tmp_path: Path) -> None:
    population, (record,) = read(tmp_path, kind("json", of_record=True), x_json='{"name": "a"}')
    assert population.origin is record.origin is Origin.DOCUMENT


def test_a_mapping_of_records_gives_their_names(tmp_path: Path) -> None:
    text = "services:\n  web: {count: 2}\n  db:\n    count: 1\n"
    _, records = read(tmp_path, kind("yaml", "/services"), x_yaml=text)
    assert [(record.subject, record.body["count"], record.line) for record in records] == [("web", 2, 2), ("db", 1, 4)]


def test_persons_and_secrets_do_not_get_through(tmp_path: Path) -> None:
    text = json.dumps({"name": "a", "owner": "Ada", "token": "s3cret", "other": "s3cret"})
    population, (record,) = read(tmp_path, kind("json"), x_json=text)
    assert record.body == {"name": "a", "owner": PERSONS.of("Ada")}
    assert "s3cret" not in str(population) + str(record)
    assert "Ada" not in str(population) + str(record)


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({"count": 0}, "count"),
        ({"count": "2"}, "count"),
        ({"count": True}, "count"),
        ({"count": 2**70}, "count"),
        ({"day": "01.03.2026"}, "day"),
        ({"at": "2026-03-01T12:00:00"}, "at"),
        ({"tags": ["x", "too long"]}, "tags"),
        ({"tags": "x"}, "tags"),
        ({"rules": [{"port": 1}, {"port": "s3cret"}]}, "rules[1].port"),
        ({"rules": [{}]}, "rules[0].port"),
        ({"rules": ["s3cret"]}, "rules"),
        ({"labels": {"k.[0]": 1}}, "labels"),
    ],
)
def test_what_breaks_the_schema_is_a_gap_where_it_stands(tmp_path: Path, broken: dict[str, Any], path: str) -> None:
    population, (record,) = read(tmp_path, kind("json"), x_json=json.dumps({"name": "a", "share": 1, **broken}))
    assert [(gap.path, gap.reason) for gap in record.gaps] == [(path, GapReason.MALFORMED)]
    assert record.body["share"] == 1.0
    assert "s3cret" not in str(record)
    assert path not in record.body
    assert population.complete


def test_a_record_that_cannot_be_named_is_a_hole_in_the_list(tmp_path: Path) -> None:
    text = '[{"count": 1},\n{"name": 7},\n{"name": ""},\n"a",\n{"name": "a"},\n{"name": "a", "count": 2}]'
    population, records = read(tmp_path, kind("json"), x_json=text)
    assert [record.subject for record in records] == ["a"]
    assert not population.complete
    assert told(population.gaps) == [
        " parse-error x.json:1: a record has no name that can name it",
        " parse-error x.json:2: a record has no name that can name it",
        " parse-error x.json:3: a record has no name that can name it",
        " parse-error x.json:1: a record is no mapping",
        " parse-error x.json:6: the record of x.json:5 stands here again",
    ]


def test_one_subject_in_two_files_is_told(tmp_path: Path) -> None:
    population, records = read(tmp_path, kind("json"), a_json='{"name": "a"}', b_json='{"name": "a", "count": 2}')
    assert [(record.file, record.body) for record in records] == [("a.json", {"name": "a"})]
    assert told(population.gaps) == [" parse-error b.json:1: the record of a.json:1 stands here again"]


def test_no_file_is_no_proof_of_emptiness(tmp_path: Path) -> None:
    population, _ = read(tmp_path, kind("json"))
    assert [gap.reason for gap in population.gaps] == [GapReason.NOT_PROVIDED]
    population, _ = read(tmp_path, kind("json", may_be_empty=True))
    assert (population.count, population.complete) == (0, True)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("form", "data", "said"),
    [
        ("json", b'[{"name": "s3cret"},\n{"na', "2: is not JSON"),
        ("json", b'{"name": "a", "name": "s3cret"}', "1: is not JSON: a key stands twice"),
        ("json", b'{"name": NaN}', "1: is not JSON: NaN is no number"),
        ("json", b'{"name": 1e999}', "1: is not JSON: it holds a number beyond"),
        ("json", b'{"name": "\\ud800"}', "1: is not JSON: text in it holds half"),
        ("json", b"[" * 100_000, "1: is not JSON: it is nested too deeply"),
        ("json", b'{"labels": ' * 70 + b"1" + b"}" * 70, "1: is nested deeper than 64 levels"),
        ("json", b"\xff\xfe{}", "1: is not JSON"),
        ("yaml", b"- name: a\n- name: [s3cret\n", "3: is not YAML"),
        ("yaml", b"name: a\nname: s3cret\n", "2: has a key that stands twice"),
        ("yaml", b"name: !!python/object:os.system s3cret\n", "1: has a tag"),
        ("yaml", b"name: !Ref s3cret\n", "1: has a tag"),
        ("yaml", BOMB.encode(), "1: holds more than 2,000,000 values"),
        ("yaml", b"name: &a {x: *a}\n", "1: has an alias of what is not there"),
        ("yaml", b"[" * 100_000, "1: is nested deeper"),
        ("yaml", b"? [a, b]\n: c\n", "1: has a key that is no text"),
        ("yaml", b"name: a\nshare: .nan\n", "2: holds a number that is none"),
        ("yaml", b"name: \x00s3cret\n", "1: holds a character"),
        ("yaml", b"name: \xff\n", "1: is not UTF-8"),
        ("toml", b"name = 's3cret'\nname = 's3cret'\n", "1: is not TOML: see line 2"),
        ("toml", b"x = " + b"[" * 20_000, "1: is n"),
        ("toml", b"name = 'a'\nshare = inf\n", "1: holds a number that is none"),
        ("csv", b"name,count\ns3cret\n", "2: has 1 cells, and the header 2"),
        ("csv", b"name,name\na,b\n", "1: needs a header"),
        ("csv", b'name\n"s3cret\n', "is not CSV"),
        ("csv", b"name\n\x00\n", "1: holds bytes"),
        ("csv", b"", "1: needs a header"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_line_and_the_rest_is_read(
    tmp_path: Path, form: str, data: bytes, said: str
) -> None:
    sound = {"json": '{"name": "z"}', "yaml": "name: z", "toml": "name = 'z'", "csv": "name\nz\n"}[form]
    population, records = read(tmp_path, kind(form), **{f"a_{form}": data, f"z_{form}": sound})
    assert [record.subject for record in records][-1:] == ["z"]
    (gap,) = population.gaps
    assert gap.reason is GapReason.PARSE_ERROR
    assert str(gap.detail).startswith(f"a.{form}:")
    assert said in str(gap.detail)
    assert "s3cret" not in str(gap)


def test_merge_keys_and_many_documents(tmp_path: Path) -> None:
    text = "base: &base {count: 3, on: true}\nname: a\n<<: *base\ncount: 4\n---\nname: b\n"
    _, records = read(tmp_path, kind("yaml"), x_yaml=text)
    assert [record.body for record in records] == [{"name": "a", "count": 4, "on": True}, {"name": "b"}]
    assert [record.line for record in records] == [1, 6]


def test_yaml_dates_and_versions_stay_text(tmp_path: Path) -> None:
    _, (record,) = read(tmp_path, kind("yaml"), x_yaml="name: 2026-03-01\nshare: 1.10\nlabels: {v: '1.10', d: no}\n")
    assert record.body == {"name": "2026-03-01", "share": 1.1, "labels": {"v": "1.10", "d": "no"}}


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out.json").write_text('{"name": "outside"}')
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.json").symlink_to(tmp_path / "out.json")
    (folder / "loop").symlink_to(folder)
    population, records = read(folder, kind("json"))
    assert (list(records), population.complete) == ([], False)


@pytest.mark.parametrize(
    ("glob", "yes", "no"),
    [
        ("a/*.yaml", ["a/b.yaml"], ["a/b/c.yaml", "a.yaml", "a/b.yamlx"]),
        ("**/x.json", ["x.json", "a/x.json", "a/b/x.json"], ["a/yx.json"]),
        ("a/**", ["a/b", "a/b/c"], ["b/a"]),
        ("a?.[b]", ["a1.[b]"], ["a1.b", "a/.[b]"]),
    ],
)
def test_globs(glob: str, yes: list[str], no: list[str]) -> None:
    assert [matches([glob], path) for path in yes] == [True] * len(yes)
    assert [matches([glob], path) for path in no] == [False] * len(no)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"files": None}, "$.files is missing"),
        ({"files": {"glob": ["../x"], "format": "json"}}, "$.files.glob must be"),
        ({"files": {"glob": ["x"], "format": "ini"}}, "$.files.format must be one of"),
        ({"files": {"glob": ["x"], "format": "json", "items": "x"}}, "$.files.items must be a path"),
        ({"files": {"glob": ["x"], "format": "csv", "items": "/x"}}, "$.files.items means nothing"),
        ({"files": {"glob": ["x"], "format": "json", "at": "x"}}, "$.files.at is not known"),
        ({"of_record": "yes"}, "$.of_record must be"),
        ({"schema": {**SCHEMA, "oneOf": []}}, "$.schema.oneOf is no keyword"),
        ({"schema": {**SCHEMA, "minProperties": -1}}, "$.schema.minProperties must be a whole number"),
    ],
)
def test_what_is_wrong_with_a_kind_is_said(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as raised:
        refuse_unsound(kind("json", **changes), "things.yaml")
    assert said in [f"{problem.at} {problem.message}"[: len(said)] for problem in raised.value.problems]
