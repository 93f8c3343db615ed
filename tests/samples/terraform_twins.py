"""Judges the same resources twice, live and planned, and pairs the verdicts."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from aws_cassette import Held, Told, response
from botocore.config import Config
from botocore.session import Session
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from observation_lines import single
from terraform_estates import REGION, Twins
from terraform_estates import Client as Clients
from terraform_plans import plan
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Response

from grc.assess.observe import observe
from grc.collect.aws import AwsSource, models
from grc.collect.persons import Pseudonyms
from grc.collect.terraform import open_plan
from grc.collect.terraform.translation import load_translations
from grc.evidence.lines import record_line
from grc.model.evidence import Population
from grc.model.identifiers import KindName
from grc.model.kind import Kind
from grc.policy import CheckProgram, demand
from grc.run import open_desk
from grc.run.demo.unspoken import Completed
from grc.run.judging import compiled

Estate = Callable[[Clients, Twins], None]
PLAIN = Config(inject_host_prefix=False, retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Pair:
    """What a check said of a resource as it is, and as it is planned."""

    check: str
    address: str
    live: str
    planned: str


@dataclass(frozen=True)
class Memory:
    """Evidence in memory, as the engine reads it."""

    held: tuple[tuple[Population, bytes], ...]

    def populations(self) -> Sequence[Population]:
        """By kind and place."""
        return tuple(population for population, _ in self.held)

    def lines(self, population: Population) -> Any:
        """All lines at once."""
        yield from (lines for each, lines in self.held if each.unit == population.unit)


def judged(folder: Path, estates: Sequence[Estate]) -> Mapping[str, Sequence[Pair]]:
    """The pairs of verdicts by kind, of every check of a kind that the estates have resources of."""
    now = datetime.now(UTC)
    desk = open_desk()
    live, ahead, twins = Held(), Held(), Twins()
    aws = Simulated()
    session = aws.session()
    clients = cache(lambda service: session.create_client(service, region_name=REGION, config=PLAIN))
    for estate in estates:
        estate(clients, twins)
    made = {address.partition(".")[0] for address in twins.live}
    kinds = {one.kind for one in load_translations() if one.type in made}
    programs = [one for one in compiled(desk.policy.checks.values(), desk.kinds) if one.kind.name in kinds]
    # What checks join besides is known live alone: a plan never knows all that there is.
    wanted = {kind: paths for kind, paths in demand(programs).items() if kind in kinds}
    given: Mapping[str, Any] = {"regions": (REGION,), "attempts": 1, "concurrency": 4, "pseudonyms": Pseudonyms(b"key")}
    AwsSource(aws.session, clock=lambda: datetime.now(UTC), **given).collect(wanted, live, Told())
    (folder / "plan.json").write_text(json.dumps(plan(*twins.planned)))
    open_plan(folder / "plan.json", "plan.json", lambda: now).collect(wanted, ahead, Told())
    as_of = datetime.now(UTC)
    return paired(verdicts(live, programs, desk.kinds, as_of), verdicts(ahead, programs, desk.kinds, as_of), twins)


class Simulated:
    """A simulated AWS in this process: what a session sends is answered without a network."""

    def __init__(self) -> None:
        os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # reading them takes longer than all the rest
        self._app = Completed(DomainDispatcherApplication(create_backend_app))
        self._ask("POST", "http://localhost/moto-api/reset", {}, b"")

    def session(self) -> Session:
        """A session with made-up credentials that asks here."""
        session = Session()
        session.register_component("data_loader", models.whole())
        session.set_credentials("testing", "testing")
        session.set_config_variable("region", REGION)
        session.set_default_client_config(Config(s3={"addressing_style": "path"}))
        session.register("before-send", self._answer)
        return session

    def _answer(self, request: Any, **_: Any) -> Any:
        body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        if hasattr(request.body, "read"):
            body = request.body.read()
        found = self._ask(request.method, request.url, request.headers, body)
        return response(request.url, found.status_code, dict(found.headers), found.data)

    def _ask(self, method: str, url: str, headers: Mapping[str, Any], body: bytes) -> Any:
        texts = {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
        asked = EnvironBuilder(path=url, method=method, headers=texts, input_stream=io.BytesIO(body))
        asked.content_length = len(body)
        return Client(self._app, Response).open(asked)


def verdicts(
    held: Held, programs: Sequence[CheckProgram], kinds: Mapping[KindName, Kind], now: datetime
) -> Mapping[tuple[str, str, str], str]:
    """(kind, subject, check) → verdict."""
    found: dict[tuple[str, str, str], str] = {}
    lines = tuple(
        (population, b"".join(record_line(record) + b"\n" for record in sorted(records, key=lambda one: one.subject)))
        for _, (population, records) in sorted(held.units.items())
    )

    def write(text: bytes) -> None:
        for one in single(text):
            found[one["kind"], one["subject"], one["check"]] = one["verdict"]

    observe(Memory(lines), programs, kinds, (), now, {}, write)
    return found


def paired(
    live: Mapping[tuple[str, str, str], str], ahead: Mapping[tuple[str, str, str], str], twins: Twins
) -> Mapping[str, Sequence[Pair]]:
    pairs: dict[str, list[Pair]] = {}
    for (kind, address, check), planned in sorted(ahead.items()):
        if address in twins.live:
            end = twins.live[address]
            said = [found for (_, subject, own), found in live.items() if own == check and subject.endswith(end)]
            assert len(said) == 1, f"{check} judged {len(said)} live subjects that end in {end}"
            pairs.setdefault(kind, []).append(Pair(check, address, said[0], planned))
    return pairs
