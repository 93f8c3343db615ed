"""GitHub: an organization through its REST API, or from an export of its answers."""

from grc.collect.github.export import write_export
from grc.collect.github.opening import Exports, connect, open_exports, open_github, recognise
from grc.collect.github.source import GitHubSource

__all__ = ["Exports", "GitHubSource", "connect", "open_exports", "open_github", "recognise", "write_export"]
