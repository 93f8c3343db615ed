"""One configuration, read from its files and from its plan: what both tell is the same, for every translated kind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from terraform_plans import plan, resource
from terraform_texts import configuration
from terraform_trees import collected, write

from grc.collect.terraform import load_translations
from grc.collect.terraform.arguments import Arguments, Told, load_arguments
from grc.collect.translated import Translation
from grc.model.evidence import Origin, Record
from grc.model.identifiers import KindName

ARGUMENTS: Mapping[str, Mapping[str, str]] = json.loads(
    (Path(__file__).parents[2] / "samples" / "terraform_arguments.json").read_text()
)["arguments"]
POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})
FORMS: Mapping[str, Any] = {"bool": True, "number": 7, "list string": ["${x}", "b"], "map": {"a": "b"}}


def everything_set(type_: str, above: str = "") -> dict[str, Any]:
    """A value for each argument that a type is known to have below a block, by its type."""
    found: dict[str, Any] = {}
    for path, form in ARGUMENTS[type_].items():
        head, _, name = path.rpartition(".")
        if head != above or name in ("id", "arn"):
            continue
        if form in ("block", "blocks"):
            found[name] = [everything_set(type_, path)]
        else:
            found[name] = FORMS.get(form, POLICY if "polic" in name else f"text of {path}")
    return found


def resources(translation: Translation) -> list[dict[str, Any]]:
    """One resource of the type with all that can be attached to it, everything set."""
    owner = f"{translation.type}.this"
    found = [resource(owner, everything_set(translation.type))]
    for number, one in enumerate(translation.attached):
        values = {**everything_set(one.type), **one.where}
        values.pop(one.by, None)
        refers = {one.by: [f"{owner}.id", owner]}
        if one.type != translation.type and not one.several:
            found.append(resource(f"{one.type}.n{number}", values, unknown={one.by: True}, refers=refers))
    return found


def told(folder: Path, translation: Translation, given: list[dict[str, Any]]) -> dict[Origin, Record]:
    write(folder, {"main.tf": configuration(*given), "out/plan.json": json.dumps(plan(*given))})
    records = collected(folder, translation.kind).of(translation.kind)
    return {one.origin: one for one in records if one.subject == f"{translation.type}.this"}


@pytest.mark.parametrize("translation", load_translations(), ids=lambda one: one.type)
def test_what_is_set_is_told_alike(tmp_path: Path, translation: Translation) -> None:
    records = told(tmp_path, translation, resources(translation))
    written, planned = records[Origin.TEMPLATE], records[Origin.PLAN]
    assert written.body == planned.body
    unset = {gap.path for gap in written.gaps} - {gap.path for gap in planned.gaps}
    assert all("is not set" in (gap.detail or "") for gap in written.gaps if gap.path in unset)
    assert {gap.path for gap in planned.gaps} <= {gap.path for gap in written.gaps}
    assert all(path.rpartition(".")[2].lower().endswith(("id", "arn", "name")) for path in unset), unset


@pytest.mark.parametrize("translation", load_translations(), ids=lambda one: one.type)
def test_what_nothing_sets_is_told_alike(tmp_path: Path, translation: Translation) -> None:
    """The plan shows the provider's defaults, and leaves open what the provider or AWS may fill in."""
    type_ = translation.type
    defaults = dict(told_of(type_).unset.get((), {}))
    planned_bare = resource(f"{type_}.this", defaults, unknown=dict.fromkeys(_marked(translation), True))
    planned_bare["expressions"] = {}
    written_bare = resource(f"{type_}.this", {})
    write(tmp_path, {"main.tf": configuration(written_bare), "out/plan.json": json.dumps(plan(planned_bare))})
    records = {one.origin: one for one in collected(tmp_path, translation.kind).of(translation.kind)}
    written, planned = records[Origin.TEMPLATE], records[Origin.PLAN]
    assert written.body == planned.body
    untold, unplanned = ({gap.path for gap in one.gaps} for one in (written, planned))
    assert unplanned | WRITTEN_ALONE.get(type_, set()) == untold


