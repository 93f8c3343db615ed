"""The templates of a directory as a source: the records that a live scan would give once they are deployed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from grc.collect.cloudformation.declaring import CALL, declared
from grc.collect.cloudformation.fitting import FittingSink
from grc.collect.cloudformation.stacks import Library, stacks_of
from grc.collect.files import Claim, Tree
from grc.collect.translated import DeclaredSource, Estate, Translation, Wording, load_translations
from grc.model.evidence import Demand, Origin
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.model.ports import Progress, Sink

SHIPPED: Final = Path(__file__).parent / "translations"
WORDING: Final = Wording(call=CALL, noun="template")


def shipped_translations() -> tuple[Translation, ...]:
    """How the resource types of CloudFormation become records."""
    return load_translations(SHIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSource:
    """The templates of one directory."""

    declared: DeclaredSource
    known: Mapping[KindName, Kind]
    name: str = "cloudformation"
    version: str = "1"

    def kinds(self) -> frozenset[KindName]:
        """The kinds that there are translations to."""
        return self.declared.kinds()

    def collect(self, demand: Demand, sink: Sink, progress: Progress) -> None:
        """Translate the demanded kinds; a kind without resources is a proven empty one."""
        shapes = {str(name): self.known[name].shape for name in self.kinds()}
        self.declared.collect(demand, FittingSink(sink, shapes), progress)


def open_templates(
    tree: Tree, claim: Claim, root: str, clock: Callable[[], datetime], kinds: Mapping[KindName, Kind]
) -> TemplateSource:
    """Open the claimed templates as a source. ``root`` names the directory in places: ``file/<root>``."""
    library = Library(tree)
    stacks = stacks_of(library, claim.paths)
    estate = Estate(
        root=root,
        origin=Origin.TEMPLATE,
        query="AWS CloudFormation templates",
        parameters={"templates": len(claim.paths), "stacks": sum(stack.made for stack in stacks)},
        wording=WORDING,
        declared=declared(stacks, library.facts()),
    )
    source = DeclaredSource(
        name="cloudformation", version="1", estates=(estate,), translations=shipped_translations(), clock=clock
    )
    return TemplateSource(declared=source, known=kinds)
