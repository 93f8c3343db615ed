"""CloudFormation templates, translated to the same kinds as live AWS."""

from grc.collect.cloudformation.recognising import recognise
from grc.collect.cloudformation.source import TemplateSource, open_templates, shipped_translations

__all__ = ["TemplateSource", "open_templates", "recognise", "shipped_translations"]
