"""Compliance as code: catalogues, evidence and verdicts that can be performed again."""

__version__ = "0.1.0"
