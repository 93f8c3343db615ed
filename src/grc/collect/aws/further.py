"""What a kind's own list leaves out and exists all the same, by registry: further items of a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from grc.collect.aws import allowlist
from grc.collect.aws.calls import CallError
from grc.collect.aws.context import Account
from grc.collect.aws.declared import Call
from grc.model.evidence import Gap, GapReason
from grc.registry import register

MOST_SERVICES: Final = 10
MOST_TASKS: Final = 100
CLUSTER_GONE: Final = "ClusterNotFoundException"
GONE: Final = "MISSING"

Item = Mapping[str, Any]
Further = Callable[[Account, str], Iterator[Item]]
"""From an account and a region to items as the kind's own list gives them; some of them may stand in that list too."""

FURTHER: Final[dict[str, Further]] = {}


@register(FURTHER, "definitions_in_use")
def definitions_in_use(account: Account, region: str) -> Iterator[Item]:
    """The task definitions of services and of running tasks: a revision that is taken off the list runs on.

    Source: ecs:ListClusters, ecs:ListServices, ecs:DescribeServices (services, their deployments and task sets),
    ecs:ListTasks, ecs:DescribeTasks.

    Raises:
        CallError: they could not be read.
    """
    found: set[str] = set()
    for cluster in _pages(account, region, "list_clusters", "clusterArns", {}):
        try:
            found |= _of_services(account, region, cluster) | _of_tasks(account, region, cluster)
        except CallError as failed:
            if failed.code != CLUSTER_GONE:
                raise
    return ({"taskDefinitionArn": arn} for arn in sorted(found))


def _of_services(account: Account, region: str, cluster: str) -> set[str]:
    arns = _pages(account, region, "list_services", "serviceArns", {"cluster": cluster})
    found: set[str] = set()
    for batch in _batches(arns, MOST_SERVICES):
        for service in _described(account, region, "services", "serviceArn", cluster, batch):
            parts = (service, *service.get("deployments", ()), *service.get("taskSets", ()))
            found |= {part["taskDefinition"] for part in parts if part.get("taskDefinition")}
    return found


def _of_tasks(account: Account, region: str, cluster: str) -> set[str]:
    arns = _pages(account, region, "list_tasks", "taskArns", {"cluster": cluster})
    described = (
        _described(account, region, "tasks", "taskArn", cluster, batch) for batch in _batches(arns, MOST_TASKS)
    )
    return {_definition(task) for batch in described for task in batch}


def _definition(task: Item) -> str:
    if not task.get("taskDefinitionArn"):
        raise _malformed("describe_tasks", "a task lacks its task definition")
    return str(task["taskDefinitionArn"])


def _described(account: Account, region: str, what: str, key: str, cluster: str, arns: Sequence[str]) -> Iterator[Item]:
    """What is told of each; one that went between list and read is left out.

    Raises:
        CallError: the answer does not hold one, and does not say that it went.
    """
    method = f"describe_{what}"
    read = allowlist.load().read("ecs", method)
    answer = account.calls.answer(read, region, {"cluster": cluster, what: list(arns)}, (what,))
    told = {one.get(key): one for one in answer[what]}
    gone = {failure.get("arn") for failure in answer.get("failures", ()) if failure.get("reason") == GONE}
    for arn in arns:
        if arn in told:
            yield told[arn]
        elif arn not in gone:
            raise _malformed(method, f"the answer does not hold all of the {what} that were asked for")


def _pages(account: Account, region: str, method: str, path: str, asked: Item) -> Iterator[str]:
    call = Call(read=allowlist.load().read("ecs", method), path=path, params={}, fixed={}, page=100)
    for page in account.calls.pages(call, region, asked):
        yield from page[path]


def _batches(arns: Iterable[str], size: int) -> Iterator[Sequence[str]]:
    left = iter(arns)
    while batch := tuple(islice(left, size)):
        yield batch


def _malformed(method: str, detail: str) -> CallError:
    read = allowlist.load().read("ecs", method)
    gap = Gap(path="", reason=GapReason.MALFORMED, call=read.call, permission=read.action, detail=detail)
    return CallError(gap)
