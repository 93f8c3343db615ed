"""The models that clients are made from: cut down to the reviewed reads, and whole in all that those lead to."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import ServiceModel

from grc.collect.aws import allowlist, models
from grc.collect.aws.shapes import is_known, operation, service_model

SERVICES = sorted({service for service, _ in allowlist.load().reads} - models.SIGNING_IN)


def shapes_below(shape: Any, seen: dict[str, Any]) -> None:
    """Every shape under one, by name, with what botocore says of it."""
    if shape is None or shape.name in seen:
        return
    seen[shape.name] = dict(shape.metadata)
    members = list(getattr(shape, "members", {}).values())
    for below in (*members, *(getattr(shape, name, None) for name in ("member", "key", "value"))):
        shapes_below(below, seen)


@pytest.mark.parametrize("service", SERVICES)
def test_each_reviewed_read_has_the_shapes_of_the_whole_model(service: str) -> None:
    known, cut = (
        ServiceModel(loader.load_service_model(service, models.SERVICE), service)
        for loader in (models.whole(), models.reviewed())
    )
    reads = {read.operation for (name, _), read in allowlist.load().reads.items() if name == service}
    assert set(cut.operation_names) == reads
    for name in sorted(reads):
        found: list[dict[str, Any]] = []
        for model in (known, cut):
            operation, seen = model.operation_model(name), dict[str, Any]()
            for shape in (operation.input_shape, operation.output_shape, *operation.error_shapes):
                shapes_below(shape, seen)
            found.append(seen)
        assert found[0] == found[1]
        assert found[1]


@pytest.mark.parametrize("service", SERVICES)
def test_every_shape_can_be_looked_through_for_the_error_of_a_refused_call(service: str) -> None:
    """An addition of the SDK's to a shape that was left out makes none without a type."""
    held = models.reviewed().load_service_model(service, models.SERVICE)
    assert [name for name, shape in held["shapes"].items() if "type" not in shape] == []
    assert ServiceModel(held, service).shape_for_error_code("no such code") is None


@pytest.mark.parametrize("service", SERVICES)
def test_what_no_read_leads_to_is_left_out(service: str) -> None:
    names = models.reviewed().load_service_model(service, models.SERVICE)["shapes"]
    assert 0 < len(names) < len(models.whole().load_service_model(service, models.SERVICE)["shapes"])


@pytest.mark.parametrize("service", SERVICES)
def test_the_rest_of_a_model_is_not_kept(service: str) -> None:
    loader = models.reviewed()
    held = loader.load_data(f"{service}/{loader.determine_latest_version(service, models.SERVICE)}/{models.SERVICE}")
    reads = {read.operation for (name, _), read in allowlist.load().reads.items() if name == service}
    assert set(held["operations"]) == reads


@pytest.mark.parametrize("service", SERVICES)
def test_an_operation_is_looked_up_among_the_reviewed_reads_first(service: str) -> None:
    reads = {read.operation for (name, _), read in allowlist.load().reads.items() if name == service}
    for name in sorted(reads):
        assert set(operation(service, name).service_model.operation_names) == reads
    others = set(service_model(service).operation_names) - reads
    assert operation(service, min(others)).name == min(others)


def test_an_operation_or_service_that_botocore_lacks_is_not_known() -> None:
    assert is_known("s3", "ListBuckets")
    assert not is_known("s3", "ListPails")
    assert not is_known("s4", "ListBuckets")


def test_who_names_no_place_to_look_besides_has_the_same_loader() -> None:
    for loader in (models.whole, models.reviewed):
        assert loader() is loader(None)
        assert loader() is not loader("elsewhere")
