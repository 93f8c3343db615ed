"""The handlers that a client takes over from its session: those of its own service, in order, and no others."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from grc.collect.aws import allowlist
from grc.collect.aws.hooks import Hooks, concerns_others
from grc.collect.aws.shapes import service_model

OF_A_CALL = (
    "provide-client-params",
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "response-received",
    "before-parse",
    "needs-retry",
    "after-call",
    "after-call-error",
)
SERVICES = sorted({service for service, _ in allowlist.load().reads})


def answering(emitter: Any, event: str) -> list[Any]:
    """Who is called at an event, in order."""
    return list(emitter._emitter._handlers.prefix_search(emitter._alias_event_name(event)))


def id_of(service: str) -> str:
    return str(service_model(service).service_id.hyphenize())


@pytest.mark.slow
def test_every_call_of_every_service_meets_the_same_handlers() -> None:
    session = botocore.session.Session()
    whole, hooks = session.get_component("event_emitter"), Hooks(session)
    for service in SERVICES:
        name = id_of(service)
        with hooks.of(name):
            cut = session.get_component("event_emitter")
        events = [f"creating-client-class.{name}", *(f"{first}.{name}" for first in OF_A_CALL)]
        reads = [read for (owner, _), read in allowlist.load().reads.items() if owner == service]
        events += [f"{first}.{name}.{read.operation}" for first in OF_A_CALL for read in reads]
        events += [f"getattr.{name}.{read.method}" for read in reads]
        assert [answering(cut, event) for event in events] == [answering(whole, event) for event in events], service


def test_the_session_keeps_its_own_handlers_and_those_added_to_it_are_kept() -> None:
    session, heard = botocore.session.Session(), list[str]()
    session.register("of-ours", lambda event_name, **_: heard.append(event_name))
    whole = session.get_component("event_emitter")
    with Hooks(session).of("ec2"):
        assert session.get_component("event_emitter") is not whole
        session.get_component("event_emitter").emit("of-ours.ec2.DescribeVpcs")
    assert session.get_component("event_emitter") is whole
    assert heard == ["of-ours.ec2.DescribeVpcs"]


@pytest.mark.parametrize(
    ("event", "service", "others"),
    [
        ("before-call", "ec2", False),
        ("before-call.ec2.CopySnapshot", "ec2", False),
        ("before-call.s3", "ec2", True),
        ("before-call.apigateway", "api-gateway", False),
        ("before-call.apigateway", "s3", True),
        ("docs.*.ec2.RunInstances.complete-section", "ec2", True),
    ],
)
def test_what_concerns_others(event: str, service: str, others: bool) -> None:
    assert concerns_others(event, service) is others
