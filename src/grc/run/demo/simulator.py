"""A simulated AWS API on this machine. Nothing here can reach AWS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final
from urllib.request import Request, urlopen

from grc.errors import ConfigError
from grc.run.demo.environment import environment

HOST: Final = "127.0.0.1"


@contextmanager
def simulated_aws() -> Iterator[str]:
    """Run a simulated AWS API while the block lasts; gives its endpoint.

    Raises:
        ConfigError: the simulator is not installed.
    """
    os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # the images of AWS itself are not the clinic's
    try:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
        from werkzeug.serving import make_server
    except ImportError as error:
        raise ConfigError("the demonstration needs the AWS simulator: pip install 'grc[demo]'") from error
    from grc.run.demo.unspoken import Completed

    app = Completed(DomainDispatcherApplication(create_backend_app))
    server = make_server(HOST, 0, app, threaded=True, request_handler=MotoRequestHandler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        endpoint = f"http://{HOST}:{server.server_port}"
        with environment(_no_proxy()):
            # The simulator's accounts belong to its process: what an earlier server of it holds is not the clinic's.
            urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()  # noqa: S310 - our own server
            yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _no_proxy() -> dict[str, str]:
    """Have no call to this machine go to a proxy that the environment names: it would leave the machine."""
    named = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    return dict.fromkeys(("no_proxy", "NO_PROXY"), f"{named},{HOST}" if named else HOST)
