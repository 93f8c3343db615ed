"""GitHub: what its answers become, what could not be seen, and what never reaches a record."""

from __future__ import annotations

import copy
import dataclasses
import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from github_answers import EMPTY, NOW, OLD, PROTECTION, RULES, RULESET, WEB, Replayed, error, matches, repository
from held import Held

from grc import canonical
from grc.collect.github import GitHubSource
from grc.collect.github.answers import Answer, CallError, Request
from grc.collect.github.calls import Absent, Calls, Missed
from grc.collect.github.calls import Held as GitHubHeld
from grc.collect.github.declared import Read, load, read_of
from grc.collect.github.protection import BRANCH, BRANCH_ITSELF
from grc.collect.github.source import DERIVED_READS, schemas
from grc.collect.persons import Pseudonyms
from grc.model.evidence import Gap, GapReason, Record
from grc.model.identifiers import KindName
from grc.model.types import Redaction

EVERYTHING = {kind: frozenset(resource.sections) for kind, resource in load().items()}


def collect(transport: Replayed | None = None, demand: Mapping[KindName, frozenset[str]] = EVERYTHING) -> Held:
    sink = Held()
    source = GitHubSource(
        org="acme",
        transport=transport or Replayed(),
        clock=lambda: NOW,
        caller="auditor",
        parameters={},
        concurrency=1,
    )
    source.collect(demand, sink, sink)
    return sink


@pytest.fixture(scope="module")
def whole() -> Held:
    return collect()


def body(held: Held, kind: str, subject: str) -> dict[str, Any]:
    (found,) = [record for record in held.of(kind)[1] if record.subject == subject]
    return json.loads(json.dumps(dict(found.body)))


def test_everything_is_seen_and_nothing_is_missing(whole: Held) -> None:
    for population, records in whole.units.values():
        assert population.complete, population
        assert population.gaps == ()
        assert population.count == len(records) > 0
        assert all(record.gaps == () for record in records)
        assert {record.place for record in records} == {"github/acme"}


def test_every_record_is_of_its_kind(whole: Held) -> None:
    for unit, (population, records) in whole.units.items():
        kind = schemas()[unit.kind]
        assert population.coverage.paths == frozenset(kind.shape.fields)
        for record in records:
            assert set(record.body) <= set(kind.shape.fields)
            required = {name for name, declared in kind.shape.fields.items() if not declared.nullable}
            assert required <= set(record.body)


def test_lists_are_read_to_their_end(whole: Held) -> None:
    assert {record.subject for record in whole.of("github.member")[1]} == {
        "acme/ada",
        "acme/Bea",
        "acme/cy",
        "acme/dan",
    }
    assert {record.subject for record in whole.of("github.repository")[1]} == {WEB, OLD, EMPTY}


def test_members_have_their_role_and_whether_they_lack_a_second_factor(whole: Held) -> None:
    found = {record.body["login"]: dict(record.body) for record in whole.of("github.member")[1]}
    assert {name: (one["role"], one["without_second_factor"]) for name, one in found.items()} == {
        "ada": ("owner", False),
        "Bea": ("owner", True),
        "cy": ("owner", False),
        "dan": ("member", False),
    }


def test_the_repository_with_everything(whole: Held) -> None:
    found = body(whole, "github.repository", WEB)
    assert found["vulnerability_alerts"] is True
    assert found["code_scanning_analysis"]["created_at"] == "2026-11-20T00:00:00Z"
    assert found["deploy_keys"] == [
        {"id": 1, "title": "deploy", "read_only": True, "created_at": "2026-01-01T00:00:00Z"}
    ]
    assert found["webhooks"] == [
        {
            "id": 7,
            "active": True,
            "scheme": "https",
            "host": "ci.example.com",
            "insecure_ssl": False,
            "has_secret": True,
            "events": ["push"],
        }
    ]
    assert found["files"] == {
        "codeowners": ".github/CODEOWNERS",
        "codeowners_errors": 0,
        "security_policy": "SECURITY.md",
        "dependabot": ".github/dependabot.yml",
        "workflows": True,
    }


