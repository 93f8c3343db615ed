"""A moto server in a process of its own, with an estate on it: what is measured against."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
USERS = 20
INSTANCES = 50


@contextmanager
def moto() -> Iterator[str]:
    """Run a server and give its address."""
    port = free_port()
    env = {**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address)
        yield address
    finally:
        server.terminate()
        server.wait()


def environment(address: str) -> dict[str, str]:
    """The environment of a client of the server."""
    return {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def seed(address: str, buckets: int) -> None:
    """Make buckets, users and instances."""
    os.environ.update(environment(address))
    import botocore.session

    session = botocore.session.get_session()
    s3, iam, ec2 = (session.create_client(service) for service in ("s3", "iam", "ec2"))
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    for number in range(buckets):
        name = f"bucket-{number:05d}"
        s3.create_bucket(Bucket=name)
        if number % 2:
            s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "Owner", "Value": "x"}]})
    for number in range(USERS):
        iam.create_user(UserName=f"user-{number:03d}")
        iam.create_access_key(UserName=f"user-{number:03d}")
    iam.generate_credential_report()
    ec2.run_instances(ImageId="ami-12345678", MinCount=INSTANCES, MaxCount=INSTANCES)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{address}/moto-api/", timeout=1)  # noqa: S310 - our own server
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the moto server did not start")
