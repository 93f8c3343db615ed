"""What the SDK does beside sending a call, cut down to what concerns one service.

A session knows some hundred handlers, most of them for one operation of one service or for the SDK's own docs. Each
client takes a copy of them all, which was a third of what making it cost.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from botocore.session import Session

COMPONENT: Final = "event_emitter"
DOCS: Final = "docs"
ANY: Final = "*"


class Hooks:
    """The handlers of a session, by service. Not safe to use from several threads, as the session is not."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._whole: Any = session.get_component(COMPONENT)
        self._cut: dict[str, Any] = {}

    @contextmanager
    def of(self, service_id: str) -> Iterator[None]:
        """The session gives clients what concerns this service, by its id as events name it (``api-gateway``)."""
        if service_id not in self._cut:
            self._cut[service_id] = self._made(service_id)
        self._session.register_component(COMPONENT, self._cut[service_id])
        try:
            yield
        finally:
            self._session.register_component(COMPONENT, self._whole)

    def _made(self, service_id: str) -> Any:
        from botocore.handlers import BUILTIN_HANDLERS

        found = copy.copy(self._whole)
        for event, handler, *_ in BUILTIN_HANDLERS:
            if concerns_others(event, service_id):
                found.unregister(event, handler)
        return found


def concerns_others(event: str, service_id: str) -> bool:
    """Whether an event (``before-call.ec2.CopySnapshot``) is of another service, or of the SDK's docs."""
    from botocore.hooks import EVENT_ALIASES

    first, *rest = event.split(".")
    if first == DOCS:
        return True
    return bool(rest) and rest[0] not in (ANY, service_id) and EVENT_ALIASES.get(rest[0]) != service_id