def test_what_is_proven_absent(whole: Held) -> None:
    found = body(whole, "github.repository", OLD)
    assert found["vulnerability_alerts"] is False
    assert "code_scanning_analysis" not in found
    assert found["files"] == {"workflows": False}
    assert found["protection"]["required_reviews"] == 0
    assert found["protection"]["force_pushes"] is True
    assert found["protection"]["branch_exists"] is True


def test_an_empty_repository(whole: Held) -> None:
    found = body(whole, "github.repository", EMPTY)
    assert found["protection"]["branch_exists"] is False
    assert "files" not in found
    facts = {fact.detail for fact in whole.of("github.repository")[0].facts}
    assert f"{EMPTY}: GET /repos/{{full_name}}/code-scanning/default-setup" in facts


def test_tags_are_the_properties_that_are_text(whole: Held) -> None:
    (record,) = [record for record in whole.of("github.repository")[1] if record.subject == WEB]
    assert record.tags == {"tier": "1"}


def test_secrets_keys_and_addresses_of_persons_stay_outside(whole: Held) -> None:
    text = canonical.encode([record for _, records in whole.units.values() for record in records]).decode()
    for word in ("HOOKTOKEN", "LEAKEDSECRET", "AAAAPUBLIC", "@example.com", "avatar", "********"):
        assert word not in text


def test_only_what_is_asked_for_is_read() -> None:
    transport = Replayed()
    found = collect(transport, {KindName("github.repository"): frozenset({"protection.required_reviews"})})
    assert not any(word in target for target in transport.asked for word in ("hooks", "keys", "contents", "alerts"))
    population, records = found.of("github.repository")
    assert not population.coverage.covers("webhooks")
    assert population.coverage.covers("protection.required_reviews")
    assert all("webhooks" not in record.body for record in records)


def test_a_list_that_several_kinds_need_is_asked_for_once() -> None:
    transport = Replayed()
    collect(transport)
    lists = [target for target in transport.asked if target.startswith("/orgs/acme/repos")]
    assert len(lists) == len(set(lists)) == 2


def protection(classic: Any, rules: Any, ruleset: Any = None) -> tuple[dict[str, Any], tuple[Gap, ...]]:
    transport = Replayed()
    at = f"/repos/{WEB}"
    transport.answers |= {f"{at}/branches/main/protection": classic, f"{at}/rules/branches/main": rules}
    if ruleset is not None:
        transport.answers[f"{at}/rulesets/42"] = ruleset
    held = collect(transport, {KindName("github.repository"): frozenset({"protection"})})
    (record,) = [record for record in held.of("github.repository")[1] if record.subject == WEB]
    return dict(record.body).get("protection", {}), record.gaps  # type: ignore[return-value]


BARE = error(404, "Branch not protected")


def test_layers_of_protection_add_up() -> None:
    found, _ = protection(PROTECTION, RULES)
    assert found["sources"] == ["branch protection", "ruleset 42"]
    assert found["required_reviews"] == 2
    assert found["dismiss_stale_reviews"]
    assert found["code_owner_reviews"]
    assert found["status_checks"] == ["build"]
    assert not found["force_pushes"]
    assert not found["deletions"]
    assert not found["signed_commits"]


def rule(sort: str, **parameters: Any) -> dict[str, Any]:
    """A rule of the ruleset that the organization's administrators get around."""
    return {**RULES[0], "type": sort, "parameters": parameters}


def test_nobody_gets_around_where_one_layer_lets_nobody() -> None:
    same = [rule("pull_request", required_approving_review_count=1, dismiss_stale_reviews_on_push=True), *RULES[1:]]
    found, _ = protection(PROTECTION, same)
    assert found["bypasses"] == []


