"""Reads ``terraform show -json`` of a plan: what will be there after apply, what is not known, who refers to whom.

Source: the JSON output format of Terraform, format version 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from grc.collect.strictjson import read_json
from grc.collect.terraform.hidden import doubtful, without_doubt
from grc.collect.translated.resource import INDEX, DeclaredResource, region_of
from grc.errors import ConfigError

MAX_BYTES: Final = 512 * 1024 * 1024
FORMAT: Final = "1"
HOW_TO: Final = "make it with `terraform plan -out plan.out` and `terraform show -json plan.out > plan.json`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The managed resources of a plan, in order of address."""

    terraform_version: str
    resources: tuple[DeclaredResource, ...]


def read_plan(path: Path, root: str) -> Plan:
    """Read a plan. ``root`` is what records call the file.

    Raises:
        ConfigError: the file is not the JSON of a Terraform plan that this engine reads.
    """
    return plan_of(read_document(path), str(path), root)


def read_document(path: Path) -> Any:
    """Read the JSON of a plan or a state.

    Raises:
        ConfigError: the file cannot be read, or is not JSON.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigError(f"{path} is larger than {MAX_BYTES // 2**20} MiB: plan one root module at a time")
        return read_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON ({error}): {HOW_TO}") from error


def plan_of(document: Any, name: str, root: str) -> Plan:
    """The plan in a document. ``name`` is what messages call the file, ``root`` what records call it.

    Raises:
        ConfigError: the document is not the JSON of a Terraform plan that this engine reads.
    """
    try:
        return _plan(document, name, root)
    except (AttributeError, KeyError, TypeError) as error:
        raise ConfigError(f"{name} is not the JSON of a Terraform plan ({error!r}): {HOW_TO}") from error


def _plan(document: Any, name: str, root: str) -> Plan:
    version = str(document["format_version"]) if isinstance(document, dict) and "format_version" in document else ""
    if not version:
        raise ConfigError(f"{name} is not the JSON of a Terraform plan (format version missing): {HOW_TO}")
    if version.partition(".")[0] != FORMAT:
        raise ConfigError(f"{name} is a plan of format version {version}, and version {FORMAT} is read: {HOW_TO}")
    if "planned_values" not in document:
        raise ConfigError(f"{name} holds no planned values; a state is not a plan: {HOW_TO}")
    if document.get("errored") or document.get("complete") is False:
        raise ConfigError(f"{name} is a plan that failed or was narrowed: plan it whole, without -target")
    changes = _changes(document.get("resource_changes", ()))
    configuration = document.get("configuration", {}).get("root_module", {})
    found = _resources(document["planned_values"].get("root_module", {}), "", root, changes, configuration)
    if (clear := without_doubt(document, configuration)) is not None:
        found = (doubtful(resource, clear) for resource in found)
    return Plan(
        terraform_version=str(document.get("terraform_version", "unknown")),
        resources=tuple(sorted(found, key=lambda resource: resource.address)),
    )


def _changes(told: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The change by its address. What is left to destroy of a replaced resource has the address of its successor."""
    return {change["address"]: change["change"] for change in told if not change.get("deposed")}


def _resources(
    module: Mapping[str, Any], address: str, root: str, changes: Mapping[str, Any], configuration: Mapping[str, Any]
) -> Iterator[DeclaredResource]:
    declared = {block["address"]: block for block in configuration.get("resources", ())}
    for block in module.get("resources", ()):
        if block.get("mode") == "managed":
            yield _resource(block, address, root, changes[block["address"]], declared)
    for child in module.get("child_modules", ()):
        call = INDEX.sub("", child["address"]).rpartition("module.")[2]
        below = configuration.get("module_calls", {}).get(call, {}).get("module", {})
        yield from _resources(child, child["address"], root, changes, below)


def _resource(
    block: Mapping[str, Any], module: str, root: str, change: Mapping[str, Any], declared: Mapping[str, Any]
) -> DeclaredResource:
    if not isinstance(block["type"], str):
        raise TypeError("a type is a text")
    written = declared.get(f"{block['type']}.{block['name']}", {})
    expressions = written.get("expressions", {})
    unknown = change.get("after_unknown")
    sensitive = block.get("sensitive_values")
    return DeclaredResource(
        address=block["address"],
        module=module,
        type=block["type"],
        values=dict(block["values"]),
        unknown=unknown if isinstance(unknown, dict) else {},
        sensitive=sensitive if isinstance(sensitive, dict) else {},
        created="create" in change["actions"],
        references={name: _names(expression) for name, expression in expressions.items()},
        exhaustive=True,
        file=root,
        line=None,
        within=_within(block, written),
    )


def _within(block: Mapping[str, Any], written: Mapping[str, Any]) -> str:
    """The alias of the provider, and the region where the resource says one itself."""
    _, dot, alias = str(written.get("provider_config_key", "")).partition(".")
    if "region" not in written.get("expressions", {}):
        return alias if dot else ""
    return region_of(alias, block["values"].get("region"), block["address"])


def _names(expression: Any) -> tuple[str, ...]:
    return tuple(expression.get("references", ())) if isinstance(expression, dict) else ()
