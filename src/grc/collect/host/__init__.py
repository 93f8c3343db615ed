"""Hosts: a folder of what a small script, or osquery, printed of each machine. Nothing is asked of a machine here."""

from grc.collect.host.script import script_text
from grc.collect.host.source import HostSource, open_hosts, recognise

__all__ = ["HostSource", "open_hosts", "recognise", "script_text"]