@pytest.mark.parametrize(
    ("sharper", "around"),
    [
        (rule("pull_request", required_approving_review_count=2), "reviews"),
        (rule("pull_request", required_approving_review_count=1, require_code_owner_review=True), "reviews"),
        (rule("required_status_checks", required_status_checks=[{"context": "scan"}]), "status-checks"),
        (rule("workflows", workflows=[{"path": "ci.yml", "repository_id": 1}]), "status-checks"),
        (rule("commit_message_pattern", operator="contains", pattern="x"), "other-rules"),
    ],
)
def test_a_layer_does_not_hold_what_another_one_asks_beyond_it(sharper: dict[str, Any], around: str) -> None:
    found, _ = protection(PROTECTION, [sharper])
    assert [(one["source"], one["around"]) for one in found["bypasses"]] == [("ruleset 42", [around])]


@pytest.mark.parametrize("idle", ["creation", "copilot_code_review"])
def test_rules_that_keep_nothing_out_are_not_got_around(idle: str) -> None:
    found, _ = protection(PROTECTION, [rule(idle)])
    assert found["bypasses"] == []


@pytest.mark.parametrize("idle", ["creation", "copilot_code_review"])
def test_a_ruleset_that_keeps_nothing_out_is_no_source_of_rules(idle: str) -> None:
    found, _ = protection(BARE, [rule(idle)])
    assert (found["sources"], found["bypasses"]) == ([], [])


@pytest.mark.parametrize("names", [[], ["build"]])
def test_branches_are_up_to_date_only_where_a_check_must_pass(names: list[str]) -> None:
    listed = [{"context": name} for name in names]
    ruled = rule("required_status_checks", strict_required_status_checks_policy=True, required_status_checks=listed)
    classic = {**PROTECTION, "required_status_checks": {"strict": True, "checks": listed, "contexts": names}}
    for layers in ((classic, []), (BARE, [ruled])):
        found, _ = protection(*layers)
        assert (found["status_checks"], found["strict_status_checks"]) == (names, bool(names))


def test_workflows_and_scans_that_must_pass_are_checks() -> None:
    scans = rule("code_scanning", code_scanning_tools=[{"tool": "CodeQL", "security_alerts_threshold": "high"}])
    found, _ = protection(BARE, [rule("workflows", workflows=[{"path": "ci.yml", "repository_id": 1}]), scans])
    assert found["status_checks"] == ["code scanning by CodeQL", "workflow ci.yml"]
    found, gaps = protection(BARE, [rule("workflows")])
    assert found == {}
    assert [(gap.path, gap.reason) for gap in gaps] == [("protection", GapReason.MALFORMED)]


def test_a_plan_without_rulesets_rules_nothing() -> None:
    plan = error(403, "Upgrade to GitHub Team or make this repository public to enable this feature.")
    found, gaps = protection(PROTECTION, plan)
    assert gaps == ()
    assert found["sources"] == ["branch protection"]


@pytest.mark.parametrize(("size", "named"), [(0, None), (1, ".github/CODEOWNERS")])
def test_an_empty_file_of_owners_names_none_and_goes_before_others(size: int, named: str | None) -> None:
    transport = Replayed()
    at = f"/repos/{WEB}/contents"
    owners = {"name": "CODEOWNERS", "type": "file"}
    transport.answers |= {
        at: [*transport.answers[at], {**owners, "size": 9}],
        f"{at}/.github": [{**owners, "size": size}],
    }
    held = collect(transport, {KindName("github.repository"): frozenset({"files"})})
    assert body(held, "github.repository", WEB)["files"].get("codeowners") == named


def test_where_no_scan_can_be_there_is_none() -> None:
    transport = Replayed()
    refused = error(403, "Advanced Security must be enabled for this repository to use code scanning.")
    transport.answers[f"/repos/{WEB}/code-scanning/analyses"] = refused
    held = collect(transport, {KindName("github.repository"): frozenset({"code_scanning_analysis"})})
    (record,) = [record for record in held.of("github.repository")[1] if record.subject == WEB]
    assert record.gaps == ()
    assert "code_scanning_analysis" not in record.body


