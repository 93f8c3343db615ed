"""Commands of the AWS CLI, held against the models of botocore that the CLI is made of."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from botocore import xform_name
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.session import Session
from botocore.validate import ParamValidator

SERVICES: Mapping[str, str] = {"s3api": "s3", "configservice": "config", "deploy": "codedeploy"}
"""What the CLI calls a service otherwise than botocore."""

OPERATIONS: Mapping[tuple[str, str], str] = {("emr", "create-cluster"): "run-job-flow"}
"""Commands that the CLI makes of an operation of another name."""

GLOBAL = frozenset({"region", "query", "output", "profile", "cli-input-json"})

RENAMED: Mapping[str, Mapping[str, str]] = {
    "ec2": {"ingress": "no-egress"},
    "eks": {"kubernetes-version": "version"},
    "emr": {"cluster-id": "job-flow-id"},
}
"""Options that the CLI names otherwise than the parameter that they set."""

RULE = frozenset({"protocol", "port", "cidr", "source-group"})
OWN: Mapping[str, frozenset[str]] = {
    "cloudfront update-distribution": frozenset({"default-root-object"}),
    "configservice put-configuration-recorder": frozenset({"recording-group"}),
    "ec2 revoke-security-group-ingress": RULE,
    "ec2 revoke-security-group-egress": RULE,
    "ec2 run-instances": frozenset({"count"}),
    "emr create-cluster": frozenset(
        {"name", "release-label", "instance-type", "instance-count", "use-default-roles", "ec2-attributes"}
    ),
}
"""Options that the CLI adds, and makes parameters of."""

QUOTED = re.compile(r"'[^']*'|\"[^\"$`]*\"| && ")
SHELL = re.compile(r"[$*?()<>;|&`]|\{[^{}]*,[^{}]*\}")
"""What the shell reads otherwise than it is written, outside quotation marks."""
NAMES = re.compile(r"(?:^|[,{\[])\s*([A-Za-z][\w-]*)\s*=")


def problems(line: str) -> list[str]:
    """What the CLI would refuse of commands joined by ``&&``; empty where it would make every call."""
    words = shlex.split(line)
    said = [f"{found[0]}: the shell makes something else of it" for found in SHELL.finditer(QUOTED.sub("", line))]
    if "…" in line or "..." in line:
        said.append("an ellipsis cannot be pasted")
    ends = [place for place, word in enumerate(words) if word == "&&"]
    begins = [0, *(end + 1 for end in ends)]
    commands = (words[begin:end] for begin, end in zip(begins, [*ends, len(words)], strict=True))
    return [*said, *(problem for command in commands for problem in _of_command(command))]


def _of_command(words: Sequence[str]) -> list[str]:
    if len(words) < 3 or words[0] != "aws":
        return [f"no command of the CLI: {' '.join(words)}"]
    _, service, operation, *rest = words
    model = _operation(service, OPERATIONS.get((service, operation), operation))
    if model is None:
        return [f"no operation {operation} of {service}"]
    return list(_problems(f"{service} {operation}", service, model, _options(rest)))


@cache
def _service(service: str) -> Mapping[str, OperationModel]:
    held = Session().get_component("data_loader").load_service_model(SERVICES.get(service, service), "service-2")
    model = ServiceModel(held, service)
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


def _operation(service: str, operation: str) -> OperationModel | None:
    if service in SERVICES.values() or SERVICES.get(service, service) not in _services():
        return None
    return _service(service).get(operation)


@cache
def _services() -> frozenset[str]:
    return frozenset(Session().get_available_services())


def _options(words: Sequence[str]) -> dict[str, list[str]]:
    """The values of each option, by its name without dashes; words before the first option stand under ""."""
    found: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word.removeprefix("--")
            found[name] = []
        else:
            found.setdefault(name, []).append(word)
    return found


def _problems(command: str, service: str, model: OperationModel, options: Mapping[str, list[str]]) -> Iterator[str]:
    shape = model.input_shape
    members = {xform_name(name, "-"): (name, member) for name, member in shape.members.items()} if shape else {}
    own = OWN.get(command, frozenset())
    given = set()
    for option, values in options.items():
        name = RENAMED.get(service, {}).get(option, option)
        positive = name.removeprefix("no-") if name not in members else name
        if option in GLOBAL or option in own:
            continue
        if positive not in members or (positive != name and not _is_switch(members[positive][1])):
            yield f"{command}: no option --{option}"
            continue
        given.add(members[positive][0])
        yield from (f"{command} --{option}: {one}" for one in _value_problems(members[positive][1], values))
    if shape and not own & options.keys() and "cli-input-json" not in options:
        wanted = [name for name in shape.required_members if name not in model.idempotent_members]
        yield from (f"{command}: {name} is missing" for name in wanted if name not in given)


def _is_switch(shape: Shape) -> bool:
    """Whether the option takes no value: a boolean, or what EC2 wraps one in."""
    wraps = isinstance(shape, StructureShape) and list(shape.members) == ["Value"]
    return shape.type_name == "boolean" or (wraps and shape.members["Value"].type_name == "boolean")


def _value_problems(shape: Shape, values: Sequence[str]) -> Iterator[str]:
    """What is wrong with the value of an option: a plain one, JSON, or the CLI's shorthand."""
    if _is_switch(shape):
        if values:
            yield f"takes no value, and has {values}"
    elif not values:
        yield "has no value"
    elif values[0].startswith(("file://", "fileb://")):
        return
    elif values[0].startswith(("{", "[")) and shape.type_name in ("structure", "list", "map"):
        yield from _json_problems(shape, values[0])
    elif shape.type_name in ("structure", "list", "map") and any("=" in value for value in values):
        yield from _shorthand_problems(shape, values)
    else:
        told = [word for value in values for word in value.split(",")] if isinstance(shape, ListShape) else values
        yield from _plain_problems(shape, told)


def _json_problems(shape: Shape, text: str) -> Iterator[str]:
    try:
        value: Any = json.loads(text)
    except ValueError as error:
        if shape.type_name == "list":
            yield from _shorthand_problems(shape, [text])
        else:
            yield f"is no JSON: {error}"
        return
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        yield report.generate_report()


def _shorthand_problems(shape: Shape, values: Sequence[str]) -> Iterator[str]:
    known = set(_names(shape, frozenset()))
    for value in values:
        if None not in known:
            yield from (f"no field {name}" for name in NAMES.findall(value) if name not in known)


def _names(shape: Shape, above: frozenset[str]) -> Iterator[str | None]:
    """The names of all fields below a shape; None where there are keys of any name."""
    if shape.name in above:
        return
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            yield name
            yield from _names(member, above | {shape.name})
    elif isinstance(shape, ListShape):
        yield from _names(shape.member, above | {shape.name})
    elif isinstance(shape, MapShape):
        yield None


def _plain_problems(shape: Shape, values: Sequence[str]) -> Iterator[str]:
    if shape.type_name in ("structure", "map"):
        yield f"{values} is no {shape.type_name}"
        return
    leaf = shape.member if isinstance(shape, ListShape) else shape
    for value in values:
        if getattr(leaf, "enum", None) and value not in leaf.enum:
            yield f"{value} is none of {', '.join(leaf.enum)}"
        if leaf.type_name in ("integer", "long", "float", "double") and not re.fullmatch(r"[0-9.]+", value):
            yield f"{value} is no number"
