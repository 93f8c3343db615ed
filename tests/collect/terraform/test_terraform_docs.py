"""The page on Terraform is made from the translations and the checks, and is in step with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from grc.collect.terraform.translation import load_translations
from grc.collect.translated.translation import Translation
from grc.model.evidence import Coverage, GapReason
from grc.model.identifiers import KindName
from grc.policy import CheckProgram
from grc.run import open_desk
from grc.run.judging import compiled

PAGE = Path(__file__).parents[3] / "docs" / "terraform-aws.md"

HEAD = """\
# Terraform resources of AWS, and what they tell

Made by `pytest tests/collect/terraform/test_terraform_docs.py --update` from the translations and the checks; change
those, not this page.

[terraform.md](terraform.md) says which files are read. A resource of the `hashicorp/aws` provider becomes a record of
the same kind that a live scan gives, so one check answers everywhere. What is attached to it by resources of their own
(a bucket's encryption, a role's policies) is part of the record. What is not known is a gap and never a value:

- what AWS makes when it is applied (`unknown-until-apply`), such as ids, or the versions that it picks;
- what no argument tells (`not-translated`), such as when a password was used last;
- what is marked sensitive, or depends on the account that the plan does not name (`not-provided`);
- what else there is in the account. A check that joins kinds passes or fails only by what the plan itself holds: a list
  of related resources is never taken to be whole.

Of a *new* resource, what nothing sets is what AWS gives a new one: each such default stands in the data with its
source, and where AWS gave another before with the day of the change. Of a resource that exists already, nothing is
assumed.

## How a field is told

One YAML file a service, in `src/grc/collect/terraform/translations/`:

| form | makes |
| --- | --- |
| `Field: argument` | the argument as it is; an empty text is one that is not set |
| `block.argument` | the argument of a block that stands at most once |
| `{from, decode: json}`, `{from, decode: plain}` | the text read as a policy document, or as the API's own JSON |
| `{from, decode: containers}` | as `plain`; in a case that is not the API's a gap, for the provider reads any |
| `{from, each: {…}}`, `{from, by: key, each: {…}}` | a list of objects, or objects by the word of one argument |
| `{from, first: {…}}` | an object, of a block that stands at most once |
| `{from, wrap: Field}` | a text or a list of texts, each an object with one field |
| `{from, map: {word: word}}` | the word of AWS for the provider's; a word that is not in the table is a gap |
| `{from, given: true}`, `{from, given: inner}` | whether the argument, or that one in its block, is set and not empty |
| `{value: x}` | the same for every resource: the state in which new ones end |
| `{new: x, unless}` | the same for every new resource; a gap for one that exists, or that sets one of `unless` |
| `{untold: why}` | a gap: the resource sets the field, in a way that is not translated |
| `{object: {…}}`, `{list: […]}` | an object or a list made of arguments of the same level |
| `unset: {value, source, since, unless}` | what a new resource has that sets nothing, nor one of `unless` beside it |
| `unset: {…, ever: true}` | of a resource that exists already too: the provider sends it where nothing is set |
| `rest: true` | a list of blocks that is not known as a whole keeps one element that is not known |
| `lacks: [Field]` | the field is told whole but for these, each of which is a gap |

`filled` lists the blocks that the provider fills in itself, so that a plan marks them as not known even where nothing
sets them. A plan names no `dynamic` block: of any other block such a mark says that one may make it, and it is a gap.

`siblings` lists the types that live AWS tells as the same kind and that are not translated (`aws_default_vpc`): where
one stands, the kind's population has a gap that names it, with file and line.

`attached` lists the resource types that set part of another, and how they refer to it; `computed` names the sections
that are made of the record as for live AWS; `secret` the paths that are dropped once they are.

That a live resource and the same one planned get the same verdicts is tested for each kind: both are made, and all
checks of the kind judge both. Where they differ, `tests/samples/terraform_parity.yaml` says why.

"""


def programs() -> Sequence[CheckProgram]:
    desk = open_desk()
    return compiled(desk.policy.checks.values(), desk.kinds)


def by_kind() -> Mapping[KindName, Sequence[Translation]]:
    found: dict[KindName, list[Translation]] = {}
    for one in load_translations():
        found.setdefault(one.kind, []).append(one)
    return dict(sorted(found.items()))


def told(translations: Sequence[Translation], program: CheckProgram) -> bool:
    """Whether one resource type alone tells all that a check reads of its kind."""
    return any(
        all(Coverage(paths=one.paths(), otherwise=GapReason.NOT_TRANSLATED).covers(path) for path in program.reads)
        for one in translations
    )


def rows(kinds: Mapping[KindName, Sequence[Translation]], checks: Sequence[CheckProgram]) -> Iterator[str]:
    for kind, translations in kinds.items():
        own = [one for one in checks if one.kind.name == kind]
        types = [f"`{one.type}`" for one in translations]
        attached = sorted({f"`{one.type}`" for each in translations for one in each.attached})
        decided = sum(told(translations, one) for one in own)
        yield f"| `{kind}` | {', '.join(types)} | {', '.join(attached)} | {decided} of {len(own)} |"


def listed(kinds: Mapping[KindName, Sequence[Translation]], checks: Sequence[CheckProgram]) -> Iterator[str]:
    for kind, translations in kinds.items():
        names = [one.check.id for one in checks if one.kind.name == kind and told(translations, one)]
        if names:
            joined = {one.check.id for one in checks if one.related}
            shown = (f"`{name.removeprefix(kind + '.')}`{'*' if name in joined else ''}" for name in sorted(names))
            yield f"- `{kind}`: {', '.join(shown)}"


def page() -> str:
    kinds, checks = by_kind(), programs()
    types = {one.type for each in kinds.values() for one in each}
    attached = {one.type for each in kinds.values() for translation in each for one in translation.attached}
    decided = sum(told(kinds[one.kind.name], one) for one in checks if one.kind.name in kinds)
    head = [
        "## Which resources give which kinds",
        "",
        f"{len(types | attached)} resource types give {len(kinds)} kinds. Of {decided} checks they tell all that is",
        "read of their kind.",
        "",
        "| kind | resource types | what is attached to them | checks told whole |",
        "| --- | --- | --- | --- |",
    ]
    after = ["", "## The checks that are told whole", "", "With a star: the check joins other kinds too.", ""]
    return HEAD + "\n".join([*head, *rows(kinds, checks), *after, *listed(kinds, checks)]) + "\n"


def test_the_page_is_in_step_with_the_translations(golden: Callable[[Path, bytes], None]) -> None:
    golden(PAGE, page().encode())