def test_the_branches_that_may_deploy_are_read_where_they_are_named(whole: Held) -> None:
    found = body(whole, "github.environment", f"{WEB}/pages-prod")
    assert found["deployment_branches"] == [{"name": "main", "type": "branch"}]
    assert "deployment_branches" not in body(whole, "github.environment", f"{WEB}/production")
    transport = Replayed()
    collect(transport)
    assert [target for target in transport.asked if "deployment-branch-policies" in target] == [
        f"/repos/{WEB}/environments/pages-prod/deployment-branch-policies?per_page=100"
    ]


def test_who_gets_around_is_named_with_what_they_get_around() -> None:
    found, _ = protection(BARE, RULES)
    assert found["bypasses"] == [
        {
            "type": "OrganizationAdmin",
            "mode": "always",
            "source": "ruleset 42",
            "around": ["reviews", "pull-requests", "deletions"],
        }
    ]
    loose = {**PROTECTION, "enforce_admins": {"enabled": False}}
    found, _ = protection(loose, [])
    assert found["bypasses"] == [
        {
            "type": "RepositoryAdmin",
            "mode": "always",
            "source": "branch protection",
            "around": ["reviews", "pull-requests", "status-checks", "force-pushes", "deletions"],
        }
    ]


def test_those_whom_branch_protection_lets_past_reviews() -> None:
    reviews = {
        **PROTECTION["required_pull_request_reviews"],  # type: ignore[dict-item]
        "bypass_pull_request_allowances": {"users": [{"login": "eve"}], "teams": [], "apps": [{"slug": "bot"}]},
    }
    found, _ = protection({**PROTECTION, "required_pull_request_reviews": reviews}, [])
    assert [(one["type"], one["name"], one["around"]) for one in found["bypasses"]] == [
        ("Integration", "bot", ["reviews", "pull-requests"]),
        ("User", "eve", ["reviews", "pull-requests"]),
    ]


def test_who_gets_around_a_rule_of_signatures_alone_is_named() -> None:
    found, _ = protection(BARE, [{**RULES[0], "type": "required_signatures", "parameters": {}}])
    assert [(one["type"], one["around"]) for one in found["bypasses"]] == [("OrganizationAdmin", ["signatures"])]


def test_a_ruleset_that_does_not_say_who_gets_around_it() -> None:
    silent = {name: value for name, value in RULESET.items() if name != "bypass_actors"}
    found, gaps = protection(BARE, RULES, silent)
    assert found["required_reviews"] == 2
    assert "bypasses" not in found
    assert [(gap.path, gap.reason) for gap in gaps] == [("protection.bypasses", GapReason.ACCESS_DENIED)]


def test_a_plan_without_branch_protection_protects_nothing() -> None:
    found, gaps = protection(
        error(403, "Upgrade to GitHub Pro or make this repository public to enable this feature."), []
    )
    assert gaps == ()
    assert found["required_reviews"] == 0


@pytest.mark.parametrize("classic", [error(404, "Not Found"), error(404, ""), error(403, "Forbidden")])
def test_a_404_that_may_be_a_denial_is_no_absence(classic: Any) -> None:
    found, gaps = protection(classic, RULES)
    assert found == {}
    assert [(gap.path, gap.reason, gap.call) for gap in gaps] == [("protection", GapReason.ACCESS_DENIED, BRANCH.call)]


def odd(change: Any) -> Iterator[Any]:
    for value in (None, [], "x", 7, {}, {"enabled": "yes"}):
        yield {**copy.deepcopy(PROTECTION), change: value}


@pytest.mark.parametrize("name", sorted(PROTECTION))
def test_protection_of_another_form_breaks_nothing(name: str) -> None:
    for classic in odd(name):
        found, gaps = protection(classic, RULES)
        assert found or gaps


def faulted(read: Read, answer: Any) -> Held:
    def instead(request: Request) -> Any:
        if not matches(read, request):
            return None
        if isinstance(answer, CallError):
            raise answer
        return answer

    return collect(Replayed(fault=instead))


