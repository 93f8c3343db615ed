"""The report as a folder: pages that link to each other, tables beside them, and data that is loaded when asked for."""

from grc.report.site.folder import write_folder
from grc.report.site.render import SiteFile, render_site

__all__ = ["SiteFile", "render_site", "write_folder"]