RESULTS = "workgroup.Configuration.ResultConfiguration"
WRITTEN_ALONE = {
    "aws_athena_workgroup": {f"{RESULTS}.OutputLocation", f"{RESULTS}.EncryptionConfiguration.EncryptionOption"}
}
"""Gaps of a configuration where a plan, which marks what is not known, tells that nothing sets it."""


def told_of(type_: str) -> Arguments:
    return load_arguments().get(type_, Arguments())


def by_path(told: Told) -> dict[str, Any]:
    return {".".join((*blocks, name)): value for blocks, among in told.items() for name, value in among.items()}


def _marked(translation: Translation) -> set[str]:
    """What a plan may mark as not known where nothing sets it: blocks with a default only where they are filled."""
    known = by_path(told_of(translation.type).unset)
    decisive = {name for value in translation.fields.values() for name in _decisive(value)}
    computed = {name for name in ARGUMENTS[translation.type] if "." not in name}
    return computed - known.keys() - (decisive - translation.filled)


def _decisive(value: Any) -> Iterator[str]:
    """The blocks in a value whose absence is told, and what decides whether it is."""
    if not isinstance(value, Mapping):
        return
    unset = value.get("unset")
    if unset is not None:
        yield from unset.get("unless", ())
    if unset is not None and ("." in value["from"] or not value.keys().isdisjoint({"each", "first", "by"})):
        yield value["from"].partition(".")[0]
    yield from value.get("unless", ())
    for below in value.values():
        for one in below.values() if isinstance(below, Mapping) else below if isinstance(below, list) else ():
            yield from _decisive(one)


def test_every_told_argument_is_one_that_a_translation_reads_with_its_type() -> None:
    forms = {"bool": bool, "number": int, "string": str, "list string": list, "block": list, "blocks": list}
    extra = {"aws_security_group": {"ingress.security_groups", "ingress.self", "ingress.description"}}
    for type_, arguments in load_arguments().items():
        for name, value in by_path(arguments.unset).items():
            if name in extra.get(type_, ()):
                continue
            assert name in ARGUMENTS[type_], (type_, name)
            assert value is None or isinstance(value, forms[ARGUMENTS[type_][name]]), (type_, name, value)


def test_types_are_those_of_the_providers_documentation() -> None:
    for type_, arguments in load_arguments().items():
        for name, form in by_path(arguments.types).items():
            assert ARGUMENTS[type_][name] == form


def test_what_is_written_as_text_is_what_the_provider_reads(tmp_path: Path) -> None:
    text = """
        resource "aws_db_instance" "d" {
          identifier              = 7
          storage_encrypted       = "true"
          backup_retention_period = "14"
          multi_az                = "perhaps"
        }
        """
    write(tmp_path, {"main.tf": text})
    (record,) = collected(tmp_path, "aws.rds.instance").of(KindName("aws.rds.instance"))
    assert record.body["StorageEncrypted"] is True
    assert (record.body["DBInstanceIdentifier"], record.body["BackupRetentionPeriod"]) == ("7", 14)
    assert record.body["MultiAZ"] == "perhaps", "which no check can read"


JUNK: tuple[Any, ...] = (
    None,
    True,
    7,
    "x",
    [],
    {},
    [[]],
    [None],
    {"a": None},
    {"type": {"x": "y"}},
    '{"Statement": [7]}',
)


@pytest.mark.slow
@pytest.mark.parametrize("translation", load_translations(), ids=lambda one: one.type)
def test_no_value_where_another_belongs_stops_the_rest(tmp_path: Path, translation: Translation) -> None:
    """A plan or a state may say anything at any place: a record with gaps, and never a crash."""
    whole = resources(translation)
    for number, one in enumerate(whole):
        for name in one["values"]:
            for junk in JUNK:
                odd = {
                    **one,
                    "values": {**one["values"], name: [junk] if isinstance(one["values"][name], list) else junk},
                }
                given = [*whole[:number], odd, *whole[number + 1 :]]
                (tmp_path / "plan.json").write_text(json.dumps(plan(*given)))
                assert [*collected(tmp_path, translation.kind).of(translation.kind)]
