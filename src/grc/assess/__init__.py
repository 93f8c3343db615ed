"""Records × checks → observations → findings. Pure: no clock, no network."""

from grc.assess.assessment import Seen, conclude, refuse_newer
from grc.assess.observe import observe

__all__ = ["Seen", "conclude", "observe", "refuse_newer"]
