"""Kubernetes: manifests in files, and live clusters."""

from grc.collect.kubernetes.cluster import ClusterSource, open_cluster
from grc.collect.kubernetes.manifests import ManifestSource, open_manifests
from grc.collect.kubernetes.recognition import recognise
from grc.collect.kubernetes.rights import cluster_role, roles

__all__ = ["ClusterSource", "ManifestSource", "cluster_role", "open_cluster", "open_manifests", "recognise", "roles"]
