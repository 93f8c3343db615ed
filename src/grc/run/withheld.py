"""What a workspace says itself goes into an assessment verbatim: a secret in it is refused, not taken out.

Taken out, the policy would be another than the one that judged. So it is said where it stands, by its form alone: what
merely sounds like a secret is left to the people who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from grc import canonical
from grc.collect.secrets import sorts_of
from grc.errors import ConfigError, DataError, Problem
from grc.model.assessment import Effective

OWN: Final = ("workspace/", "kinds/")
"""Where files that a workspace may have written stand in a sealed policy."""
ADVICE: Final = "take it out, and renew the secret: a pack goes to others"


def refuse_secrets(files: Mapping[str, bytes], effective: Effective) -> None:
    """Refuse to seal what holds a secret.

    Raises:
        DataError: a file of the workspace holds one; with every place.
        ConfigError: its waivers, statements or decisions do.
    """
    own = ((path.removeprefix("workspace/"), data) for path, data in files.items() if path.startswith(OWN))
    problems = [problem for path, data in own for problem in _problems(path, data)]
    if problems:
        raise DataError(problems)
    texts = list(_texts(canonical.plain(effective), ""))
    if not sorts_of(["\n".join(text for _, text in texts)]):
        return  # of thousands of short texts, looked through all at once, hardly ever does one hold any
    for path, text in texts:
        for sort in sorts_of([text]):
            raise ConfigError(f"the workspace's {path} holds what looks like a secret ({sort}): {ADVICE}")


def _problems(path: str, data: bytes) -> Iterator[Problem]:
    text = data.decode("utf-8", "replace")
    if not sorts_of([text]):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        for sort in sorts_of([line]):
            yield Problem(path=path, line=number, column=1, at="$", message=f"looks like a secret ({sort}): {ADVICE}")


def _texts(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """Every text of JSON data, with its place."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for name, below in value.items():
            yield from _texts(below, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _texts(below, f"{at}[{index}]")
