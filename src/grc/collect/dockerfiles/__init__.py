"""Dockerfiles: each file by its last stage, its stages and its instructions, each with its line."""

from grc.collect.dockerfiles.source import open_dockerfiles, recognise

__all__ = ["open_dockerfiles", "recognise"]
