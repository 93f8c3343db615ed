"""An organization of GitHub as its documented answers, given from memory or by a local server."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from grc.collect.github.answers import Answer, Request
from grc.collect.github.declared import Read

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PAGE = 2
WEB, OLD, EMPTY = "acme/web", "acme/old", "acme/empty"
Reply = tuple[int, dict[str, str], bytes]


def error(status: int, message: str, **headers: str) -> Reply:
    """An error in the form in which GitHub sends them."""
    body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode()


def repository(full_name: str, **more: Any) -> dict[str, Any]:
    owner, _, name = full_name.partition("/")
    return {
        "id": sum(map(ord, full_name)),
        "name": name,
        "full_name": full_name,
        "owner": {"login": owner, "avatar_url": "https://avatars.githubusercontent.com/u/1"},
        "private": True,
        "visibility": "private",
        "html_url": f"https://github.com/{full_name}",
        "description": None,
        "fork": False,
        "archived": False,
        "disabled": False,
        "is_template": False,
        "default_branch": "main",
        "topics": ["service"],
        "created_at": "2024-01-02T03:04:05Z",
        "pushed_at": "2026-11-20T03:04:05Z",
        "custom_properties": {"tier": "1", "regions": ["eu", "us"], "unset": None},
        **more,
    }


HOOK = {
    "id": 7,
    "name": "web",
    "active": True,
    "events": ["push"],
    "config": {
        "url": "https://ci.example.com/hook?token=HOOKTOKEN",
        "content_type": "json",
        "insecure_ssl": "0",
        "secret": "********",
    },
}
SECURITY = {
    "advanced_security": {"status": "enabled"},
    "dependabot_security_updates": {"status": "enabled"},
    "secret_scanning": {"status": "enabled"},
    "secret_scanning_push_protection": {"status": "enabled"},
}
PROTECTION = {
    "url": f"https://api.github.com/repos/{WEB}/branches/main/protection",
    "required_status_checks": {
        "strict": True,
        "contexts": ["build"],
        "checks": [{"context": "build", "app_id": 15368}],
    },
    "required_pull_request_reviews": {
        "dismiss_stale_reviews": True,
        "require_code_owner_reviews": False,
        "required_approving_review_count": 1,
        "require_last_push_approval": False,
    },
    "enforce_admins": {"enabled": True},
    "required_linear_history": {"enabled": False},
    "allow_force_pushes": {"enabled": False},
    "allow_deletions": {"enabled": False},
    "required_conversation_resolution": {"enabled": False},
    "required_signatures": {"enabled": False},
}
RULES = [
    {
        "type": "pull_request",
        "ruleset_source_type": "Organization",
        "ruleset_source": "acme",
        "ruleset_id": 42,
        "parameters": {
            "required_approving_review_count": 2,
            "dismiss_stale_reviews_on_push": False,
            "require_code_owner_review": True,
            "require_last_push_approval": False,
            "required_review_thread_resolution": False,
        },
    },
    {"type": "deletion", "ruleset_source_type": "Organization", "ruleset_source": "acme", "ruleset_id": 42},
]
RULESET = {
    "id": 42,
    "name": "main lines",
    "enforcement": "active",
    "bypass_actors": [{"actor_id": None, "actor_type": "OrganizationAdmin", "bypass_mode": "always"}],
}
DEPENDABOT = {
    "number": 3,
    "state": "open",
    "dependency": {"package": {"ecosystem": "pip", "name": "left"}, "manifest_path": "requirements.txt"},
    "security_advisory": {"ghsa_id": "GHSA-aaaa-bbbb-cccc", "severity": "high"},
    "security_vulnerability": {"severity": "high", "first_patched_version": {"identifier": "2.0"}},
    "created_at": "2026-11-01T00:00:00Z",
    "repository": {"full_name": WEB},
}
LEAKED = {
    "number": 9,
    "created_at": "2026-11-01T00:00:00Z",
    "state": "open",
    "secret_type": "github_personal_access_token",
    "secret": "LEAKEDSECRET",
    "validity": "active",
    "push_protection_bypassed": False,
    "publicly_leaked": False,
    "repository": {"full_name": WEB},
}


def organization() -> dict[str, Any]:
    """Every answer by its path, with the query where it counts; a list is given in pages."""
    answers: dict[str, Any] = {
        "/user": {"login": "auditor", "email": "auditor@example.com"},
        "/orgs/acme": {
            "login": "acme",
            "id": 1,
            "billing_email": "billing@example.com",
            "created_at": "2020-01-01T00:00:00Z",
            "public_repos": 1,
            "total_private_repos": 2,
            "is_verified": True,
            "two_factor_requirement_enabled": True,
            "default_repository_permission": "read",
            "members_can_create_repositories": True,
            "members_can_create_public_repositories": False,
            "members_can_fork_private_repositories": False,
        },
        "/orgs/acme/actions/permissions": {"enabled_repositories": "all", "allowed_actions": "selected"},
        "/orgs/acme/actions/permissions/selected-actions": {
            "github_owned_allowed": True,
            "verified_allowed": False,
            "patterns_allowed": ["acme/*"],
        },
        "/orgs/acme/actions/permissions/workflow": {
            "default_workflow_permissions": "read",
            "can_approve_pull_request_reviews": False,
        },
        "/orgs/acme/actions/permissions/fork-pr-contributor-approval": {"approval_policy": "all_external_contributors"},
        "/orgs/acme/code-security/configurations/defaults": [
            {
                "default_for_new_repos": "all",
                "configuration": {"name": "high", "secret_scanning": "enabled", "enforcement": "enforced"},
            }
        ],
        "/orgs/acme/hooks": [HOOK],
        "/orgs/acme/members?role=admin": [
            {"login": "ada", "id": 1},
            {"login": "Bea", "id": 2},
            {"login": "cy", "id": 3},
        ],
        "/orgs/acme/members?role=member": [{"login": "dan", "id": 4}],
        "/orgs/acme/members?filter=2fa_disabled": [{"login": "bea", "id": 2}],
        "/orgs/acme/repos": [
            repository(WEB),
            repository(OLD, archived=True),
            repository(EMPTY, private=False, visibility="public"),
        ],
        "/orgs/acme/actions/secrets": {
            "total_count": 1,
            "secrets": [
                {
                    "name": "DEPLOY",
                    "created_at": "2025-01-01T00:00:00Z",
                    "updated_at": "2026-01-01T00:00:00Z",
                    "visibility": "all",
                }
            ],
        },
        "/orgs/acme/dependabot/secrets": {"total_count": 0, "secrets": []},
        "/orgs/acme/installations": {
            "total_count": 1,
            "installations": [
                {
                    "id": 5,
                    "app_slug": "deployer",
                    "repository_selection": "all",
                    "permissions": {"contents": "write"},
                    "created_at": "2025-01-01T00:00:00Z",
                    "suspended_at": None,
                }
            ],
        },
        "/orgs/acme/dependabot/alerts": [DEPENDABOT],
        "/orgs/acme/secret-scanning/alerts": [LEAKED],
    }
    for name in (WEB, OLD, EMPTY):
        answers |= of_repository(name)
    return answers | of_the_web() | of_the_empty()


def of_repository(name: str) -> dict[str, Any]:
    at = f"/repos/{name}"
    return {
        at: {**repository(name), "security_and_analysis": SECURITY},
        f"{at}/vulnerability-alerts": error(404, "Vulnerability alerts are disabled."),
        f"{at}/code-scanning/default-setup": {"state": "not-configured", "languages": []},
        f"{at}/code-scanning/analyses": error(404, "no analysis found"),
        f"{at}/actions/permissions": {"enabled": True, "allowed_actions": "all"},
        f"{at}/actions/permissions/workflow": {
            "default_workflow_permissions": "write",
            "can_approve_pull_request_reviews": True,
        },
        f"{at}/keys": [],
        f"{at}/hooks": [],
        f"{at}/collaborators": [],
        f"{at}/branches/main": {"name": "main", "protected": False},
        f"{at}/branches/main/protection": error(404, "Branch not protected"),
        f"{at}/rules/branches/main": [],
        f"{at}/contents": [{"name": "README.md", "type": "file"}],
        f"{at}/environments": {"total_count": 0, "environments": []},
        f"{at}/actions/secrets": {"total_count": 0, "secrets": []},
        f"{at}/dependabot/secrets": {"total_count": 0, "secrets": []},
    }


def of_the_web() -> dict[str, Any]:
    at = f"/repos/{WEB}"
    return {
        f"{at}/vulnerability-alerts": (204, {}, b""),
        f"{at}/code-scanning/default-setup": {"state": "configured", "languages": ["python"], "query_suite": "default"},
        f"{at}/code-scanning/analyses": [
            {"created_at": "2026-11-20T00:00:00Z", "error": "", "tool": {"name": "CodeQL"}},
            {"created_at": "2026-11-19T00:00:00Z", "error": "", "tool": {"name": "CodeQL"}},
        ],
        f"{at}/keys": [
            {
                "id": 1,
                "key": "ssh-ed25519 AAAAPUBLIC",
                "title": "deploy",
                "read_only": True,
                "verified": True,
                "created_at": "2026-01-01T00:00:00Z",
                "last_used": None,
            }
        ],
        f"{at}/hooks": [HOOK],
        f"{at}/collaborators": [{"login": "eve", "id": 9, "role_name": "write", "permissions": {"push": True}}],
        f"{at}/branches/main/protection": PROTECTION,
        f"{at}/rules/branches/main": RULES,
        f"{at}/rulesets/42": RULESET,
        f"{at}/contents": [{"name": ".github", "type": "dir"}, {"name": "SECURITY.md", "type": "file"}],
        f"{at}/contents/.github": [
            {"name": "CODEOWNERS", "type": "file"},
            {"name": "dependabot.yml", "type": "file"},
            {"name": "workflows", "type": "dir"},
        ],
        f"{at}/codeowners/errors": {"errors": []},
        f"{at}/environments": {
            "total_count": 2,
            "environments": [
                {
                    "id": 2,
                    "name": "pages-prod",
                    "created_at": "2026-01-01T00:00:00Z",
                    "can_admins_bypass": True,
                    "protection_rules": [],
                    "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
                },
                {
                    "id": 1,
                    "name": "production",
                    "created_at": "2026-01-01T00:00:00Z",
                    "can_admins_bypass": False,
                    "protection_rules": [
                        {
                            "id": 3,
                            "type": "required_reviewers",
                            "prevent_self_review": True,
                            "reviewers": [{"type": "Team", "reviewer": {"id": 1, "slug": "ops"}}],
                        }
                    ],
                    "deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": False},
                },
            ],
        },
        f"{at}/environments/pages-prod/deployment-branch-policies": {
            "total_count": 1,
            "branch_policies": [{"id": 4, "node_id": "x", "name": "main", "type": "branch"}],
        },
        f"{at}/environments/pages-prod/secrets": {"total_count": 0, "secrets": []},
        f"{at}/environments/production/secrets": {
            "total_count": 1,
            "secrets": [{"name": "KEY", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-02-01T00:00:00Z"}],
        },
    }


def of_the_empty() -> dict[str, Any]:
    at = f"/repos/{EMPTY}"
    return {
        f"{at}/branches/main": error(404, "Branch not found"),
        f"{at}/branches/main/protection": error(404, "Branch not found"),
        f"{at}/contents": error(404, "This repository is empty."),
        f"{at}/code-scanning/default-setup": error(
            403, "Advanced Security must be enabled for this repository to use code scanning."
        ),
    }


COUNTED = ("role", "filter")
"""Queries by which one path has several answers."""


def reply(answers: dict[str, Any], target: str) -> tuple[Reply, str | None]:
    """The answer to a target, and the target of its next page."""
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query))
    told = urlencode([(name, query[name]) for name in COUNTED if name in query])
    found = answers.get(f"{parts.path}?{told}" if told else parts.path)
    if found is None:
        return error(404, "Not Found"), None
    if isinstance(found, tuple):
        return found, None
    following = None
    if isinstance(found, list):
        page = int(query.get("page", "1"))
        more = len(found) > page * PAGE
        following = f"{parts.path}?{urlencode({**query, 'page': str(page + 1)})}" if more else None
        found = found[(page - 1) * PAGE : page * PAGE]
    return (200, {"content-type": "application/json"}, json.dumps(found).encode()), following


@dataclass
class Replayed:
    """GitHub from memory. ``fault`` answers instead, or raises, or gives None."""

    answers: dict[str, Any] = field(default_factory=organization)
    fault: Callable[[Request], Reply | None] = lambda request: None
    asked: list[str] = field(default_factory=list)

    def get(self, request: Request) -> Answer:
        self.asked.append(request.target)
        (status, headers, body), following = reply(self.answers, request.target)
        instead = self.fault(request)
        if instead is not None:
            (status, headers, body), following = instead, None
        lower = {name.lower(): value for name, value in headers.items()}
        after = None if following is None else Request(following)
        return Answer(status=status, headers=lower, body=body, received=NOW, following=after)


def matches(read: Read, request: Request) -> bool:
    """Whether a request was made for a read."""
    path = re.sub(r"\\\{(full_name|repository)\\\}", "[^/]+/[^/]+", re.escape(read.get))
    if not re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", path), request.path):
        return False
    query = dict(parse_qsl(urlsplit(request.target).query))
    return all(query.get(name) == value for name, value in read.query.items() if name in COUNTED)


class Server(ThreadingHTTPServer):
    """A local server that replays an organization; ``fault`` gets the path and may answer instead.

    ``unchanged`` are the paths that were answered by 304: like GitHub's, such an answer has no body and no link.
    """

    daemon_threads = True
    answers: dict[str, Any]
    fault: Callable[[str], Reply | None]
    seen: list[tuple[str, str]]
    unchanged: list[str]

    def handle_error(self, *args: object) -> None:
        """A reader that has gone is no news."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Authorization"]))
        (status, headers, body), following = reply(self.server.answers, self.path)
        instead = self.server.fault(self.path)
        status, headers, body = (status, headers, body) if instead is None else instead
        if status == 200 and "ETag" not in headers:
            headers = {**headers, "ETag": f'W/"{hashlib.sha256(body).hexdigest()}"'}
        if status == 200 and headers["ETag"] == self.headers["If-None-Match"]:
            self.server.unchanged.append(self.path)
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(status)
        if following is not None and instead is None:
            here = f"http://127.0.0.1:{self.server.server_port}"
            self.send_header("Link", f'<{here}{following}>; rel="next", <{here}/last>; rel="last"')
        if "Content-Length" not in headers and status != 204:
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def served() -> Iterator[tuple[Server, str]]:
    """The server and its address."""
    server = Server(("127.0.0.1", 0), Handler)
    server.answers, server.fault, server.seen = organization(), lambda path: None, []
    server.unchanged = []
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
