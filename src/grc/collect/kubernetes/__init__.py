"""Kubernetes: manifests in files, and live clusters."""

from grc.collect.kubernetes.manifests import ManifestSource, open_manifests
from grc.collect.kubernetes.recognition import recognise

__all__ = ["ManifestSource", "open_manifests", "recognise"]
