"""Secrets in texts: what is taken out and what stands, in the open and in base64; every form has a canary."""

from __future__ import annotations

import base64
import gzip
import time

import pytest
from canaries import PARTS, PLANTED, SECRETS, WHOLE
from hypothesis import given
from hypothesis import strategies as st

from grc.collect.secrets import scrub, sorts_of
from grc.collect.secrets.names import PASSWORD_BY_NAME, SECRET_BY_NAME
from grc.collect.secrets.table import forms

SORTS = {form.id for form in forms()} | {PASSWORD_BY_NAME, SECRET_BY_NAME}


@pytest.mark.parametrize("sort", sorted(WHOLE))
def test_a_secret_gives_way_to_its_sort(sort: str) -> None:
    found = scrub(f"before {WHOLE[sort]} after")
    assert found.text == f"before [secret: {sort}] after"
    assert found.sorts == (sort,)


@pytest.mark.parametrize("sort", sorted(PARTS))
def test_what_stands_around_a_secret_stays(sort: str) -> None:
    text, secret = PARTS[sort]
    found = scrub(text.format(secret))
    assert secret not in found.text
    assert found.text == text.format(f"[secret: {sort}]")


def test_every_sort_but_the_untold_ones_has_a_canary() -> None:
    assert set(PLANTED) | {"bedrock-api-key"} == SORTS


def test_every_form_has_its_source_and_hints_that_its_secrets_bear() -> None:
    for form in forms():
        assert form.source.startswith("https://")
        assert all(hint == hint.lower() and len(hint) >= 3 for hint in form.hints)


@pytest.mark.parametrize("sort", sorted(PLANTED))
def test_a_secret_is_found_in_base64_and_packed(sort: str) -> None:
    script = f"#!/bin/sh\n{PLANTED[sort]}\nexit 0\n".encode()
    for data in (script, gzip.compress(script, mtime=0), base64.b64encode(script)):
        found = scrub(base64.b64encode(data).decode())
        assert sort in found.sorts
        inner = base64.b64decode(found.text)
        inner = base64.b64decode(inner) if data == base64.b64encode(script) else inner
        assert f"[secret: {sort}]".encode() in inner
        assert not any(secret.encode() in inner for secret in SECRETS)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("password=hunter2", "password=[secret: password-by-name]"),
        ('{"dbPassword": "correct horse"}', '{"dbPassword": "[secret: password-by-name]"}'),
        (r"{\"password\":\"hunter2\"}", r"{\"password\":\"[secret: password-by-name]\"}"),
        ("db:\n  password: swordfish\n  host: x", "db:\n  password: [secret: password-by-name]\n  host: x"),
        ("mysql --password hunter2 -h db", "mysql --password [secret: password-by-name] -h db"),
        ("Server=db;User=app;Password=hunter2;", "Server=db;User=app;Password=[secret: password-by-name];"),
        ("https://x.example/?api_key=k3yk3yk3y&b=1", "https://x.example/?api_key=[secret: secret-by-name]&b=1"),
        ("token := 'a1b2c3d4e5'", "token := '[secret: secret-by-name]'"),
    ],
)
def test_what_is_assigned_to_a_name_is_taken_out(text: str, clean: str) -> None:
    assert scrub(text).text == clean


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/db-AbCdEf",
        "arn:aws:iam::111122223333:user/anna",
        "AIDACKCEVSQ6C2EXAMPLE",
        "AROAJQABLZS4A3QDU576Q",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "person:0123456789abcdef01234567",
        "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        "https://sqs.eu-central-1.amazonaws.com/111122223333/queue",
        "https://someone@bitbucket.org/team/repo.git",
        "postgres://app:${PASSWORD}@db/x",
        "The password: at least twelve characters.",
        "Password: required",
        "Passwords: minimum 14 characters, rotated every 90 days",
        "password policy: see the access control policy",
        "password = var.db_password",
        "password={{resolve:secretsmanager:db}}",
        "password: !Ref DbPassword",
        "token: arn:aws:ssm:eu-central-1:111122223333:parameter/x",
        "secret: prod/clinic/db",
        "credentials: 2026-11-22",
        "MASTER_PASSWORD=****",
        "risk-management, task-0123456789abcdefABCDEF",
        "Asia/Tokyo",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "v0.1.0-us-east-1",
        "",
    ],
)
def test_what_is_no_secret_stays_to_the_letter(text: str) -> None:
    assert scrub(text) == (text, ())


def test_base64_without_a_secret_stays_to_the_letter() -> None:
    for text in ("IyEvYmluL3NoCmVjaG8gaGVsbG8gd29ybGQgYW5kIG5vdGhpbmcgZWxzZQo=", base64.b64encode(bytes(64)).decode()):
        assert scrub(text) == (text, ())


@given(st.text(max_size=80), st.sampled_from(sorted(PLANTED.values())), st.text(max_size=80))
def test_a_scrubbed_text_holds_nothing_more_to_take_out(before: str, secret: str, after: str) -> None:
    once = scrub(f"{before} {secret} {after}").text
    assert scrub(once).text == once


def test_a_mark_tells_neither_the_value_nor_its_length() -> None:
    assert len({scrub("password=" + "x1" * length).text for length in range(1, 40)}) == 1


def test_forms_alone_pass_over_what_is_secret_by_its_name() -> None:
    assert sorts_of(["password=hunter2", PLANTED["github-token"]]) == ("github-token",)


@pytest.mark.parametrize(
    "piece", ["a://b:", "eyJ-", "-----BEGIN PRIVATE KEY-----", "--secret", "A", "sk-A1", "password=", "a.b+c", "$6$a$"]
)
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    begun = time.process_time()
    scrub(text)
    assert time.process_time() - begun < 5
