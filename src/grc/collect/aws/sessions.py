"""Sessions, and the clients made from them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from ipaddress import ip_address
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import botocore

from grc.collect.aws import models, whole
from grc.collect.aws.hooks import Hooks, Named
from grc.collect.aws.parsing import Parsers

if TYPE_CHECKING:
    from botocore.session import Session

SessionFactory = Callable[[], "Session"]
Roots = Mapping[tuple[str, str], str]
"""The root element of an operation's REST-XML answer, by service and operation."""

USER_AGENT: Final = f"grc/{metadata.version('grc')} botocore/{botocore.__version__}"
CONNECT_SECONDS: Final = 10
READ_SECONDS: Final = 60
MOST_CLIENTS: Final = 256
ACCOUNT_IN_HOST: Final = frozenset({"s3control"})


def from_profile(profile: str | None = None, region: str | None = None) -> SessionFactory:
    """Sessions with the usual sources of credentials: environment, profile, role of the machine."""

    def make() -> Session:
        import botocore.session

        hooks = Hooks()
        session = botocore.session.Session(profile=profile, event_hooks=hooks)
        session.register_component("event_emitter", Named(hooks))
        settled = session.get_config_variable("profile")  # looked for some fifty times for each client
        session.get_component("config_store").set_config_variable("profile", settled)
        if region is not None:
            session.set_config_variable("region", region)
        return session

    return make


@dataclass(slots=True)
class Shared:
    """A client, and how many calls are under way with it."""

    client: Any
    users: int = 0


class Clients:
    """Makes clients and shares them: clients may be used by several threads, their maker may not.

    Only so many are held: places are read one after the other, and a client is a quarter of a megabyte.
    """

    def __init__(self, session: Session, *, connections: int, attempts: int, roots: Roots) -> None:
        from urllib.request import getproxies

        from botocore.config import Config

        self._session = session
        self._roots = roots
        self._config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=connections,
            retries={"mode": "adaptive", "total_max_attempts": attempts},
            parameter_validation=False,  # proven by the lint, once
            user_agent=USER_AGENT,  # botocore builds its own anew for each request: a twentieth of a call
            proxies=None if getproxies() else {},  # it looks through the environment twice for each client
        )
        self._lock = Lock()
        self._making = Lock()
        self._made: OrderedDict[tuple[str, str], Shared] = OrderedDict()
        session.register_component("response_parser_factory", Parsers())
        session.register_component("data_loader", models.reviewed(session.get_config_variable("data_path")))

    @contextmanager
    def use(self, service: str, region: str) -> Iterator[Any]:
        """The client of a service in a region, for one call."""
        shared = self._held(service, region) or self._another(service, region)
        try:
            yield shared.client
        finally:
            with self._lock:
                shared.users -= 1

    def _held(self, service: str, region: str) -> Shared | None:
        with self._lock:
            shared = self._made.get((service, region))
            if shared is not None:
                shared.users += 1
                self._made.move_to_end((service, region))
            return shared

    def _another(self, service: str, region: str) -> Shared:
        """A new client, unless somebody else has just made it."""
        with self._making:
            shared = self._held(service, region)
            if shared is None:
                shared = Shared(self._make(service, region), users=1)
                with self._lock:
                    self._made[service, region] = shared
                    self._drop_idle()
            return shared

    def _drop_idle(self) -> None:
        """Close those not used for longest, where there are too many."""
        while len(self._made) > MOST_CLIENTS:
            idle = next((key for key, shared in self._made.items() if not shared.users), None)
            if idle is None:
                return
            self._made.pop(idle).client.close()

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for shared in self._made.values():
                shared.client.close()
            self._made.clear()

    def _make(self, service: str, region: str) -> Any:
        client = self._session.create_client(service, region_name=region, config=self._config)

        def prove(operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
            whole.check(operation_model, response_dict, self._roots.get((service, operation_model.name)))

        client.meta.events.register("before-parse", prove, unique_id="grc-whole")
        if service in ACCOUNT_IN_HOST and _is_local(client.meta.endpoint_url):
            keep = partial(_keep_host, urlsplit(client.meta.endpoint_url).netloc)
            client.meta.events.register("before-call", keep, unique_id="grc-host")
        return client


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return bool(ip_address(host))
    except ValueError:
        return host == "localhost"


def _keep_host(netloc: str, params: dict[str, Any], **_: Any) -> None:
    """Send to an endpoint given by address as it is: names below it do not resolve."""
    params["url"] = urlunsplit(urlsplit(params["url"])._replace(netloc=netloc))
