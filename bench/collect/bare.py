"""The same calls by a bare boto3 script: what anyone would write, in a plain loop or with threads."""

from __future__ import annotations

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from bench.collect.demand import ACCOUNT, BUCKET, EC2, USER


def main(threads: int) -> None:
    """Make the calls, keep the answers, and print calls, wall seconds, CPU seconds and peak memory as JSON."""
    started = time.monotonic()
    config = Config(max_pool_connections=max(threads, 10))
    clients = {service: boto3.client(service, config=config) for service in ("sts", "ec2", "s3", "iam")}
    kept: list[Any] = []

    def call(job: tuple[str, str, dict[str, Any]]) -> Any:
        service, method, parameters = job
        try:
            answer = getattr(clients[service], method)(**parameters)
        except ClientError as error:
            answer = error.response
        kept.append(answer)
        return answer

    call(("sts", "get_caller_identity", {}))
    call(("ec2", "describe_regions", {"AllRegions": True}))
    buckets = call(("s3", "list_buckets", {}))["Buckets"]
    users = call(("iam", "get_account_authorization_details", {"Filter": ["User"]}))["UserDetailList"]
    jobs = [("s3", method, {"Bucket": bucket["Name"]}) for bucket in buckets for method in BUCKET.values()]
    jobs += [("iam", method, {"UserName": user["UserName"]}) for user in users for method in USER.values()]
    jobs += [("iam", method, {}) for method in ACCOUNT.values()]
    jobs += [("iam", method, {}) for method in ("generate_credential_report", "get_credential_report")]
    jobs += [("ec2", method, {}) for method in EC2.values()]
    if threads == 1:
        answers = [call(job) for job in jobs]
    else:
        with ThreadPoolExecutor(threads) as executor:
            answers = list(executor.map(call, jobs))
    keys = [key["AccessKeyId"] for answer in answers for key in answer.get("AccessKeyMetadata", ())]
    for key in keys:
        call(("iam", "get_access_key_last_used", {"AccessKeyId": key}))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "calls": len(kept),
        "wall": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "memory_mb": usage.ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
