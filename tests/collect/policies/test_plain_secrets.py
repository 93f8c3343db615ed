"""Secrets in the open: what is taken for one, what is not, and that no value is told."""

from __future__ import annotations

from typing import Any

import pytest

from grc.collect.policies import ANALYSES, UnreadableError

ACCOUNT = "111122223333"
KEY = "AKIA" + "IOSFODNN7EXAMPLE"
RANDOM = "x9Kq2vPz" + "71LmWc04"


def found(*sources: Any, analysis: str = "plain-secrets") -> Any:
    return ANALYSES[analysis].compute(sources, ACCOUNT)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X", KEY),
        ("X", f"export K={KEY};"),
        ("X", "-----BEGIN RSA " + "PRIVATE KEY-----\nMII"),
        ("X", "-----BEGIN " + "PRIVATE KEY-----"),
        ("X", "postgres://app:" + "s3cr3t@db.example/x"),
        ("X", "ghp_" + "a" * 36),
        ("X", "eyJhbGciOiJI" + ".eyJzdWIiOiIx" + ".abc"),
        ("X", "sk_live_" + "a" * 16),
        ("DB_PASSWORD", "hunter2"),
        ("dbPwd", "prod-clinic"),
        ("SMTP_PASS", "hunter2"),
        ("API_KEY", RANDOM),
        ("clientSecret", RANDOM),
        ("GITHUB_TOKEN", RANDOM),
    ],
)
def test_a_secret_is_found_and_not_told(name: str, value: str) -> None:
    told = found({name: value, "REGION": "eu-central-1"})
    assert told["Names"] == [name]
    assert len(told["Sorts"]) == 1
    assert value not in str(told)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STAGE", "production"),
        ("BYPASS", "allowed"),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes"),
        ("REQUIRE_PASSWORD", "Disabled"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "arn:aws:secretsmanager:eu-central-1:111122223333:secret:db"),
        ("DB_PASSWORD", "/prod/db/password"),
        ("DB_PASSWORD", "${db_password}"),
        ("DB_PASSWORD", "{{resolve:secretsmanager:db}}"),
        ("DB_SECRET", "prod/clinic/db"),
        ("TOKEN", "short"),
        ("TOKEN_URL", "https://login.example/token"),
        ("TOKEN_TTL", RANDOM),
        ("SECRET_NAME", RANDOM),
        ("USE_TOKEN", "true"),
        ("REPO", "https://someone@bitbucket.org/team/repo.git"),
        ("REPO", "https://db.example:5432/x@y"),
        ("DSN", "postgres://app:${PASSWORD}@db.example/x"),
        ("ID", "AKIA-is-a-prefix"),
    ],
)
def test_what_is_no_secret_is_left_alone(name: str, value: str) -> None:
    assert found({name: value}) == {"Names": [], "Sorts": []}


@pytest.mark.parametrize(
    "source",
    [
        {"A": "1", "K": KEY},
        {"Variables": {"A": "1", "K": KEY}},
        [{"A": "1"}, {"K": KEY}],
        [{"name": "A", "value": "1"}, {"name": "K", "value": KEY}],
        [{"name": "K", "value": KEY, "type": "PLAINTEXT"}],
        [{"OutputKey": "K", "OutputValue": KEY, "Description": "d"}],
        [[{"Name": "K", "Value": KEY}]],
    ],
)
def test_each_shape_of_variables_is_read(source: Any) -> None:
    assert found(source)["Names"] == ["K"]


def test_a_reference_to_a_store_is_no_secret() -> None:
    assert found([{"name": "PASSWORD", "value": "x1234567", "type": "SECRETS_MANAGER"}])["Names"] == []
    assert found([{"name": "PASSWORD", "value": "x1234567", "type": "PLAINTEXT"}])["Names"] == ["PASSWORD"]


def test_options_of_an_environment_are_no_variables_of_its_application() -> None:
    variable = {"Namespace": "aws:elasticbeanstalk:application:environment", "OptionName": "K", "Value": KEY}
    assert found([variable, {"Namespace": "aws:ec2:vpc", "OptionName": "PASSWORD", "Value": KEY}])["Names"] == ["K"]


def test_options_are_picked_from_the_settings() -> None:
    logs = {"Namespace": "aws:elasticbeanstalk:cloudwatch:logs", "OptionName": "StreamLogs", "Value": "true"}
    secret = {"Namespace": "aws:elasticbeanstalk:application:environment", "OptionName": "StreamLogs", "Value": KEY}
    assert found([logs, secret], analysis="beanstalk-options") == {"StreamLogs": "true"}
    assert found([{**logs, "Value": None}], analysis="beanstalk-options") == {}
    assert found([[[logs]]], analysis="beanstalk-options") == {"StreamLogs": "true"}
    for unreadable in (None, [], ["x"]):
        with pytest.raises(UnreadableError):
            found(unreadable, analysis="beanstalk-options")


def test_nothing_set_is_nothing_found() -> None:
    assert found(None) == found([]) == found({}) == {"Names": [], "Sorts": []}


@pytest.mark.parametrize("source", [{"Error": {"ErrorCode": "AccessDeniedException"}}, "text", [1]])
def test_what_cannot_be_looked_at_is_no_answer(source: Any) -> None:
    with pytest.raises(UnreadableError):
        found(source)


@pytest.mark.parametrize(
    "place",
    [
        ({"K": KEY}, None, None, None, None),
        (None, {"environment": [{"name": "K", "value": KEY}]}, None, None, None),
        (
            None,
            None,
            {"taskProperties": [{"containers": [{"environment": [{"name": "K", "value": KEY}]}]}]},
            None,
            None,
        ),
        (None, None, None, {"podProperties": {"initContainers": [{"env": [{"name": "K", "value": KEY}]}]}}, None),
        (None, {"image": KEY}, None, None, {"nodeRangeProperties": [{"container": {"environment": [{"K": KEY}]}}]}),
    ],
)
def test_variables_of_a_job_are_found_at_any_depth(place: Any) -> None:
    assert found(*place, analysis="job-secrets")["Names"] == ["K"]


def test_addresses_are_numbered_and_not_told() -> None:
    bad = "https://user:" + "pa55@bitbucket.org/team/repo"
    told = found("https://bitbucket.org/a", [bad], analysis="address-secrets")
    assert told == {"Names": ["address 2"], "Sorts": ["password in an address"]}
    assert found(None, None, analysis="address-secrets")["Names"] == []
    assert found(bad, None, analysis="address-secrets")["Names"] == ["address 1"]
    with pytest.raises(UnreadableError):
        found(1, None, analysis="address-secrets")
