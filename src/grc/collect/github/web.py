"""Asks GitHub over HTTPS: limits are waited out within a patience, and the token goes to the one address alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from grc.collect.github.answers import Answer, CallError, Request
from grc.collect.github.kept import Earlier, KeptAnswers
from grc.collect.github.reasons import limited
from grc.errors import ConfigError
from grc.model.evidence import GapReason

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

PUBLIC: Final = "https://api.github.com"
API_VERSION: Final = "2022-11-28"
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
LARGEST: Final = 64 * 2**20
"""Bytes of one answer."""
SECONDS: Final = 30.0
"""How long a connection or an answer may take."""
PATIENCE: Final = 900.0
"""Seconds that all waiting for rate limits may take together."""
MINUTE: Final = 60.0
"""What GitHub asks to wait for where a secondary limit names no time."""
AGAIN: Final = (1.0, 3.0)
"""Seconds before a request is repeated that the server, or the way to it, failed."""
TRANSIENT: Final = frozenset({500, 502, 503, 504})
NEXT: Final = re.compile(r'<([^<>]*)>\s*(?:;[^,<>]*)?;\s*rel="?next"?')


class Web:
    """The API of GitHub or of a GitHub Enterprise Server. Meets ``answers.Transport``.

    ``clock`` says when an answer came, ``pause`` waits for so many seconds. ``kept`` holds answers of earlier runs: one
    that GitHub says is unchanged is as of then.

    Raises:
        ConfigError: the address is not one that a token may be sent to.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        clock: Callable[[], datetime],
        pause: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
        seconds: float = SECONDS,
        connections: int = 8,
        kept: KeptAnswers | None = None,
    ) -> None:
        from urllib3 import PoolManager, Timeout

        self._base = address(url)
        self._token = token
        self._kept = kept
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {_checked(token)}",
            "User-Agent": "grc",
            "X-GitHub-Api-Version": API_VERSION,
        }
        self._pool = PoolManager(num_pools=1, maxsize=connections, block=True, timeout=Timeout(seconds), retries=False)
        self._clock = clock
        self._pause = pause
        self._left = patience
        self._until = 0.0
        self._lock = Lock()

    def get(self, request: Request) -> Answer:
        """Ask, wait where a limit says so, and ask again what failed on the way.

        Raises:
            CallError: there is no answer, or the limit outlasts what is left of the patience.
        """
        tries = list(AGAIN)
        waited = False
        while True:
            try:
                answer = self._ask(request)
            except CallError as failed:
                if not tries or failed.reason is GapReason.MALFORMED:
                    raise
            else:
                if limited(answer):
                    self._wait(answer, again=waited)
                    waited = True
                    continue
                if answer.status not in TRANSIENT or not tries:
                    return answer
            self._pause(tries.pop(0))

    def _ask(self, request: Request) -> Answer:
        earlier = None if self._kept is None else self._kept.find(self._base, self._token, request.target)
        status, headers, body = self._exchanged(request, earlier)
        if earlier is not None and status == 304:
            status, headers, body = 200, {**headers, **earlier.headers}, earlier.body
        elif self._kept is not None and status == 200:
            self._kept.keep(self._base, self._token, request.target, headers, body)
        following = self._following(headers.get("link", ""))
        return Answer(status=status, headers=headers, body=body, received=self._clock(), following=following)

    def _exchanged(self, request: Request, earlier: Earlier | None) -> tuple[int, dict[str, str], bytes]:
        """One request and what came back: status, headers, body."""
        from urllib3 import exceptions as http

        unless = {} if earlier is None else {"If-None-Match": earlier.headers["etag"]}
        try:
            response = self._pool.request(
                "GET",
                self._base + request.target,
                headers={**self._headers, **unless},
                redirect=False,
                preload_content=False,
            )
            with response:
                body = _body(response)
                headers = {name.lower(): value for name, value in response.headers.items()}
        except http.NewConnectionError as error:
            raise CallError(GapReason.UNREACHABLE, "nobody answers at this address") from error
        except http.TimeoutError as error:
            raise CallError(GapReason.TIMEOUT, "the server did not answer in time") from error
        except (http.IncompleteRead, http.DecodeError) as error:
            raise CallError(GapReason.MALFORMED, "the answer is cut or damaged") from error
        except http.ProtocolError as error:
            cut = isinstance(error.__cause__, http.IncompleteRead)
            reason = GapReason.MALFORMED if cut else GapReason.UNREACHABLE
            raise CallError(reason, "the answer is cut or damaged" if cut else "the connection broke") from error
        except (http.HTTPError, UnicodeError) as error:
            raise CallError(GapReason.UNREACHABLE, type(error).__name__) from error
        return response.status, headers, body

    def _following(self, link: str) -> Request | None:
        found = NEXT.search(link)
        if found is None:
            return None
        target = found[1].removeprefix(self._base)
        if target == found[1] or not target.startswith("/"):
            raise CallError(GapReason.MALFORMED, "the next page is said to be at another address")
        return Request(target)

    def _wait(self, answer: Answer, *, again: bool) -> None:
        """Wait out a limit. Threads that wait for the same one at the same time use the patience up once.

        Raises:
            CallError: it lasts longer than the patience that is left.
        """
        seconds = self._told(answer)
        now = answer.received.timestamp()
        with self._lock:
            longer = seconds if again else now + seconds - max(now, self._until)
            if longer > self._left:
                raise CallError(GapReason.THROTTLED, f"HTTP {answer.status}: a rate limit that ends in {seconds:.0f} s")
            self._left -= max(0.0, longer)
            self._until = max(self._until, now + seconds)
        self._pause(seconds)

    def _told(self, answer: Answer) -> float:
        """The seconds that a limit lasts, at least one, so that a server cannot keep us asking."""
        after, reset = answer.headers.get("retry-after", ""), answer.headers.get("x-ratelimit-reset", "")
        if after.isdecimal() and len(after) < 10:
            return max(1.0, float(after))
        if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal() and len(reset) < 12:
            return max(1.0, float(reset) - answer.received.timestamp() + 1)
        return MINUTE


def address(url: str) -> str:
    """The address of the API for what a person gives: GitHub's own, or the server of an enterprise.

    Raises:
        ConfigError: it is no address, holds credentials, or is not encrypted.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"{url!r} is not the address of a server") from error
    if not host or parts.query or parts.fragment or parts.username is not None or parts.password is not None:
        raise ConfigError("the address of GitHub is written https://HOST, or https://HOST/api/v3")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOCAL):
        raise ConfigError(f"{parts.scheme}://{host} is not encrypted: a token is sent over https alone")
    own = not host.startswith("api.") and host not in LOCAL
    path = parts.path.rstrip("/") or ("/api/v3" if own and host != "github.com" else "")
    return PUBLIC if host == "github.com" else f"{parts.scheme}://{parts.netloc}{path}"


def _checked(token: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", token):
        raise ConfigError("the token of GitHub is empty, or holds characters that no token has")
    return token


def _body(response: BaseHTTPResponse) -> bytes:
    """Read an answer within bounds, decoded: a small compressed answer may unpack to a very large one."""
    pieces: list[bytes] = []
    size = 0
    for piece in response.stream(2**16, decode_content=True):
        size += len(piece)
        if size > LARGEST:
            raise CallError(GapReason.MALFORMED, f"the answer is larger than {LARGEST // 2**20} MiB")
        pieces.append(piece)
    return b"".join(pieces)
