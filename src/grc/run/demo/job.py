"""The demonstration's job: the same calls that ``grc scan`` makes, on a simulated account."""

from __future__ import annotations

import logging
import os
from contextlib import AbstractContextManager
from pathlib import Path

from grc.model.ports import Progress
from grc.run.collecting import Asked
from grc.run.demo.account import CREDENTIALS, REGION, furnish
from grc.run.demo.clinic import write_workspace
from grc.run.demo.environment import environment
from grc.run.demo.simulator import simulated_aws
from grc.run.desk import open_desk
from grc.run.scanning import scan
from grc.run.sources import Clock, Reach


def run_demo(folder: Path, *, clock: Clock, progress: Progress) -> Path:
    """Make the clinic's workspace and account, scan both, and give the pack.

    Raises:
        ConfigError: the simulator is not installed.
        EvidenceError: the folder cannot be written.
    """
    workspace = folder / "workspace"
    write_workspace(workspace, clock().date())
    pack = folder / "packs" / clock().strftime("%Y%m%dT%H%M%S.%fZ")
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)  # the simulator prints each call, and what it lacks
    with simulated_aws() as endpoint, _environment(endpoint):
        furnish(endpoint)
        names = ("aws", "registers", "documents", str(workspace / "infra" / "plan.json"))
        scan(open_desk(workspace), Reach(names=names), pack, Asked(), clock=clock, progress=progress)
    return pack


def _environment(endpoint: str) -> AbstractContextManager[None]:
    """Point the AWS SDK at the simulator and away from every real credential, while the block lasts."""
    told = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    unset = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_DEFAULT_PROFILE", "AWS_REGION")
    return environment(told, unset)
