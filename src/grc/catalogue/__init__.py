"""The project's YAML made into the model: catalogues, controls, checks, the workspace; and their lint.

A module is imported when something of it is asked for: a policy that was read before needs none of the readers.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grc.catalogue.applicability import load_applicability
    from grc.catalogue.attestations import load_attestations
    from grc.catalogue.capability import activities
    from grc.catalogue.declared import no_workspace
    from grc.catalogue.findings import load_findings
    from grc.catalogue.linting import lint
    from grc.catalogue.loading import load
    from grc.catalogue.parameters import with_parameters
    from grc.catalogue.places import data_files, shipped
    from grc.catalogue.tailoring import load_tailoring
    from grc.catalogue.waivers import load_waivers
    from grc.catalogue.workspace import load_workspace, workspace_problems, workspace_template

__all__ = [
    "activities",
    "data_files",
    "lint",
    "load",
    "load_applicability",
    "load_attestations",
    "load_findings",
    "load_tailoring",
    "load_waivers",
    "load_workspace",
    "no_workspace",
    "shipped",
    "with_parameters",
    "workspace_problems",
    "workspace_template",
]

HOMES: Final = {
    "activities": "capability",
    "data_files": "places",
    "lint": "linting",
    "load": "loading",
    "load_applicability": "applicability",
    "load_attestations": "attestations",
    "load_findings": "findings",
    "load_tailoring": "tailoring",
    "load_waivers": "waivers",
    "load_workspace": "workspace",
    "no_workspace": "declared",
    "shipped": "places",
    "with_parameters": "parameters",
    "workspace_problems": "workspace",
    "workspace_template": "workspace",
}


def __getattr__(name: str) -> object:
    """What stands in a module of this room, imported at the first use."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
