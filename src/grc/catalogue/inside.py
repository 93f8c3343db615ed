"""Paths that stay in the workspace: it is handed on, and a stranger's must not read another folder."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath


def leaves(path: str) -> bool:
    """Whether a path of a workspace's file leads, or could lead, out of the workspace."""
    posix, windows = PurePosixPath(path), PureWindowsPath(path)
    return posix.is_absolute() or bool(windows.anchor) or ".." in posix.parts or ".." in windows.parts
