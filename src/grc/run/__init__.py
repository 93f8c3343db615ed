"""The rooms wired together: the public library interface. Heavy rooms are imported where they are used."""

from grc.run.assessing import assess
from grc.run.collecting import collect
from grc.run.desk import Desk, open_desk
from grc.run.reperforming import Reperformed, reperform
from grc.run.scanning import scan
from grc.run.sources import Reach

__all__ = ["Desk", "Reach", "Reperformed", "assess", "collect", "open_desk", "reperform", "scan"]
