"""What was not seen never moves a verdict but to unknown, in any example of any shipped check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from grc.model.catalogue import Example
from grc.model.evidence import Origin
from grc.model.identifiers import CheckId
from grc.model.status import Verdict
from grc.policy.examples import bindings
from grc.policy.explain import judge
from grc.policy.program import CheckProgram

Programs = Mapping[CheckId, CheckProgram]


def verdict(program: CheckProgram, example: Example) -> Verdict:
    return judge(program, bindings(program, example))


def sections(program: CheckProgram) -> list[str]:
    """The optional top-level fields that a verdict rests on: what a call or a translation may fail to give."""
    fields = program.kind.shape.fields
    return sorted({path.split(".")[0] for path in program.reads} & {name for name in fields if fields[name].nullable})


def denied(program: CheckProgram, example: Example) -> Iterator[tuple[str, Example]]:
    """The example with one thing after another unseen."""
    for name in sections(program):
        body = {field: value for field, value in example.resource.items() if field != name}
        yield name, replace(example, resource=body, gaps={**example.gaps, name: "access-denied"})
    for related in program.related:
        yield related.name, replace(example, holes=(*example.holes, related.name))
        fewer = {name: bodies for name, bodies in example.related.items() if name != related.name}
        yield related.name, replace(example, related=fewer, holes=(*example.holes, related.name))


def test_a_denied_call_never_changes_a_verdict_but_to_unknown(programs: Programs) -> None:
    wrong = [
        (name, number, unseen)
        for name, program in programs.items()
        for number, example in enumerate(program.check.examples)
        for unseen, without in denied(program, example)
        if verdict(program, without) not in {example.expected, Verdict.UNKNOWN}
    ]
    assert wrong == []


def test_nothing_at_all_is_never_a_verdict(programs: Programs) -> None:
    for name, program in programs.items():
        for example in program.check.examples:
            holes = tuple(related.name for related in program.related)
            blind = replace(
                example, resource={}, related={}, holes=holes, gaps={"": "access-denied"}, origin=Origin.LIVE
            )
            assert verdict(program, blind) is Verdict.UNKNOWN, name


def matched(program: CheckProgram) -> set[str]:
    """The fields that joins alone read: an example gives its related records without them."""
    sources = [source for related in program.check.relate for source in related.match.values()]
    return {name for source in sources for name in re.findall(r"resource\.\??(\w+)", source)}


def test_every_section_is_missed_by_some_example(programs: Programs) -> None:
    """A section whose denial never shows would be one that no example rests on."""
    idle = []
    for name, program in programs.items():
        showing = {
            unseen
            for example in program.check.examples
            if example.expected is not Verdict.UNKNOWN
            for unseen, without in denied(program, example)
            if verdict(program, without) is Verdict.UNKNOWN
        }
        idle += [(name, section) for section in sections(program) if section not in showing | matched(program)]
    assert idle == []
