"""What evidence comes from, for a listing: each source, what it reads, and the kinds that it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from grc.model.identifiers import KindName
from grc.model.kind import Kind

OWN: Final = (
    ("aws", "aws", "live", "the live AWS API"),
    ("kubernetes", "kubernetes", "live", "a live cluster"),
    ("github", "github", "live", "GitHub's REST API"),
    ("github-export", "github", "live", "a folder of GitHub's answers"),
    ("hosts", "host", "live", "what `grc host-script` or osquery printed"),
    ("registers", "register", "register", "CSV, XLSX, YAML"),
    ("documents", "document", "document", "Markdown, PDF, DOCX"),
    ("files", "file", "document or manifest", "JSON, YAML, TOML, CSV by a schema of the workspace"),
    ("kubernetes-manifests", "kubernetes", "manifest", "Kubernetes manifests, also rendered ones"),
    ("workflows", "ci", "manifest", "workflow files of GitHub Actions"),
    ("dockerfiles", "container", "manifest", "Dockerfiles"),
)
"""Sources with kinds of their own: name, provider, origin, what is read."""


def collectors(kinds: Mapping[KindName, Kind]) -> Iterator[dict[str, Any]]:
    """A row for each source."""
    from grc.collect.cloudformation import shipped_translations
    from grc.collect.terraform import load_translations

    by_provider: dict[str, list[str]] = {}
    for kind in kinds.values():
        by_provider.setdefault(kind.provider, []).append(kind.name)
    for name, provider, origin, reads in OWN:
        yield {"id": name, "reads": reads, "origin": origin, "kinds": by_provider.get(provider, [])}
    planned = sorted({translation.kind for translation in load_translations()})
    yield {"id": "terraform", "reads": "Terraform configuration", "origin": "template", "kinds": planned}
    yield {"id": "terraform-plan", "reads": "terraform show -json of a plan", "origin": "plan", "kinds": planned}
    yield {"id": "terraform-state", "reads": "terraform.tfstate", "origin": "state", "kinds": planned}
    templates = sorted({translation.kind for translation in shipped_translations()})
    yield {"id": "cloudformation", "reads": "CloudFormation templates", "origin": "template", "kinds": templates}