FAULTS: dict[str, tuple[GapReason, Any]] = {
    "denied": (GapReason.ACCESS_DENIED, error(403, "Resource not accessible by personal access token")),
    "not-found": (GapReason.ACCESS_DENIED, error(404, "Not Found")),
    "credentials": (GapReason.CREDENTIALS, error(401, "Bad credentials")),
    "limited": (GapReason.THROTTLED, error(403, "You have exceeded a secondary rate limit")),
    "gone": (GapReason.NOT_PROVIDED, error(410, "Gone")),
    "law": (GapReason.NOT_PROVIDED, error(451, "Repository access blocked")),
    "moved": (GapReason.NOT_PROVIDED, error(302, "Moved")),
    "failed": (GapReason.UNREACHABLE, error(500, "Server Error")),
    "page": (GapReason.MALFORMED, (200, {"content-type": "text/html"}, b"<html>Sign in</html>")),
    "cut": (GapReason.MALFORMED, (200, {}, b'{"total_count": 1, "environments": [')),
    "empty": (GapReason.MALFORMED, (200, {}, b"")),
    "null": (GapReason.MALFORMED, (200, {}, b"null")),
    "number": (GapReason.MALFORMED, (200, {}, b"[7]")),
    "nothing": (GapReason.MALFORMED, (200, {}, b"{}")),
    "timeout": (GapReason.TIMEOUT, CallError(GapReason.TIMEOUT, "the server did not answer in time")),
}
READS: dict[str, Read] = {
    read.call: read
    for resource in load().values()
    for read in (
        *resource.reads,
        *(read for section in resource.sections.values() for read in DERIVED_READS.get(section.derive or "", ())),
    )
}


def without(record: Record, gaps: list[Gap]) -> dict[str, Any]:
    found = copy.deepcopy(dict(record.body))
    for gap in gaps:
        holder: Any = found
        *above, last = gap.path.split(".")
        for step in above:
            holder = holder[step]
        holder.pop(last, None)
    return found


QUICK = ("denied", "not-found", "page", "empty")
CASES = [
    pytest.param(call, fault, id=f"{call}-{fault}", marks=() if fault in QUICK else pytest.mark.slow)
    for call in READS
    for fault in FAULTS
]


@pytest.mark.parametrize(("call", "fault"), CASES)
def test_a_failed_read_is_a_gap_and_changes_nothing_else(call: str, fault: str, whole: Held) -> None:
    reason, answer = FAULTS[fault]
    found = faulted(READS[call], answer)
    seen = 0
    for unit, (population, records) in found.units.items():
        before_population, before = whole.units[unit]
        by_subject = {record.subject: record for record in before}
        assert all(named(gap, call, reason) for gap in population.gaps), population.gaps
        assert population.complete is not bool(population.gaps)
        assert population.gaps or len(records) == before_population.count
        for record in records:
            assert all(named(gap, call, reason) for gap in record.gaps), record.gaps
            assert dict(record.body) == without(by_subject[record.subject], list(record.gaps))
            seen += len(record.gaps)
        seen += len(population.gaps)
    assert seen


def named(gap: Gap, call: str, reason: GapReason) -> bool:
    """Whether a gap is of this call; what every token is not shown, and a form that is not known, may be told apart."""
    reasons = {reason, GapReason.ACCESS_DENIED} if reason is GapReason.MALFORMED else {reason}
    return gap.call == call and gap.reason in reasons and bool(gap.permission)


def test_a_branch_that_is_not_found_is_only_believed_of_the_branch_itself() -> None:
    found = faulted(BRANCH, error(404, "Branch not found"))
    gaps = [gap for record in found.of("github.repository")[1] for gap in record.gaps]
    assert {gap.call for gap in gaps} == {BRANCH.call}
    found = faulted(BRANCH_ITSELF, error(404, "Not Found"))
    assert any(record.gaps for record in found.of("github.repository")[1])


def test_repositories_that_the_token_does_not_see_are_a_hole() -> None:
    transport = Replayed()
    transport.answers["/orgs/acme/repos"] = [repository(WEB)]
    population, records = collect(transport, {KindName("github.repository"): frozenset()}).of("github.repository")
    assert len(records) == 1
    assert [(gap.reason, gap.detail) for gap in population.gaps] == [
        (GapReason.ACCESS_DENIED, "the token sees 1 of 3 repositories")
    ]


