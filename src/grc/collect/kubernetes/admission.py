"""What the API server asks before it takes an object: webhooks and validating policies."""

from __future__ import annotations

from typing import Any, Final

from grc.collect.kubernetes.defaults import default
from grc.collect.kubernetes.reading import Object, Reading
from grc.model.evidence import GapReason

FAIL: Final = "Fail"
POD: Final = {"apiGroups": {"", "*"}, "resources": {"pods", "*", "*/*"}, "operations": {"CREATE", "*"}}


def webhooks(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """The webhooks of one configuration, and whether each refuses what it could not be asked about."""
    hooks = []
    for number, hook in reading.mappings(item, "webhooks", "hooks"):
        policy = reading.text(hook, "failurePolicy", f"hooks[{number}].fails_closed")
        client = reading.mapping(hook, "clientConfig", f"hooks[{number}]")
        hooks.append(
            {
                "name": reading.text(hook, "name", f"hooks[{number}].name") or "",
                "fails_closed": (policy or default("webhook.failurePolicy")) == FAIL,
                "outside": client.get("url") is not None,
                "pods": _asks_about_pods(hook, hook, "rules", f"hooks[{number}].pods", reading),
            }
        )
    return {"hooks": hooks}


def policy(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """A validating policy, told as the one hook that it is."""
    spec = reading.mapping(item, "spec", "hooks")
    stated = reading.text(spec, "failurePolicy", "hooks[0].fails_closed") or default("admission-policy.failurePolicy")
    constraints = reading.mapping(spec, "matchConstraints", "hooks[0].pods")
    pods = _asks_about_pods(spec, constraints, "resourceRules", "hooks[0].pods", reading)
    return {"hooks": [{"name": _name(item), "fails_closed": stated == FAIL, "outside": False, "pods": pods}]}


def binding(kind: str, item: Object, reading: Reading) -> dict[str, Any]:
    """What puts a policy to work, and what happens to an object that does not meet it."""
    spec = reading.mapping(item, "spec", "")
    return {
        "policy": reading.text(spec, "policyName", "policy") or "",
        "actions": sorted(reading.texts(spec, "validationActions", "actions")),
        "pods": _leaves_pods(reading.mapping(spec, "matchResources", "pods"), reading),
    }


def _asks_about_pods(holder: Object, constraints: Object, rules: str, at: str, reading: Reading) -> bool:
    """Whether every pod that is made is asked about. Which ones a condition leaves out is not known."""
    asked = _is_of_pods(constraints, rules, at, reading) and not _leaves_out(constraints, at, reading)
    if asked and list(reading.mappings(holder, "matchConditions", at)):
        reading.fault(at, "a condition decides what it is asked about", GapReason.NOT_TRANSLATED)
    return asked


def _leaves_pods(narrowing: Object, reading: Reading) -> bool:
    """Whether a binding leaves to its policy all pods that the policy is about."""
    named = not narrowing.get("resourceRules") or _is_of_pods(narrowing, "resourceRules", "pods", reading)
    return named and not _leaves_out(narrowing, "pods", reading)


def _leaves_out(constraints: Object, at: str, reading: Reading) -> bool:
    """Whether some pods are left out: by labels of their own, or because the rules exclude some or all."""
    return _is_chosen(constraints) or any(
        all(wanted & set(reading.texts(rule, name, at)) for name, wanted in POD.items())
        for _, rule in reading.mappings(constraints, "excludeResourceRules", at)
    )


def _is_of_pods(holder: Object, rules: str, at: str, reading: Reading) -> bool:
    """Whether one of the rules is about every pod that is made."""
    return any(
        all(wanted & set(reading.texts(rule, name, at)) for name, wanted in POD.items())
        and not rule.get("resourceNames")
        and rule.get("scope") != "Cluster"
        for _, rule in reading.mappings(holder, rules, at)
    )


def _is_chosen(holder: Object) -> bool:
    """Whether objects are asked about by labels of their own, which whoever makes them writes."""
    selector = holder.get("objectSelector")
    return isinstance(selector, dict) and any(selector.get(name) for name in ("matchLabels", "matchExpressions"))


def _name(item: Object) -> str:
    metadata = item.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, dict) else ""
