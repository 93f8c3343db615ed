"""The simulated AWS of the demonstration: asked on this machine, whatever the machine's environment says."""

from __future__ import annotations

import os

import boto3
import pytest

from grc.run.demo.account import ACCOUNT, CREDENTIALS, REGION
from grc.run.demo.simulator import simulated_aws

NOBODY = "http://127.0.0.1:9"


@pytest.mark.parametrize("excepted", [None, "intranet.example"])
def test_no_proxy_stands_before_it(excepted: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, NOBODY)
    for name in ("no_proxy", "NO_PROXY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    if excepted:
        monkeypatch.setenv("NO_PROXY", excepted)
    before = dict(os.environ)
    with simulated_aws() as endpoint:
        client = boto3.Session(region_name=REGION, **CREDENTIALS).client("sts", endpoint_url=endpoint)
        assert client.get_caller_identity()["Account"] == ACCOUNT
        assert (excepted or "") in os.environ["NO_PROXY"]
    assert {name: value for name, value in os.environ.items() if not name.startswith("MOTO_")} == {
        name: value for name, value in before.items() if not name.startswith("MOTO_")
    }
