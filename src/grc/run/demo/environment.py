"""What the environment says, for a while."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def environment(told: Mapping[str, str], unset: Iterable[str] = ()) -> Iterator[None]:
    """Set some variables and unset others while the block lasts; each is as it was afterwards."""
    without = tuple(unset)
    before = {name: os.environ.get(name) for name in (*told, *without)}
    try:
        for name in without:
            os.environ.pop(name, None)
        os.environ.update(told)
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
