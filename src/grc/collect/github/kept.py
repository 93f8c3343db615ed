"""Answers of an earlier run, so that GitHub need only say that they still hold: such an answer spends no rate limit.

They are kept as GitHub gave them, before anything is redacted, so only in a folder that a person names for it. A file
that is not whole, or that another may write, counts as absent: it is not asked about, and so never confirmed.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from grc.collect.strictjson import read_json

MAGIC: Final = b"grc.github-answer/1\n"
DIGEST: Final = 32
KEPT_HEADERS: Final = ("content-type", "etag", "link")


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An answer of status 200 as it was, with the headers that matter."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """The answers in one folder. Safe to use from several threads and processes."""

    folder: Path

    def find(self, base: str, token: str, target: str) -> Earlier | None:
        """What this address answered this token, or None."""
        try:
            with self._path(base, token, target).open("rb") as file:
                data = file.read() if _is_own(file.fileno()) else b""
        except OSError:
            return None
        body = data[len(MAGIC) + DIGEST :]
        if b"\n" not in body or data[: -len(body)] != MAGIC + hashlib.sha256(body).digest():
            return None
        head, _, rest = body.partition(b"\n")
        return Earlier(headers=json.loads(head), body=rest)

    def keep(self, base: str, token: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep an answer that can be asked about again. A folder that cannot be written keeps nothing."""
        if "etag" not in headers or "x-github-sso" in headers or _may_go_on(target, headers, body):
            return
        told = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        payload = json.dumps(told).encode() + b"\n" + body
        path = self._path(base, token, target)
        partial = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.partial")
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(MAGIC + hashlib.sha256(payload).digest() + payload)
                partial.replace(path)
            finally:
                partial.unlink(missing_ok=True)

    def _path(self, base: str, token: str, target: str) -> Path:
        """What a token is shown is its own: each token has answers of its own, and none is named in clear."""
        asked = "\n".join((hashlib.sha256(token.encode()).hexdigest(), base, target))
        return self.folder / hashlib.sha256(asked.encode()).hexdigest()


def _may_go_on(target: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a full page is the last: one more item leaves it as it is, and a next page may be untold."""
    most = parse_qs(urlsplit(target).query).get("per_page", [""])[0]
    if not most.isdecimal() or 'rel="next"' in headers.get("link", ""):
        return False
    try:
        found: Any = read_json(body)
    except ValueError:
        return True
    parts = found.values() if isinstance(found, dict) else (found,)
    return any(isinstance(part, list) and len(part) >= int(most) for part in parts)


def _is_own(descriptor: int) -> bool:
    """Whether a file is the user's own and nobody else may write it, where the system knows of users."""
    if not hasattr(os, "geteuid"):
        return True
    found = os.fstat(descriptor)
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022
