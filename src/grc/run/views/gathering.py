"""Which tables a framework is known by, and gathering them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from grc.model.catalogue import Catalogue, View
from grc.model.identifiers import FrameworkId
from grc.model.views import AnyView
from grc.run.views.accountability import accountability_index
from grc.run.views.addressable import addressable_decisions
from grc.run.views.applicability import statement_of_applicability
from grc.run.views.capability import capability_sheet
from grc.run.views.given import Given

GATHER: Final[Mapping[View, Callable[[Given, Catalogue, str], AnyView]]] = {
    View.SOA: statement_of_applicability,
    View.ADDRESSABLE: addressable_decisions,
    View.ACCOUNTABILITY: accountability_index,
    View.CAPABILITY: capability_sheet,
}


def views(given: Given, frameworks: Iterable[FrameworkId], wanted: View | None = None) -> tuple[AnyView, ...]:
    """The tables of these frameworks, in the order of the frameworks; only those of one sort where one is wanted."""
    return tuple(
        GATHER[view](given, catalogue, set_)
        for catalogue in (given.policy.catalogues[name] for name in frameworks)
        for view, set_ in sorted(catalogue.views.items())
        if wanted in (None, view)
    )
