"""Records × checks → observations → findings. Pure: no clock, no network."""

from grc.assess.assessment import Seen, conclude, proven, refuse_newer
from grc.assess.attestations import Attestations, attestations_at
from grc.assess.blocks import Processes
from grc.assess.observe import observe
from grc.assess.raised import raised_results
from grc.assess.waivers import active, compensating

__all__ = [
    "Attestations",
    "Processes",
    "Seen",
    "active",
    "attestations_at",
    "compensating",
    "conclude",
    "observe",
    "proven",
    "raised_results",
    "refuse_newer",
]
