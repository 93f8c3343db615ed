"""The rooms wired together: the public library interface. A room is imported when something of it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from grc.run.assessing import assess
    from grc.run.collecting import collect
    from grc.run.desk import Desk, open_desk
    from grc.run.reperforming import Reperformed, reperform
    from grc.run.scanning import scan
    from grc.run.sources import Reach

__all__ = ["Desk", "Reach", "Reperformed", "assess", "collect", "open_desk", "reperform", "scan"]

HOMES: Final = {
    "assess": "assessing",
    "collect": "collecting",
    "Desk": "desk",
    "open_desk": "desk",
    "Reperformed": "reperforming",
    "reperform": "reperforming",
    "scan": "scanning",
    "Reach": "sources",
}


def __getattr__(name: str) -> object:
    """What stands in a module of this room, imported at the first use."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
