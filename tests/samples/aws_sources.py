"""Sources that ask a recording of AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_cassette import NOW, Cassette, sessions

from grc.collect.aws import AwsSource
from grc.collect.aws.sessions import SessionFactory
from grc.collect.persons import Pseudonyms

REGIONS = ("eu-west-1", "us-east-1")


def source_of(tape: Cassette, made: SessionFactory | None = None) -> Callable[..., AwsSource]:
    """Makes sources that ask the tape, by sessions of their own or those given."""

    def make(**options: Any) -> AwsSource:
        given = {"regions": REGIONS, "attempts": 1, "concurrency": 4, "pseudonyms": Pseudonyms(b"key"), **options}
        return AwsSource(made or sessions(tape), clock=lambda: NOW, **given)

    return make
