"""Workflows, jobs and steps of one file, as bodies of records: facts of the file, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from grc.collect.manifests import Found, ManifestError
from grc.collect.workflows.expressions import BEGIN, chosen, expressions, given, leads_to_head
from grc.collect.workflows.lined import Node, parse
from grc.collect.workflows.scripts import open_secrets, printed, remote_script

ACTION: Final = "action"
WORKFLOW, JOB, STEP = "ci.workflow", "ci.job", "ci.step"
COMMIT: Final = re.compile(r"[^@\s]+@[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
DIGEST: Final = re.compile(r"\S+@sha256:[0-9a-f]{64}\Z")
HOSTED: Final = re.compile(
    r"(?:ubuntu|windows|macos)-(?:latest|slim|[0-9]{2,4}(?:\.[0-9]{2})?)(?:-(?:arm|large|xlarge|intel|vs[0-9]+))*\Z"
)
"""Labels of the runners that GitHub gives to everybody."""
OWN: Final = "self-hosted"
SCRIPTS: Final = frozenset({"cmd", "command", "commands", "inlinescript", "run", "script"})
"""Inputs by which actions take a script."""
REFERENCES: Final = frozenset({"branch", "checkout-ref", "commit", "git-ref", "ref", "repository", "sha"})
"""Inputs by which an action other than GitHub's own may be told what to check out."""
CALLED: Final = "workflow_call"
NOT_TEXT: Final = frozenset({"boolean", "number"})
CALLER: Final = "what it comes to is settled by whoever calls it"
ELSEWHERE: Final = "no permissions are set: the repository's settings decide, or whoever calls the workflow"
WITH_RIGHTS: Final = frozenset({"issue_comment", "pull_request_target", "workflow_run"})
"""Events that run with the rights of the repository, whoever made them happen."""
PASSWORD_BY_NAME: Final = "(password by its name)"  # noqa: S105 - how such a one is told
CHECKOUT: Final = re.compile(r"(?i)actions/checkout(?:@|\Z)")
FETCHES_HEAD: Final = re.compile(r"\b(?:gh|hub)\s+pr\s+checkout\b")
FETCHES: Final = re.compile(
    r"\bgit\b(?:\s+-[Cc]\s+\S+|\s+-\S+)*+\s+(?:fetch|pull|checkout|switch|clone|merge|reset|worktree|cherry-pick)\b([^\n]*)"
)
HEAD_BRANCH: Final = re.compile(r"\$(?:env:)?\{?GITHUB_HEAD_REF\b|\bpull/")
VARIABLE: Final = re.compile(r"\$(?:env:)?\{?(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What a job or a step has of what stands above it."""

    path: str
    triggers: Sequence[str]
    permissions: Node | None
    environment: Mapping[str, str]
    inputs: frozenset[str] | None = None

    @property
    def is_called(self) -> bool:
        """Whether somebody else's events start it, with what they hand over: the names of such texts are ``inputs``."""
        return self.inputs is not None


def extract(path: str, data: bytes) -> Iterator[Found | ManifestError]:
    """The workflow, its jobs and their steps, or the steps of an action; an error for each job of another form.

    Raises:
        ManifestError: the file is neither.
    """
    document = parse(data)
    if PurePosixPath(path).stem == ACTION and document.get("runs") is not None:
        yield from list(_action(path, document))
        return
    triggers, jobs = document.get("on"), document.get("jobs")
    if triggers is None or jobs is None or not isinstance(jobs.value, dict):
        raise ManifestError(document.line, "is no workflow: it lacks `on` or `jobs`")
    above = Above(
        path=path,
        triggers=_triggers(triggers),
        permissions=document.get("permissions"),
        environment=_settings(document.get("env")),
        inputs=_inputs(triggers.get(CALLED)) if CALLED in _triggers(triggers) else None,
    )
    name = document.get("name")
    granted, writes = _permissions(above.permissions)
    body = {
        "path": path,
        "triggers": list(above.triggers),
        "permissions": granted,
        "write_scopes": writes,
        "open_secrets": open_secrets("", above.environment),
    }
    if name is not None and name.text:
        body["name"] = name.text
    found = Found(kind=WORKFLOW, id=path, line=triggers.line, body=body)
    if above.permissions is None and any(node.get("permissions") is None for _, node in jobs.entries()):
        _leave_open(found, "write_scopes")
    yield found
    for job, node in jobs.entries():
        try:
            yield from list(_job(job, node, above))
        except ManifestError as error:
            yield error


def _action(path: str, document: Node) -> Iterator[Found]:
    """The steps of an action that is made of such; what starts it is settled by those who use it."""
    runs = document.get("runs") or document
    using, steps = runs.get("using"), runs.get("steps")
    if using is None or not using.text:
        raise ManifestError(runs.line, "an action does not say what runs it")
    if using.text != "composite":
        return
    if steps is None or not isinstance(steps.value, list):
        raise ManifestError(runs.line, "an action has no steps")
    above = Above(path=path, triggers=(), permissions=None, environment={}, inputs=_inputs(document))
    for number, step in enumerate(steps.items(), 1):
        yield _step("runs", number, step, above)


def _job(job: str, node: Node, above: Above) -> Iterator[Found]:
    steps, uses = node.get("steps"), node.get("uses")
    if not isinstance(node.value, dict) or not (isinstance(steps.value, list) if steps else uses and uses.text):
        raise ManifestError(node.line, "a job has neither steps nor a workflow that it calls")
    permissions = node.get("permissions") or above.permissions
    granted, writes = _permissions(permissions)
    found = Found(
        kind=JOB,
        id=f"{above.path}#{job}",
        line=node.named or node.line,
        body={
            "id": f"{above.path}#{job}",
            "workflow": above.path,
            "job": job,
            "triggers": list(above.triggers),
            "permissions": granted,
            "write_scopes": writes,
            "open_secrets": _open_secrets(node),
            "images": [],
        },
    )
    if permissions is None:
        _leave_open(found, "write_scopes", *(["permissions"] if set(above.triggers) == {CALLED} else []))
    _images(node, found)
    if uses is not None and uses.text:
        secrets = node.get("secrets")
        inherits = secrets is not None and secrets.text == "inherit"
        found.body |= {"uses": uses.text, "pin": pin_of(uses.text), "inherits_secrets": inherits}
    else:
        _runner(node, found)
        if above.is_called and found.body.get("self_hosted"):
            found.body.pop("self_hosted")
            found.unknown(CALLER, "self_hosted")
    yield found
    inner = Above(
        path=above.path,
        triggers=above.triggers,
        permissions=permissions,
        environment={**above.environment, **_settings(node.get("env"))},
        inputs=above.inputs,
    )
    for number, step in enumerate(steps.items() if steps else (), 1):
        yield _step(job, number, step, inner)


def _leave_open(found: Found, *paths: str) -> None:
    """Note that nothing in the file says what the token may do."""
    for path in paths:
        found.body.pop(path)
    found.unknown(ELSEWHERE, *paths)


def _step(job: str, number: int, node: Node, above: Above) -> Found:
    if not isinstance(node.value, dict):
        raise ManifestError(node.line, "a step is no mapping")
    uses, run, inputs = node.get("uses"), node.get("run"), _settings(node.get("with"))
    action, script = (uses.text or "") if uses else "", (run.text or "") if run else ""
    own = _settings(node.get("env"))
    environment = {**above.environment, **own}
    scripts = [script, *(text for name, text in inputs.items() if name.lower() in SCRIPTS)]
    body: dict[str, Any] = {
        "id": f"{above.path}#{job}/{number}",
        "workflow": above.path,
        "job": job,
        "number": number,
        "triggers": list(above.triggers),
        "printed_secrets": sorted({name for text in scripts for name in printed(text, environment)}),
        "open_secrets": sorted({*open_secrets("", {**inputs, **own}), *_in_scripts(scripts)}),
        "remote_script": any(map(remote_script, scripts)),
    }
    found = Found(kind=STEP, id=body["id"], line=node.line, body=body)
    name = node.get("name")
    if name is not None and name.text:
        body["name"] = name.text
    if action:
        body |= {"uses": action, "pin": pin_of(action)}
    _injections(scripts, environment, above, found)
    head = _checks_out(action, script, inputs, environment)
    if head is None:
        found.unknown("what is checked out is an expression that the file does not settle", "checks_out_head")
    elif head and above.is_called and WITH_RIGHTS.isdisjoint(above.triggers):
        found.unknown(CALLER, "checks_out_head")
    else:
        body["checks_out_head"] = head
    return found


def _in_scripts(scripts: Sequence[str]) -> Iterator[str]:
    """The secrets that stand in scripts, a step's own or those that it hands to an action."""
    yield from (one for text in scripts for one in open_secrets(text, {}))


def _injections(scripts: Sequence[str], environment: Mapping[str, str], above: Above, found: Found) -> None:
    """What a stranger may choose in scripts; unknown where nothing is but what a caller hands over."""
    injections = sorted({one for text in scripts for one in chosen(text, environment)})
    handed = sorted({name for text in scripts for name in given(text, environment) if name in (above.inputs or ())})
    if handed and not injections:
        found.unknown(f"{', '.join(handed)}: {CALLER}", "injections")
    else:
        found.body["injections"] = injections


def pin_of(action: str) -> str:
    """How an action or a workflow is named."""
    if action.startswith("./"):
        return "local"
    if action.startswith("docker://"):
        return "digest" if DIGEST.match(action) else "ref"
    return "commit" if COMMIT.match(action) else "ref"


def _checks_out(action: str, script: str, inputs: Mapping[str, str], environment: Mapping[str, str]) -> bool | None:
    if CHECKOUT.match(action):  # GitHub does not compare the names of inputs by case.
        answers = [leads_to_head(text) for name, text in inputs.items() if name.lower() in {"ref", "repository"}]
        return True if True in answers else None if None in answers else False
    if any(leads_to_head(text) for name, text in inputs.items() if name.lower() in REFERENCES):
        return None
    fetched = [line[1] for line in FETCHES.finditer(script.replace("\\\n", " "))]
    if FETCHES_HEAD.search(script) or any(HEAD_BRANCH.search(line) for line in fetched):
        return True
    given = [environment[name] for line in fetched for name in VARIABLE.findall(line) if name in environment]
    answers = [leads_to_head(text) for text in (*fetched, *given)]
    return True if True in answers else None if None in answers else False


def _inputs(node: Node | None) -> frozenset[str]:
    """The names of the texts that a caller hands over."""
    declared = (node.get("inputs") if node else None) or Node({}, 0)
    sorts = {name: sort.text if (sort := one.get("type")) else None for name, one in declared.entries()}
    return frozenset(name.lower() for name, sort in sorts.items() if sort not in NOT_TEXT)


def _triggers(node: Node) -> list[str]:
    if isinstance(node.value, dict):
        return sorted(node.value)
    names = [item.text for item in node.items()] if isinstance(node.value, list) else [node.text]
    if not names or not all(names):
        raise ManifestError(node.line, "`on` names no event")
    return sorted(name for name in names if name)


def _permissions(node: Node | None) -> tuple[str, list[str]]:
    """What the token may do, and what it may write."""
    if node is None:
        return "unset", []
    if isinstance(node.value, dict):
        return "limited", sorted(name for name, right in node.entries() if right.text == "write")
    if node.text in ("read-all", "write-all"):
        return ("limited", []) if node.text == "read-all" else ("write-all", ["everything"])
    raise ManifestError(node.line, "permissions are not of the form of such")


def _runner(node: Node, found: Found) -> None:
    """Whose machine the job runs on; a label of one's own or a group does not tell."""
    labels = _labels(node)
    if labels is None:
        found.unknown("the runner is an expression that the file does not settle", "runs_on", "self_hosted")
        return
    found.body["runs_on"] = labels
    if OWN in labels:
        found.body["self_hosted"] = True
    elif labels and all(HOSTED.match(label) for label in labels) and not _is_group(node):
        found.body["self_hosted"] = False
    else:
        found.unknown("the labels of the runner do not tell whose machine it is", "self_hosted")


def _is_group(node: Node) -> bool:
    """Whether a group of runners is named, which may hold machines of one's own under any label."""
    runs_on = node.get("runs-on")
    return runs_on is not None and runs_on.get("group") is not None


def _labels(node: Node) -> list[str] | None:
    """The labels of the runner, those of a matrix together; None where an expression hides them."""
    runs_on = node.get("runs-on")
    if runs_on is None:
        raise ManifestError(node.line, "a job has no runner")
    group = runs_on.get("labels") if isinstance(runs_on.value, dict) else runs_on
    if group is None:
        return []
    texts = [item.text for item in group.items()] if isinstance(group.value, list) else [group.text]
    found: list[str] = []
    for text in texts:
        if text is None:
            raise ManifestError(group.line, "the runner is not of the form of one")
        values = _of_matrix(text, node) if BEGIN in text else [text]
        if values is None:
            return None
        found.extend(values)
    return sorted({label.lower() for label in found})


def _of_matrix(text: str, job: Node) -> list[str] | None:
    """The values that an expression takes, where it is one axis of a matrix that is written out."""
    inside = list(expressions(text))
    matrix = strategy.get("matrix") if (strategy := job.get("strategy")) else None
    if matrix is None or len(inside) != 1 or text.strip() != text or not re.fullmatch(r"matrix\.[\w-]+", inside[0]):
        return None
    if not (text.startswith(BEGIN) and text.endswith("}}")):
        return None
    name = inside[0].partition(".")[2]
    axis, included = matrix.get(name), matrix.get("include")
    nodes = [*(axis.items() if axis else ())]
    for one in included.items() if included else ():
        nodes.extend([more] if (more := one.get(name)) else [])
    values = [node.text for node in nodes]
    opaque = (axis is not None and not isinstance(axis.value, list)) or (
        included is not None and not isinstance(included.value, list)
    )
    if opaque or not values or not all(value and BEGIN not in value for value in values):
        return None
    return [value for value in values if value]


def _containers(node: Node) -> Iterator[Node]:
    container = node.get("container")
    yield from [container] if container else ()
    yield from _services(node)


def _services(node: Node) -> Iterator[Node]:
    services = node.get("services")
    yield from (one for _, one in services.entries()) if services else ()


def _open_secrets(node: Node) -> list[str]:
    """What a job gives in the open to its steps, to its containers or to the workflow that it calls.

    The password of a service is made for it, and both end with the job.
    """
    container = node.get("container")
    holders = [(node, name) for name in ("env", "with", "secrets")]
    holders += [(container, "env")] if container else []
    holders += [(one, "credentials") for one in _containers(node)]
    found = {one for holder, name in holders for one in open_secrets("", _settings(holder.get(name)))}
    of_services = {one for service in _services(node) for one in open_secrets("", _settings(service.get("env")))}
    return sorted(found | {one for one in of_services if PASSWORD_BY_NAME not in one})


def _images(node: Node, found: Found) -> None:
    for container in _containers(node):
        image = container.get("image") if isinstance(container.value, dict) else container
        text = image.text if image else None
        if text is None or BEGIN in text:
            found.unknown("an image is an expression that the file does not settle", "images")
            found.body.pop("images", None)
            return
        found.body["images"].append({"image": text, "digest": DIGEST.match(text) is not None})


def _settings(node: Node | None) -> dict[str, str]:
    """The texts of a mapping of settings."""
    return {name: text for name, one in (node or Node({}, 0)).entries() if (text := one.text) is not None}
