"""Records × checks → observations → findings. Pure: no clock, no network."""

from grc.assess.assessment import Seen, conclude, refuse_newer
from grc.assess.attestations import Attestations, attestations_at
from grc.assess.blocks import Processes
from grc.assess.observe import observe

__all__ = ["Attestations", "Processes", "Seen", "attestations_at", "conclude", "observe", "refuse_newer"]
