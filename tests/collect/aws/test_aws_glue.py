"""What is taken out of arguments and properties that may hold secrets, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from grc.collect.aws.declared import load
from grc.collect.aws.derive import DERIVATIONS
from grc.model.identifiers import KindName

SWITCH = "--enable-continuous-cloudwatch-log"
NO_ACCOUNT: Any = None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({}, None),
        ({"DefaultArguments": {"--password": "p"}}, None),
        ({"DefaultArguments": {"--password": "p", SWITCH: "true"}}, "true"),
        ({"DefaultArguments": {SWITCH: "true"}, "NonOverridableArguments": {SWITCH: "false"}}, "false"),
    ],
)
def test_only_the_switch_is_taken_from_the_arguments_of_a_job(item: dict[str, Any], expected: object) -> None:
    assert DERIVATIONS["continuous_log"](NO_ACCOUNT, item) == expected


def test_only_settings_are_taken_from_the_properties_of_a_connection() -> None:
    properties = {"PASSWORD": "p", "USERNAME": "u", "JDBC_ENFORCE_SSL": "true", "SECRET_ID": "s"}
    found = DERIVATIONS["connection_settings"](NO_ACCOUNT, {"ConnectionProperties": properties})
    assert found == {"JDBC_ENFORCE_SSL": "true", "SECRET_ID": "s"}
    assert DERIVATIONS["connection_settings"](NO_ACCOUNT, {}) == {}


def test_of_a_sign_in_to_kafka_the_way_and_the_name_of_the_secret_are_taken() -> None:
    told = {"KAFKA_SASL_MECHANISM": "SCRAM-SHA-512", "KAFKA_SASL_SCRAM_SECRETS_ARN": "arn:aws:secretsmanager:x"}
    kept_out = {"KAFKA_SASL_SCRAM_USERNAME": "u", "KAFKA_SASL_SCRAM_PASSWORD": "p", "KAFKA_SASL_PLAIN_PASSWORD": "p"}
    found = DERIVATIONS["connection_settings"](NO_ACCOUNT, {"ConnectionProperties": told | kept_out})
    assert found == told


@pytest.mark.parametrize(
    ("kind", "holder"),
    [
        ("aws.glue.job", "DefaultArguments"),
        ("aws.glue.job", "NonOverridableArguments"),
        ("aws.glue.dev-endpoint", "Arguments"),
        ("aws.glue.connection", "ConnectionProperties"),
        ("aws.dms.endpoint", "ExtraConnectionAttributes"),
        ("aws.firehose.stream", "stream.Destinations"),
        ("aws.rds.cluster", "PendingModifiedValues.MasterUserPassword"),
        ("aws.redshift.cluster", "PendingModifiedValues.MasterUserPassword"),
    ],
)
def test_what_may_hold_secrets_is_dropped(kind: str, holder: str) -> None:
    assert holder in load()[KindName(kind)].secret
