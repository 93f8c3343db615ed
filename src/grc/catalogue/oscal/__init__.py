"""Catalogues of other publishers, written in OSCAL, made into catalogues of ours."""

from grc.catalogue.oscal.importing import Imported, Told, import_catalogue

__all__ = ["Imported", "Told", "import_catalogue"]
