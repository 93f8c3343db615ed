"""Documents: a folder of policies as Markdown, PDF or DOCX, read for what they print of themselves."""

from grc.collect.documents.source import DocumentSource

__all__ = ["DocumentSource"]