def test_a_count_that_is_not_shown_proves_nothing() -> None:
    transport = Replayed()
    del transport.answers["/orgs/acme"]["total_private_repos"]
    population, _ = collect(transport, {KindName("github.repository"): frozenset()}).of("github.repository")
    assert [gap.reason for gap in population.gaps] == [GapReason.ACCESS_DENIED]


@pytest.mark.parametrize("told", [{}, {"two_factor_requirement_enabled": None}])
def test_members_that_may_be_the_public_ones_alone_are_a_hole(told: dict[str, None]) -> None:
    """GitHub gives those to who is no member, with a success and no word of it."""
    transport = Replayed()
    del transport.answers["/orgs/acme"]["two_factor_requirement_enabled"]
    transport.answers["/orgs/acme"] |= told
    population, records = collect(transport, {KindName("github.member"): frozenset()}).of("github.member")
    assert records
    assert not population.complete
    assert [(gap.path, gap.reason, gap.call) for gap in population.gaps] == [
        ("", GapReason.ACCESS_DENIED, "GET /orgs/{org}")
    ]


@pytest.mark.parametrize("page", [b"[]", b'[{"id": 1}]'])
def test_of_one_item_of_a_list_that_is_cut_short_nothing_is_concluded(page: bytes) -> None:
    partial = (200, {"X-GitHub-SSO": "partial-results; organizations=1"}, page)
    (read,) = [read for read in READS.values() if "code-scanning/analyses" in read.call]
    for record in faulted(read, partial).of("github.repository")[1]:
        gaps = [gap for gap in record.gaps if gap.call == read.call]
        assert [(gap.path, gap.reason) for gap in gaps] == [("code_scanning_analysis", GapReason.TRUNCATED)]
        assert "code_scanning_analysis" not in record.body


def test_a_list_that_several_ask_for_at_once_is_read_once() -> None:
    class Slow(Replayed):
        def get(self, request: Request) -> Answer:
            time.sleep(0.05)
            return super().get(request)

    transport = Slow()
    calls = Calls(transport)
    (read,) = [read for read in READS.values() if "2fa_disabled" in read.call]
    with ThreadPoolExecutor(8) as executor:
        told = list(executor.map(lambda _: calls.listed(read, {"org": "acme"}), range(8)))
    assert len(transport.asked) == 1
    assert all(outcome is told[0] for outcome in told)


def paged(first: bytes, then: tuple[int, bytes]) -> Any:
    """The outcome of a list of two pages."""

    class Paged:
        def get(self, request: Request) -> Answer:
            if "page=2" in request.target:
                return Answer(status=then[0], headers={}, body=then[1], received=NOW)
            return Answer(status=200, headers={}, body=first, received=NOW, following=Request("/x?page=2"))

    return lambda read: Calls(Paged()).outcome(read, {})


def test_an_empty_first_page_is_not_an_empty_list() -> None:
    read = read_of({"get": "/x", "items": "", "first": True, "permission": "p"})
    found = paged(b"[]", (200, b'["there"]'))(read)
    assert isinstance(found, GitHubHeld)
    assert found.value == "there"
    assert paged(b"[]", (200, b"[]"))(read) == Absent()


def test_what_ends_a_list_does_not_prove_that_there_is_none() -> None:
    read = read_of({"get": "/x", "items": "", "permission": "p", "absent": [{"status": 404}]})
    found = paged(b'["there"]', (404, b"{}"))(read)
    assert isinstance(found, Missed)
    assert found.reason is GapReason.TRUNCATED


def test_a_setting_that_only_owners_see_is_not_off() -> None:
    transport = Replayed()
    transport.answers["/orgs/acme"]["two_factor_requirement_enabled"] = None
    (record,) = collect(transport, {KindName("github.organization"): frozenset()}).of("github.organization")[1]
    assert "two_factor_requirement_enabled" not in record.body
    assert [(gap.path, gap.reason) for gap in record.gaps] == [
        ("two_factor_requirement_enabled", GapReason.ACCESS_DENIED)
    ]


