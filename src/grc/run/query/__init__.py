"""Questions to a pack in SQL, answered by DuckDB from the pack's own files."""

from grc.run.query.asking import Answer, asking, query
from grc.run.query.tables import TABLES, SqlTable

__all__ = ["TABLES", "Answer", "SqlTable", "asking", "query"]
