"""Compliance as code: catalogues, evidence and verdicts that can be performed again."""
