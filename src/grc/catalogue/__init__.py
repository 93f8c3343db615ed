"""The project's YAML made into the model: catalogues, controls, checks, the workspace; and their lint."""

from grc.catalogue.files import data_files, shipped
from grc.catalogue.linting import lint
from grc.catalogue.loading import load
from grc.catalogue.parameters import with_parameters
from grc.catalogue.waivers import load_applicability, load_waivers
from grc.catalogue.workspace import load_workspace, no_workspace, workspace_problems, workspace_template

__all__ = [
    "data_files",
    "lint",
    "load",
    "load_applicability",
    "load_waivers",
    "load_workspace",
    "no_workspace",
    "shipped",
    "with_parameters",
    "workspace_problems",
    "workspace_template",
]
