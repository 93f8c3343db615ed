"""Declared resources of infrastructure code, translated to the same kinds as live AWS: one engine for every format."""

from grc.collect.translated.reading import Wording
from grc.collect.translated.resource import Declared, DeclaredResource, Uncertain, Untold
from grc.collect.translated.source import DeclaredSource, Estate
from grc.collect.translated.translation import Attachment, Translation, load_translations

__all__ = [
    "Attachment",
    "Declared",
    "DeclaredResource",
    "DeclaredSource",
    "Estate",
    "Translation",
    "Uncertain",
    "Untold",
    "Wording",
    "load_translations",
]
