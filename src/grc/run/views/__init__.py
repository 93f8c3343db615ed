"""The tables that frameworks are known by: a policy, what was decided, and what was found where there is a pack."""

from grc.run.views.document import changes, document
from grc.run.views.gathering import views
from grc.run.views.given import Given, given_here, given_in
from grc.run.views.processing import record_of_processing

__all__ = ["Given", "changes", "document", "given_here", "given_in", "record_of_processing", "views"]
