"""Dockerfiles: each file by its last stage, its stages and its instructions, each with its line."""

from grc.collect.dockerfiles.source import DOCKERFILES, recognise

__all__ = ["DOCKERFILES", "recognise"]
