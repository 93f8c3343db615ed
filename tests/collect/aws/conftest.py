"""One moto server a run: the estate is made and recorded once, then given back from memory."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import botocore.session
import pytest
from aws_cassette import Cassette, Held, Kept, Told, sessions
from aws_estate import seed
from aws_sources import source_of
from botocore.config import Config
from made_once import made_once

from grc.collect.aws import AwsSource, models
from grc.collect.aws.declared import load
from grc.collect.aws.sessions import SessionFactory
from grc.model.evidence import Demand
from grc.run.demo.simulator import simulated_aws


@pytest.fixture(scope="session")
def everything() -> Demand:
    """A demand for every section of every kind."""
    return {name: frozenset(resource.sections) for name, resource in load().items()}


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A simulated AWS; its address."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
        with simulated_aws() as endpoint:
            yield endpoint


@pytest.fixture(scope="module")
def environment(server: str) -> Iterator[None]:
    """An environment with made-up credentials and the moto server, and nothing of the machine's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ENDPOINT_URL", server)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield


KEPT: dict[tuple[str, ...], Kept] = {}
WHOLE = Held()
TAPE = "tape.pickle"


@pytest.fixture(scope="module")
def recorded(environment: None, server: str, everything: Demand, tmp_path_factory: pytest.TempPathFactory) -> Cassette:
    """The seeded estate, every answer of a whole collection kept."""

    def record(folder: Path) -> None:
        urlopen(Request(f"{server}/moto-api/reset", method="POST")).close()  # other tests' accounts are in this process
        session, control = plain_session(), Config(inject_host_prefix=False)
        seed(lambda service: session.create_client(service, region_name="us-east-1", config=control))
        tape = Cassette(record=True)
        source_of(tape)().collect(everything, Held(), Told())
        (folder / TAPE).write_bytes(pickle.dumps(dict(tape.kept)))

    if not KEPT:
        folder = made_once(tmp_path_factory, "whole-estate", record)
        KEPT.update(pickle.loads((folder / TAPE).read_bytes()))
    return Cassette(kept=KEPT)


@pytest.fixture(scope="module")
def whole(recorded: Cassette, everything: Demand) -> Held:
    """A whole collection of the estate, made once a process. It is to be read alone."""
    if not WHOLE.units:
        source_of(recorded)().collect(everything, WHOLE, Told())
    return WHOLE


@pytest.fixture
def tape(recorded: Cassette) -> Cassette:
    """The recorded estate, without network; faults may be put in."""
    return Cassette(kept=recorded.kept)


@pytest.fixture
def session_maker(tape: Cassette) -> SessionFactory:
    """A session of its own for each source; a campaign has one for all."""
    return sessions(tape)


@pytest.fixture
def source(tape: Cassette, session_maker: SessionFactory) -> Callable[..., AwsSource]:
    """Makes sources that ask the tape."""
    return source_of(tape, session_maker)


def plain_session() -> Any:
    session = botocore.session.Session()
    session.register_component("data_loader", models.whole())
    session.set_config_variable("region", "us-east-1")
    return session
