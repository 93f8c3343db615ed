"""What holds on the main line of a repository, of branch protection and every ruleset together.

The layers add up: a rule holds if any layer has it, and of two numbers of reviews the higher one. Somebody gets around
a rule only if every layer that has it, as sharp, lets them: a layer that wants one approval does not hold the second of
another. Where one such layer lets nobody, nobody does. Where several do, all whom one of them lets are named, which may
be more than get around all. That a branch is up to date holds only beside a check that must pass: without one GitHub
does not ask for it.

Source: https://docs.github.com/en/rest/branches/branch-protection, https://docs.github.com/en/rest/repos/rules
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.github.calls import Absent, Calls, Held, Missed
from grc.collect.github.declared import Read, read_of
from grc.collect.github.projection import ShapeError
from grc.model.evidence import Gap, GapReason

CLASSIC: Final = "branch protection"
SECTION: Final = "protection"
ADMINISTRATION: Final = "repository Administration: read (classic: repo)"
UPGRADE: Final = [
    {"status": 403, "message": "Upgrade to GitHub Pro or make this repository public"},
    {"status": 403, "message": "Upgrade to GitHub Team or make this repository public"},
]
"""What a plan without a feature says of it in a private repository."""
BRANCH: Final = read_of(
    {
        "get": "/repos/{full_name}/branches/{default_branch}/protection",
        "permission": ADMINISTRATION,
        "absent": [{"status": 404, "message": "Branch not protected"}],
        "disabled": UPGRADE,
    }
)
RULES: Final = read_of(
    {
        "get": "/repos/{full_name}/rules/branches/{default_branch}",
        "items": "",
        "permission": "repository Metadata: read (classic: repo)",
        "disabled": UPGRADE,
    }
)
RULESET: Final = read_of(
    {
        "get": "/repos/{full_name}/rulesets/{ruleset}",
        "query": {"includes_parents": "true"},
        "permission": "write access to the ruleset: repository Administration: write (classic: repo)",
    }
)
BRANCH_ITSELF: Final = read_of(
    {
        "get": "/repos/{full_name}/branches/{default_branch}",
        "permission": "repository Contents: read (classic: repo)",
        "requires": ["name"],
        "absent": [{"status": 404, "message": "Branch not found"}],
    }
)
READS: Final = (BRANCH_ITSELF, BRANCH, RULES, RULESET)
ASPECTS: Final = {
    "reviews": "required_reviews",
    "pull-requests": "pull_request_required",
    "status-checks": "status_checks",
    "force-pushes": "no_force_pushes",
    "deletions": "no_deletions",
    "signatures": "signed_commits",
    "merge-commits": "linear_history",
    "other-rules": "others",
}
"""What somebody may get around, and the rule of a layer by which it has it."""
DETAILS: Final = {
    "reviews": ("dismiss_stale_reviews", "code_owner_reviews", "last_push_approval", "conversations_resolved"),
    "status-checks": ("strict_status_checks",),
}
"""What sharpens a rule: another layer that has the rule without it does not hold it."""
IDLE: Final = frozenset({"copilot_code_review", "creation"})
"""Rules that keep nothing out of a branch that is there: a ruleset of such rules alone is no source."""
REVIEWING: Final = frozenset({"reviews", "pull-requests"})


@dataclass(slots=True, kw_only=True)
class Layer:
    """One source of rules: branch protection, or one ruleset."""

    source: str
    rules: dict[str, Any] = field(default_factory=dict)
    bypasses: list[dict[str, Any]] = field(default_factory=list)

    def ruled(self) -> Iterator[tuple[str, str]]:
        """All that this layer rules, each aspect with what in particular: each approval, each check by its name."""
        for aspect, name in ASPECTS.items():
            found = self.rules.get(name)
            if isinstance(found, list):
                yield from ((aspect, one) for one in found)
            elif found:
                yield from ((aspect, str(each)) for each in range(int(found)))
            yield from ((aspect, detail) for detail in DETAILS.get(aspect, ()) if self.rules.get(detail))


def read_protection(calls: Calls, values: Mapping[str, str]) -> tuple[Held | None, list[Gap]]:
    """The effective protection of the main line, and what could not be seen of it.

    Without one of the layers nothing is known: it may be the one that protects.
    """
    branch = calls.outcome(BRANCH_ITSELF, values)
    if isinstance(branch, Missed):
        return None, [branch.gap(SECTION, BRANCH_ITSELF)]
    rules = calls.outcome(RULES, values)
    classic = Absent() if isinstance(branch, Absent) else calls.outcome(BRANCH, values)
    if isinstance(classic, Missed):
        return None, [classic.gap(SECTION, BRANCH)]
    if isinstance(rules, Missed):
        return None, [rules.gap(SECTION, RULES)]
    try:
        layers = [_classic(classic.value)] if isinstance(classic, Held) else []
    except (ShapeError, KeyError, TypeError, AttributeError):
        return None, [_malformed(SECTION, BRANCH)]
    try:
        layers.extend(_rulesets(rules))
        body = _effective(layers, exists=isinstance(branch, Held))
        bypasses, gaps = _bypasses(calls, values, layers, rules)
    except (ShapeError, KeyError, TypeError, AttributeError):
        return None, [_malformed(SECTION, RULES)]
    if not gaps:
        body["bypasses"] = bypasses
    times = [outcome.received for outcome in (branch, rules, classic) if isinstance(outcome, Held)]
    if not times:
        return None, [_malformed(SECTION, BRANCH_ITSELF)]
    return Held(value=body, received=min(times)), gaps


def _rulesets(rules: Held | Absent) -> Iterator[Layer]:
    by_ruleset: dict[int, Layer] = {}
    for rule in rules.value if isinstance(rules, Held) else ():
        number = rule["ruleset_id"]
        if type(number) is not int:
            raise ShapeError("a rule without its ruleset")
        layer = by_ruleset.setdefault(number, Layer(source=f"ruleset {number}"))
        _add_rule(layer.rules, rule["type"], rule.get("parameters") or {})
    yield from (by_ruleset[number] for number in sorted(by_ruleset))


def _classic(found: Any) -> Layer:
    if not isinstance(found, dict) or not isinstance(found.get("enforce_admins"), dict):
        raise ShapeError("branch protection of another form")
    reviews, checks = found.get("required_pull_request_reviews"), found.get("required_status_checks")
    rules: dict[str, Any] = {
        "no_force_pushes": not _on(found, "allow_force_pushes"),
        "no_deletions": not _on(found, "allow_deletions"),
        "signed_commits": _on(found, "required_signatures"),
        "linear_history": _on(found, "required_linear_history"),
        "conversations_resolved": _on(found, "required_conversation_resolution"),
    }
    if reviews is not None:
        rules |= {
            "pull_request_required": True,
            "required_reviews": _number(reviews, "required_approving_review_count"),
            "dismiss_stale_reviews": reviews.get("dismiss_stale_reviews") is True,
            "code_owner_reviews": reviews.get("require_code_owner_reviews") is True,
            "last_push_approval": reviews.get("require_last_push_approval") is True,
        }
    if checks is not None:
        listed = checks.get("checks") or [{"context": name} for name in checks.get("contexts", ())]
        rules |= {
            "status_checks": [_text(one["context"]) for one in listed],
            "strict_status_checks": checks.get("strict") is True and bool(listed),
        }
    return Layer(source=CLASSIC, rules=rules, bypasses=list(_classic_bypasses(found, reviews)))


def _classic_bypasses(found: Mapping[str, Any], reviews: Any) -> Iterator[dict[str, Any]]:
    if found["enforce_admins"].get("enabled") is not True:
        yield {"type": "RepositoryAdmin", "mode": "always"}
    allowed = (reviews or {}).get("bypass_pull_request_allowances") or {}
    for member, sort, name in (("users", "User", "login"), ("teams", "Team", "slug"), ("apps", "Integration", "slug")):
        for one in allowed.get(member) or ():
            yield {"type": sort, "name": _text(one[name]), "mode": "pull-request", "only": REVIEWING}


def _add_rule(rules: dict[str, Any], sort: str, parameters: Any) -> None:
    match sort:
        case "pull_request":
            rules["pull_request_required"] = True
            count = _number(parameters, "required_approving_review_count")
            rules["required_reviews"] = max(rules.get("required_reviews", 0), count)
            for name, given in (
                ("dismiss_stale_reviews", "dismiss_stale_reviews_on_push"),
                ("code_owner_reviews", "require_code_owner_review"),
                ("last_push_approval", "require_last_push_approval"),
                ("conversations_resolved", "required_review_thread_resolution"),
            ):
                rules[name] = rules.get(name) is True or parameters.get(given) is True
        case "required_status_checks":
            found = [_text(one["context"]) for one in parameters["required_status_checks"]]
            rules["status_checks"] = [*rules.get("status_checks", ()), *found]
            strict = parameters.get("strict_required_status_checks_policy") is True and bool(found)
            rules["strict_status_checks"] = rules.get("strict_status_checks") is True or strict
        case "workflows":
            found = [f"workflow {_text(one['path'])}" for one in parameters["workflows"]]
            rules["status_checks"] = [*rules.get("status_checks", ()), *found]
        case "code_scanning":
            found = [f"code scanning by {_text(one['tool'])}" for one in parameters["code_scanning_tools"]]
            rules["status_checks"] = [*rules.get("status_checks", ()), *found]
        case "non_fast_forward":
            rules["no_force_pushes"] = True
        case "deletion":
            rules["no_deletions"] = True
        case "required_signatures":
            rules["signed_commits"] = True
        case "required_linear_history":
            rules["linear_history"] = True
        case _ if sort not in IDLE:
            rules["others"] = [*rules.get("others", ()), _text(sort)]


def _effective(layers: Iterable[Layer], *, exists: bool) -> dict[str, Any]:
    rules = [layer.rules for layer in layers]

    def some(name: str) -> bool:
        return any(one.get(name) is True for one in rules)

    return {
        "branch_exists": exists,
        "sources": [layer.source for layer in layers if layer.source == CLASSIC or any(layer.ruled())],
        "pull_request_required": some("pull_request_required"),
        "required_reviews": max((one.get("required_reviews", 0) for one in rules), default=0),
        "dismiss_stale_reviews": some("dismiss_stale_reviews"),
        "code_owner_reviews": some("code_owner_reviews"),
        "last_push_approval": some("last_push_approval"),
        "conversations_resolved": some("conversations_resolved"),
        "status_checks": sorted({name for one in rules for name in one.get("status_checks", ())}),
        "strict_status_checks": some("strict_status_checks"),
        "signed_commits": some("signed_commits"),
        "linear_history": some("linear_history"),
        "force_pushes": not some("no_force_pushes"),
        "deletions": not some("no_deletions"),
    }


def _bypasses(
    calls: Calls, values: Mapping[str, str], layers: list[Layer], rules: Held | Absent
) -> tuple[list[dict[str, Any]], list[Gap]]:
    """Who gets around what; a gap where a ruleset does not say."""
    gaps: list[Gap] = []
    for layer in layers:
        if layer.source != CLASSIC:
            gaps.extend(_ruleset(calls, values, layer))
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    ruled = {layer.source: frozenset(layer.ruled()) for layer in layers}
    for aspect, detail in sorted(frozenset().union(*ruled.values()), key=_in_order):
        ruling = [layer for layer in layers if (aspect, detail) in ruled[layer.source]]
        around = [[one for one in layer.bypasses if aspect in one.get("only", ASPECTS)] for layer in ruling]
        if not all(around):
            continue
        for layer, bypasses in zip(ruling, around, strict=True):
            for one in bypasses:
                known = found.setdefault((layer.source, one["type"], one.get("name", "")), {**one, "around": []})
                known["around"] += [] if aspect in known["around"] else [aspect]
                known["source"] = layer.source
    return [{name: value for name, value in one.items() if name != "only"} for _, one in sorted(found.items())], gaps


def _in_order(ruled: tuple[str, str]) -> tuple[int, str]:
    return [*ASPECTS].index(ruled[0]), ruled[1]


def _ruleset(calls: Calls, values: Mapping[str, str], layer: Layer) -> list[Gap]:
    """Put in whom a ruleset lets get around it. GitHub leaves this out for who may not change the ruleset."""
    path = f"{SECTION}.bypasses"
    outcome = calls.outcome(RULESET, {**values, "ruleset": layer.source.removeprefix("ruleset ")})
    if isinstance(outcome, Missed):
        return [outcome.gap(path, RULESET)]
    actors = outcome.value.get("bypass_actors") if isinstance(outcome, Held) else None
    if not isinstance(actors, list):
        return [Missed(GapReason.ACCESS_DENIED, "the answer lacks bypass_actors").gap(path, RULESET)]
    try:
        for actor in actors:
            number = actor.get("actor_id")
            named = {} if number is None else {"name": str(_number(actor, "actor_id"))}
            layer.bypasses.append({"type": _text(actor["actor_type"]), **named, "mode": _text(actor["bypass_mode"])})
    except (ShapeError, KeyError, TypeError, AttributeError):
        return [_malformed(path, RULESET)]
    return []


def _malformed(path: str, read: Read) -> Gap:
    return Missed(GapReason.MALFORMED, "the answer is not of the documented form").gap(path, read)


def _on(found: Mapping[str, Any], name: str) -> bool:
    setting = found.get(name)
    return setting is not None and setting["enabled"] is True


def _number(found: Mapping[str, Any], name: str) -> int:
    number = found.get(name, 0)
    if type(number) is not int:
        raise ShapeError(f"{name} is no number")
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ShapeError("a name is no text")
    return value
