"""An API server of Kubernetes that lists what it is given, a page at a time, and breaks where it is told to."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from grc.collect.kubernetes.resources import RESOURCES, Resource

PAGE: Final = 2
"""Objects that the server gives at a time, whatever is asked for: a server may give fewer."""
TOKEN: Final = "made-up-token"
VERSION: Final = {"major": "1", "minor": "34+", "gitVersion": "v1.34.1", "platform": "linux/amd64"}

Fault = str
"""How a path is broken: one of ``FAULTS``."""
FAULTS: Final[Sequence[Fault]] = (
    "denied", "signed-out", "throttled", "broken", "html", "empty", "cut", "other", "null", "missing", "circle", "late",
    "short"
)  # fmt: skip


@dataclass
class Server:
    """What the server holds, by path, and what is wrong with it. ``asked`` are the paths and queries that were read."""

    objects: dict[str, list[dict[str, Any]]]
    faults: dict[str, Fault] = field(default_factory=dict)
    unserved: set[str] = field(default_factory=set)
    expire_once: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str, bytes, int | None]:
        """Status, sort, body, and the length that is promised where it is another."""
        fault = self.faults.get(path)
        if fault in ("late", "circle") and not query.get("continue"):
            fault = None  # the first page is sound
        if fault is not None:
            return _broken(fault, path)
        if path == "/api":
            return _json({"kind": "APIVersions", "versions": ["v1"]})
        if path == "/version":
            return _json(VERSION)
        if path == "/apis":
            return _json({"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(api) for api in self._apis()]})
        if path.removeprefix("/apis/") in self._apis():
            named = [{"name": one.plural} for one in RESOURCES if one.path.startswith(path + "/") and self._serves(one)]
            return _json({"kind": "APIResourceList", "resources": named})
        space, whole = _within(path)
        resource = next((one for one in RESOURCES if one.path == whole), None)
        if resource is None or not self._serves(resource):
            return _status(404)
        found = self.objects.get(whole, [])
        if space is None:
            return self._page(resource, query, found)
        if resource.object == "Namespace":
            named = [one for one in found if one["metadata"]["name"] == space]
            return _json({"kind": "Namespace", "apiVersion": "v1", **named[0]}) if named else _status(404)
        return self._page(resource, query, [one for one in found if one["metadata"].get("namespace") == space])

    def _page(
        self, resource: Resource, query: dict[str, list[str]], found: list[dict[str, Any]]
    ) -> tuple[int, str, bytes, int | None]:
        begin = int(query.get("continue", ["0"])[0])
        if begin and resource.path in self.expire_once:
            self.expire_once.discard(resource.path)
            return _status(410)
        metadata: dict[str, Any] = {"resourceVersion": "1"}
        if begin + PAGE < len(found):
            metadata["continue"] = str(begin + PAGE)
        items = found[begin : begin + PAGE]
        body = {"kind": f"{resource.object}List", "apiVersion": resource.api, "metadata": metadata, "items": items}
        return _json(body)

    def _apis(self) -> set[str]:
        return {one.api for one in RESOURCES if one.group and one.api not in self.unserved}

    def _serves(self, resource: Resource) -> bool:
        return resource.api not in self.unserved and resource.plural not in self.unserved


def _within(path: str) -> tuple[str | None, str]:
    """The namespace that a path is of, and the path over all namespaces."""
    found = re.fullmatch(r"(.*)/namespaces/([^/]+)(/[^/]+)?", path)
    if found is None:
        return None, path
    return found[2], found[1] + (found[3] or "/namespaces")


def _group(api: str) -> dict[str, Any]:
    return {"name": api.rpartition("/")[0], "versions": [{"groupVersion": api}]}


def _json(value: object) -> tuple[int, str, bytes, int | None]:
    return 200, "application/json", json.dumps(value).encode(), None


def _status(code: int) -> tuple[int, str, bytes, int | None]:
    return code, "application/json", json.dumps({"kind": "Status", "code": code}).encode(), None


def _broken(fault: Fault, path: str) -> tuple[int, str, bytes, int | None]:
    codes = {"denied": 403, "signed-out": 401, "throttled": 429, "broken": 500, "missing": 404, "late": 403}
    if fault in codes:
        return _status(codes[fault])
    whole = json.dumps({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}).encode()
    if fault == "html":
        return 200, "text/html", b"<html>sign in</html>", None
    if fault == "empty":
        return 200, "application/json", b"", None
    if fault == "cut":
        return 200, "application/json", whole[:-4], len(whole)
    resource = next((one for one in RESOURCES if one.path == path), RESOURCES[0])
    named = {"kind": f"{resource.object}List", "apiVersion": resource.api}
    if fault == "plain":
        return 200, "text/plain", json.dumps({**named, "metadata": {}, "items": []}).encode(), None
    if fault == "short":
        return _json({**named, "metadata": {"remainingItemCount": 3}, "items": []})
    if fault == "circle":
        return _json({**named, "metadata": {"continue": "2"}, "items": []})
    return (
        _json({**named, "metadata": {}, "items": None}) if fault == "null" else (200, "application/json", whole, None)
    )


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server behind a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body are two packets: the second waited for the first to be received

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            server.asked.append(self.path)
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                code, sort, body, promised = _status(401)
            else:
                code, sort, body, promised = server.answer(parts.path, parse_qs(parts.query))
            self.send_response(code)
            self.send_header("Content-Type", sort)
            self.send_header("Content-Length", str(promised or len(body)))
            if code == 429:
                self.send_header("Retry-After", "3")
            self.end_headers()
            self.wfile.write(body)
            if promised:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def kubeconfig(server: Server, token: str = TOKEN) -> dict[str, Any]:
    """A kubeconfig that leads to the server."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "main",
        "clusters": [{"name": "arn:aws:eks:eu-west-1:123456789012:cluster/main", "cluster": {"server": server.url}}],
        "users": [{"name": "auditor", "user": {"token": token}}],
        "contexts": [
            {
                "name": "main",
                "context": {"cluster": "arn:aws:eks:eu-west-1:123456789012:cluster/main", "user": "auditor"},
            }
        ],
    }
