"""Catalogues of strangers: imported as they are meant, refused with their place where they are not."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grc import catalogue
from grc.catalogue.oscal import Imported, Told, import_catalogue
from grc.catalogue.oscal.prose import Param, plain, resolved, shortened
from grc.errors import ConfigError, DataError
from grc.model.catalogue import Requirement, RequirementKind, View
from grc.model.identifiers import FrameworkId, KindName
from grc.model.kind import Kind
from grc.yamltext import parse

SAMPLE = Path(__file__).parent / "oscal" / "catalogue.json"
SAID: Mapping[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
Kinds = Mapping[KindName, Kind]
NOBODY = Told()


def imported(tmp_path: Path, value: Any, told: Told = NOBODY) -> Imported:
    text = value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)
    file = tmp_path / "catalogue.json"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    return import_catalogue(file, "sample", tmp_path / "out" / "controls" / "sample", told)


def refused(tmp_path: Path, value: Any) -> list[str]:
    """The problems, by line, path and message; nothing is left behind."""
    with pytest.raises(DataError) as caught:
        imported(tmp_path, value)
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").rglob("*.yaml")) == []
    return [f"{found.line}: {found.at}: {found.message}" for found in caught.value.problems]


def rows_of(tmp_path: Path, root: Path, kinds: Kinds) -> Mapping[str, Requirement]:
    policy = catalogue.load([root, tmp_path / "out"], kinds)
    return {row.code: row for row in policy.catalogues[FrameworkId("sample")].requirements}


def changed(*path: str | int, to: Any) -> Any:
    value = copy.deepcopy(dict(SAID))
    holder: Any = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = to
    return value


FIRST = ("catalog", "groups", 0, "controls", 0)


def test_an_import_is_a_catalogue_without_problems(tmp_path: Path, root: Path, demo_kinds: Kinds) -> None:
    made = imported(tmp_path, dict(SAID))
    assert (made.rows, made.counted, made.withdrawn) == (13, 5, 1)
    assert catalogue.lint([root, tmp_path / "out"], demo_kinds) == ()
    sample = catalogue.load([root, tmp_path / "out"], demo_kinds).catalogues[FrameworkId("sample")]
    assert (sample.publisher, sample.edition) == ("Standards Office", "5.1")
    assert sample.sources == ("https://standards.example/controls",)
    assert [(counted.id, counted.count) for counted in sample.counted_sets] == [("controls", 5)]
    assert sample.views == {View.SOA: "controls"}
    assert [path.name for path in made.folder.parent.iterdir()] == ["sample"]


def test_groups_are_headings_and_enhancements_are_assessed(tmp_path: Path, root: Path, demo_kinds: Kinds) -> None:
    imported(tmp_path, dict(SAID))
    rows = rows_of(tmp_path, root, demo_kinds)
    assert rows["ac"].kind is rows["zz-inner"].kind is RequirementKind.HEADING
    assert (rows["AC-2(1)"].kind, rows["AC-2(1)"].parent) == (RequirementKind.ASSESSABLE, "sample:AC-2")
    assert rows["AC-2(1)"].aliases == ("ac-2.1",)
    assert rows["AC-2"].note == "Accounts have owners. Each one."
    assert all(row.parts is None for row in rows.values() if row.kind is RequirementKind.ASSESSABLE)
    assert rows["zz-1"].title == "No label: \"quoted\" # and 'odd'"
    assert rows["loose"].parent is None


def test_items_of_a_statement_are_content_with_their_parameters(tmp_path: Path, root: Path, demo_kinds: Kinds) -> None:
    imported(tmp_path, dict(SAID))
    rows = rows_of(tmp_path, root, demo_kinds)
    first, below, last = rows["AC-1(a)"], rows["AC-1(a)(1)"], rows["AC-1(b)"]
    assert first.title == (
        "Write the rules down at [one or more of: company; [unit]] level and tell [roles that must know]:"
    )
    assert (below.kind, below.parent) == (RequirementKind.CONTENT, "sample:AC-1(a)")
    assert last.title == "Look at them yearly."


def test_what_is_withdrawn_is_shown_and_not_counted(tmp_path: Path, root: Path, demo_kinds: Kinds) -> None:
    imported(tmp_path, dict(SAID))
    row = rows_of(tmp_path, root, demo_kinds)["AC-2(2)"]
    assert (row.kind, row.counted_in, row.parts) == (RequirementKind.HEADING, None, ())
    assert row.note == "Withdrawn by the publisher; now in ac-2.1"


def test_the_one_who_imports_says_what_the_file_does_not(tmp_path: Path) -> None:
    silent = changed("catalog", "metadata", "links", to=[])
    with pytest.raises(ConfigError, match="--source"):
        imported(tmp_path, silent)
    told = Told(publisher="Another", licence="Ours", source="https://other.example/x")
    head = (imported(tmp_path, silent, told).folder / "catalogue.yaml").read_text(encoding="utf-8")
    value = parse(head, "head").value
    assert (value["publisher"], value["licence"], value["sources"]) == ("Another", "Ours", ["https://other.example/x"])


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    made = imported(tmp_path, dict(SAID))
    before = {path: path.read_bytes() for path in made.folder.iterdir()}
    with pytest.raises(ConfigError, match="is there already"):
        imported(tmp_path, dict(SAID))
    assert {path: path.read_bytes() for path in made.folder.iterdir()} == before


@pytest.mark.parametrize("name", ["../up", "UPPER", "", "a b", "a\n"])
def test_an_id_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the id of a framework"):
        import_catalogue(SAMPLE, name, tmp_path / "x", NOBODY)


@pytest.mark.parametrize(
    ("path", "to", "expected"),
    [
        ((*FIRST, "id"), "../../etc/passwd", "$.catalog.groups[0].controls[0].id: is '../../etc/passwd': an id of"),
        ((*FIRST, "id"), "ac-2", "$.catalog.groups[0].controls[1].id: the id 'ac-2' stands twice"),
        ((*FIRST, "id"), 7, "$.catalog.groups[0].controls[0].id: must be text"),
        ((*FIRST, "title"), None, "$.catalog.groups[0].controls[0].title: must be text"),
        ((*FIRST, "title"), "x" * 501, "$.catalog.groups[0].controls[0].title: is longer than 500 characters"),
        ((*FIRST, "params"), {}, "$.catalog.groups[0].controls[0].params: must be a list"),
        ((*FIRST, "params", 0), "x", "$.catalog.groups[0].controls[0].params[0]: must be a mapping"),
        ((*FIRST, "params", 3, "values"), [1], "$.catalog.groups[0].controls[0].params[3].values: must be a list of"),
        ((*FIRST, "parts", 0, "parts", 0, "prose"), "x" * 20_001, "parts[0].parts[0].prose: is longer than 20000"),
        ((*FIRST, "props"), [{"name": "label"}], "props[0]: the key 'value' is missing or empty"),
        (("catalog", "metadata", "oscal-version"), "2.0.0", "oscal-version: is '2.0.0': this engine reads OSCAL 1"),
        (("catalog", "metadata"), [], "$.catalog.metadata: must be a mapping"),
        (("catalog", "groups"), "all", "$.catalog.groups: must be a list"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(
    tmp_path: Path, path: tuple[str | int, ...], to: Any, expected: str
) -> None:
    found = refused(tmp_path, changed(*path, to=to))
    assert any(expected in line for line in found), found


def test_a_problem_names_the_line(tmp_path: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace('"id": "ac-2.1"', '"id": "a/b"')
    line = next(number for number, words in enumerate(text.splitlines(), 1) if '"a/b"' in words)
    (found,) = refused(tmp_path, text)
    assert found.startswith(f"{line}: $.catalog.groups[0].controls[1].controls[0].id: is 'a/b'")


@pytest.mark.parametrize("text", ["[1]", "[]", '"text"', "null", "{}", '{"profile": {}}', '[{"catalog": {}}]'])
def test_another_document_gets_one_line(tmp_path: Path, text: str) -> None:
    (line,) = refused(tmp_path, text)
    assert "is no OSCAL catalogue" in line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: $: is not JSON: Expecting value"),
        ('{"catalog": {', "1: $: is not JSON: "),
        ('{\n"catalog": {"uuid": NaN}}', "2: $.catalog.uuid: NaN is no number of JSON"),
        ('{\n"catalog": {},\n"catalog": {}}', "3: $.catalog: the key 'catalog' stands twice"),
        ("[" * 100_000, "is nested deeper than 64 levels"),
        ('{"catalog":' * 5_000 + "1" + "}" * 5_000, "is nested deeper than 64 levels"),
        ('{"catalog":' * 64 + "1" + "}" * 64, "'metadata' is missing"),
        ('{"catalog":' * 65 + "1" + "}" * 65, "is nested deeper than 64 levels"),
        ('{"x": ' + "9" * 5_000 + "}", "1: $: "),
        ("[1]", "1: $: is no OSCAL catalogue: it is no mapping with the key 'catalog'"),
        ('{"profile": {}}', "1: $: is no OSCAL catalogue: it is no mapping with the key 'catalog'"),
        ('{"catalog": {"metadata": {"title": "t", "version": "1", "oscal-version": "1.1.2"}}}', "holds no control"),
    ],
    ids=range(12),
)
def test_what_is_no_catalogue_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    found = refused(tmp_path, text)
    assert any(expected in line for line in found), found


def test_groups_in_groups_without_end_are_refused(tmp_path: Path) -> None:
    group: dict[str, Any] = {"title": "innermost"}
    for _ in range(30):
        group = {"title": "group", "groups": [group]}
    assert any(
        "nested deeper than 20 levels" in line for line in refused(tmp_path, changed("catalog", "groups", 1, to=group))
    )


def test_a_parameter_that_refers_to_itself_is_refused(tmp_path: Path) -> None:
    loop = changed(*FIRST, "params", 2, "label", to="{{ insert: param, ac-1_prm_2 }}")
    assert any("refers to itself" in line for line in refused(tmp_path, loop))


def test_parameters_that_multiply_are_refused() -> None:
    params = {f"p{n}": Param(label=f"{{{{ insert: param, p{n + 1} }}}}" * 10) for n in range(40)}
    with pytest.raises(ValueError, match="is longer than 20000"):
        resolved("{{ insert: param, p0 }}", params | {"p40": Param(label="x" * 100)})


def test_links_in_a_circle_are_not_followed(tmp_path: Path) -> None:
    circle = changed("catalog", "groups", 0, "controls", 1, "links", to=[{"href": "#ac-2", "rel": "incorporated-into"}])
    assert imported(tmp_path, circle).counted == 5


def test_a_file_that_is_not_utf_8_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"\xff\xfe{}")
    for name in ("x.json", "none.json"):
        with pytest.raises(DataError, match=r"not UTF-8|cannot be read"):
            import_catalogue(tmp_path / name, "sample", tmp_path / "out", NOBODY)


@settings(max_examples=60, deadline=None)
@given(title=st.text(min_size=1, max_size=40), prose=st.text(max_size=300))
def test_whatever_stands_in_a_text_the_result_is_our_yaml(
    tmp_path_factory: pytest.TempPathFactory, title: str, prose: str
) -> None:
    value = changed(*FIRST, "title", to=title)
    value["catalog"]["groups"][0]["controls"][0]["parts"][0]["parts"][0]["prose"] = prose
    folder = tmp_path_factory.mktemp("import")
    try:
        made = imported(folder, value)
    except DataError as error:
        assert plain(title) == "" or "itself" in str(error)  # noqa: PT017 - the only reasons there may be
        return
    for path in made.folder.iterdir():
        parse(path.read_bytes(), path.name)


def test_a_long_text_is_shortened_at_a_word() -> None:
    assert shortened("word " * 40).endswith(" word…")
    assert len(shortened("x" * 300)) == 101
    assert shortened("short") == "short"