def test_the_filter_that_is_for_owners_alone() -> None:
    (read,) = [read for read in READS.values() if "2fa_disabled" in read.call]
    found = faulted(read, error(422, "Only owners can use this filter."))
    gaps = [gap for record in found.of("github.member")[1] for gap in record.gaps]
    assert {(gap.path, gap.reason) for gap in gaps} == {("without_second_factor", GapReason.ACCESS_DENIED)}
    assert len(gaps) == 4


def test_a_list_that_single_sign_on_cuts_short() -> None:
    read = READS["GET /orgs/{org}/repos?type=all"]
    partial = (200, {"X-GitHub-SSO": "partial-results; organizations=1"}, b"[]")
    population, records = faulted(read, partial).of("github.repository")
    assert records == []
    assert [gap.reason for gap in population.gaps] == [GapReason.TRUNCATED]


def test_a_list_that_holds_less_than_it_counts() -> None:
    transport = Replayed()
    transport.answers["/orgs/acme/installations"]["total_count"] = 2
    population, _ = collect(transport).of("github.app-installation")
    assert [(gap.reason, gap.detail) for gap in population.gaps] == [(GapReason.TRUNCATED, "the list has 1 of 2")]


def test_pages_that_lead_to_each_other_end() -> None:
    class Circle(Replayed):
        def get(self, request: Request) -> Any:
            answer = super().get(request)
            if request.path != "/orgs/acme/repos":
                return answer
            return dataclasses.replace(answer, following=Request("/orgs/acme/repos?page=1"))

    population, records = collect(Circle(), {KindName("github.repository"): frozenset()}).of("github.repository")
    assert [gap.reason for gap in population.gaps] == [GapReason.TRUNCATED]
    assert records == []


@pytest.mark.parametrize(
    "item",
    [
        None,
        [],
        {},
        {**repository(WEB), "archived": "no"},
        {**repository(WEB), "pushed_at": "yesterday"},
        {**repository(WEB), "full_name": None},
    ],
)
def test_an_item_of_another_form_is_a_hole_in_the_list(item: Any) -> None:
    transport = Replayed()
    transport.answers["/orgs/acme/repos"] = [item, repository(OLD), repository(EMPTY)]
    population, records = collect(transport, {KindName("github.repository"): frozenset()}).of("github.repository")
    assert [gap.reason for gap in population.gaps] == [GapReason.MALFORMED]
    assert {record.subject for record in records} == {OLD, EMPTY}


def test_names_cannot_lead_elsewhere() -> None:
    transport = Replayed()
    transport.answers["/orgs/acme/repos"] = [repository("acme/..", default_branch="../../user?x=1&y#z")]
    collect(transport, {KindName("github.repository"): frozenset({"protection", "files"})})
    assert all(".." not in target.split("/") for target in transport.asked)
    assert all(target.count("?") <= 1 and "#" not in target for target in transport.asked)


def test_what_the_workspace_wants_redacted_reaches_no_pack() -> None:
    pseudonyms = Pseudonyms(b"k" * 32)
    told = {
        KindName("github.member"): {"login": Redaction.PSEUDONYM},
        KindName("github.repository"): {"description": Redaction.DROP, "files": Redaction.DROP},
    }
    sink = Held()
    source = GitHubSource(
        org="acme",
        transport=Replayed(),
        clock=lambda: NOW,
        caller="auditor",
        parameters={},
        concurrency=1,
        pseudonyms=pseudonyms,
        redact=told,
    )
    source.collect(EVERYTHING, sink, sink)
    plain, members = collect().of("github.member")[1], sink.of("github.member")[1]
    assert {one.subject for one in members} == {f"acme/{pseudonyms.of(str(one.body['login']))}" for one in plain}
    assert {one.body["login"] for one in members} == {pseudonyms.of(str(one.body["login"])) for one in plain}
    assert {one.body["role"] for one in members} == {"owner", "member"}
    assert all("files" not in one.body for one in sink.of("github.repository")[1])
