"""Workflow files: what is read off them, where it stands, and what a hostile one does to the rest."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from held import Held

from grc.collect.files import find
from grc.collect.workflows import WORKFLOWS, recognise
from grc.collect.workflows.expressions import chosen, leads_to_head
from grc.collect.workflows.lined import MOST_NODES, parse
from grc.collect.workflows.scripts import open_secrets, printed, remote_script
from grc.model.evidence import GapReason, Origin
from grc.model.identifiers import KindName

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SHA = "8ade135a41bc03ea155e62e844d188df1ea18608"
WHOLE = f"""\
name: CI
on:
  pull_request_target:
  push: {{branches: [main]}}
permissions:
  contents: read
  packages: write
env:
  TITLE: ${{{{ github.event.pull_request.title }}}}
jobs:
  build:
    runs-on: ubuntu-latest
    container: node:22
    steps:
      - uses: actions/checkout@{SHA} # v4
        with:
          ref: ${{{{ github.event.pull_request.head.sha }}}}
      - name: Greet
        run: |
          echo "${{{{ env.TITLE }}}}"
          curl -sSf https://example.com/install.sh | sudo bash
      - run: echo "$PASSWORD"
        env:
          PASSWORD: ${{{{ secrets.DATABASE }}}}
      - uses: some/action@v1
        with: {{token: ghp_0123456789abcdefghijABCDEFGHIJ012345}}
  deploy:
    uses: acme/workflows/.github/workflows/deploy.yml@main
    secrets: inherit
    permissions: write-all
"""
FILE = ".github/workflows/ci.yml"


def write(root: Path, text: str | bytes, path: str = FILE) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(text.encode() if isinstance(text, str) else text)


def read(root: Path) -> Held:
    tree, sink = find(root), Held()
    WORKFLOWS.open(tree, recognise(tree), "repo", lambda: NOW).collect(
        {kind: frozenset() for kind in WORKFLOWS.schemas()}, sink, sink
    )
    return sink


def bodies(root: Path, kind: str) -> list[dict[str, Any]]:
    return [dict(record.body) for record in read(root).of(kind)[1]]


def job(root: Path, text: str) -> dict[str, Any]:
    """The body of the one job; what its file does not settle is told as the gap's detail."""
    write(root, "on: push\njobs:\n  one:\n" + "".join(f"    {line}\n" for line in text.split("\n")))
    population, (record,) = read(root).of("ci.job")
    assert population.gaps == ()
    return {**record.body, **{gap.path: gap.detail for gap in record.gaps}}


def step(root: Path, text: str, on: str = "push") -> dict[str, Any]:
    lines = text.split("\n")
    indented = "".join(f"      {'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(lines))
    write(root, f"on: {on}\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n{indented}")
    population, (record,) = read(root).of("ci.step")
    assert population.gaps == ()
    return {**record.body, **{gap.path: gap.detail for gap in record.gaps}}


def test_the_whole_of_a_file(tmp_path: Path) -> None:
    write(tmp_path, WHOLE)
    held = read(tmp_path)
    _, (workflow,) = held.of("ci.workflow")
    assert dict(workflow.body) == {
        "path": FILE,
        "name": "CI",
        "triggers": ["pull_request_target", "push"],
        "permissions": "limited",
        "write_scopes": ["packages"],
        "open_secrets": [],
    }
    _, (build, deploy) = held.of("ci.job")
    assert (build.subject, build.line) == (f"{FILE}#build", 11)
    assert build.body["self_hosted"] is False
    assert build.body["images"] == [{"image": "node:22", "digest": False}]
    assert build.body["permissions"] == "limited"
    assert (deploy.body["pin"], deploy.body["inherits_secrets"], deploy.body["permissions"]) == (
        "ref",
        True,
        "write-all",
    )
    _, steps = held.of("ci.step")
    assert [(one.subject, one.line) for one in steps] == [
        (f"{FILE}#build/1", 15),
        (f"{FILE}#build/2", 18),
        (f"{FILE}#build/3", 22),
        (f"{FILE}#build/4", 25),
    ]
    checkout, greet, echo, action = [dict(one.body) for one in steps]
    assert (checkout["pin"], checkout["checks_out_head"]) == ("commit", True)
    assert greet["injections"] == ["env.TITLE"]
    assert greet["remote_script"] is True
    assert echo["printed_secrets"] == ["DATABASE"]
    assert action["open_secrets"] == ["token (token of a service)"]
    assert (action["pin"], action["injections"], action["printed_secrets"]) == ("ref", [], [])


def test_records_say_where_they_come_from(tmp_path: Path) -> None:
    write(tmp_path, WHOLE)
    for unit, (population, records) in read(tmp_path).units.items():
        assert unit.place == "file/repo"
        assert population.origin is Origin.MANIFEST
        assert population.complete
        assert population.coverage.paths == frozenset(WORKFLOWS.schemas()[unit.kind].shape.fields)
        for record in records:
            assert record.file == FILE
            required = {name for name, one in WORKFLOWS.schemas()[unit.kind].shape.fields.items() if not one.nullable}
            assert required <= set(record.body) <= set(WORKFLOWS.schemas()[unit.kind].shape.fields)
            assert "ghp_" not in str(record.body)


def test_what_is_claimed(tmp_path: Path) -> None:
    for path in (FILE, "sub/.github/workflows/x.yaml", ".github/workflows/deep/no.yml", "ci.yml"):
        write(tmp_path, WHOLE, path)
    write(tmp_path, "runs: {using: composite}", ".github/actions/own/action.yml")
    write(tmp_path, "hosts: all", "playbooks/action.yml")
    claim = recognise(find(tmp_path))
    assert claim.paths == (".github/actions/own/action.yml", FILE, "sub/.github/workflows/x.yaml")


def test_the_steps_of_an_action(tmp_path: Path) -> None:
    text = "name: own\nruns:\n  using: composite\n  steps:\n    - run: echo ${{ github.head_ref }}\n      shell: bash\n"
    write(tmp_path, text, "action.yml")
    write(tmp_path, "runs: {using: node24, main: index.js}\n", "other/action.yaml")
    held = read(tmp_path)
    _, (found,) = held.of("ci.step")
    assert (found.subject, found.line) == ("action.yml#runs/1", 5)
    assert (found.body["triggers"], found.body["injections"]) == ([], ["github.head_ref"])
    assert held.of("ci.workflow")[1] == held.of("ci.job")[1] == []


@pytest.mark.parametrize(
    "text", ["runs: {using: composite}", "runs: {steps: []}", "runs: 7", "runs: {using: composite, steps: [x]}"]
)
def test_an_action_of_another_form_is_a_gap(tmp_path: Path, text: str) -> None:
    write(tmp_path, text, "action.yml")
    write(tmp_path, GOOD)
    population, records = read(tmp_path).of("ci.step")
    assert len(records) == len(population.gaps) == 1


@pytest.mark.parametrize(
    ("uses", "pin"),
    [
        (f"actions/checkout@{SHA}", "commit"),
        (f"actions/checkout@{SHA[:-1]}", "ref"),
        ("actions/checkout@v4", "ref"),
        ("actions/checkout", "ref"),
        ("./.github/actions/own", "local"),
        ("docker://alpine:3", "ref"),
        (f"docker://alpine@sha256:{'a' * 64}", "digest"),
        (f"docker://alpine@sha256:{'a' * 63}", "ref"),
    ],
)
def test_pins(tmp_path: Path, uses: str, pin: str) -> None:
    assert step(tmp_path, f"uses: {uses}")["pin"] == pin


UNSETTLED = "the runner is an expression that the file does not settle"
LABELS = "the labels of the runner do not tell whose machine it is"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("runs-on: ubuntu-24.04", False),
        ("runs-on: windows-2022", False),
        ("runs-on: macos-14-xlarge", False),
        ("runs-on: self-hosted", True),
        ("runs-on: [Self-Hosted, linux]", True),
        ("runs-on: {group: big, labels: [self-hosted]}", True),
        ("runs-on: {group: big}", LABELS),
        ("runs-on: {group: big, labels: [ubuntu-latest]}", LABELS),
        ("runs-on: {labels: [ubuntu-latest]}", False),
        ("runs-on: our-runner", LABELS),
        ("runs-on: ubuntu-latest-of-ours", LABELS),
        ("runs-on: ${{ inputs.runner }}", UNSETTLED),
        ("runs-on: ${{ matrix.os }}\nstrategy: {matrix: {os: [ubuntu-latest, windows-latest]}}", False),
        ("runs-on: ${{ matrix.os }}\nstrategy: {matrix: {os: [ubuntu-latest, self-hosted]}}", True),
        ("runs-on: ${{ matrix.os }}\nstrategy: {matrix: {include: [{os: ubuntu-latest}, {os: self-hosted}]}}", True),
        ("runs-on: ${{ matrix.os }}\nstrategy: {matrix: {os: ['${{ inputs.x }}']}}", UNSETTLED),
        ("runs-on: ${{ matrix.os }}\nstrategy: {matrix: '${{ fromJSON(inputs.m) }}'}", UNSETTLED),
        ("runs-on: ${{ matrix.os }}\nstrategy: {matrix: {os: [ubuntu-latest], include: '${{ x }}'}}", UNSETTLED),
        ("runs-on: ${{ matrix.os }}", UNSETTLED),
    ],
)
def test_whose_machine_it_is(tmp_path: Path, text: str, own: bool | str) -> None:
    assert job(tmp_path, f"{text}\nsteps: []")["self_hosted"] == own


OPEN = "no permissions are set: the repository's settings decide, or whoever calls the workflow"


@pytest.mark.parametrize(
    ("text", "permissions", "writes"),
    [
        ("", "unset", OPEN),
        ("permissions: {}\n", "limited", []),
        ("permissions: read-all\n", "limited", []),
        ("permissions: write-all\n", "write-all", ["everything"]),
        ("permissions: {contents: write, issues: read}\n", "limited", ["contents"]),
    ],
)
def test_permissions(tmp_path: Path, text: str, permissions: str, writes: list[str] | str) -> None:
    found = job(tmp_path, f"{text}runs-on: ubuntu-latest\nsteps: []")
    assert (found["permissions"], found["write_scopes"]) == (permissions, writes)


def test_what_jobs_may_write_where_nobody_says_it_is_not_known(tmp_path: Path) -> None:
    text = (
        "on: push\njobs:\n  one: {runs-on: ubuntu-latest, steps: [], permissions: {}}\n  two: {runs-on: ubuntu-latest,"
    )
    write(tmp_path, f"{text} steps: []}}\n")
    (workflow,) = read(tmp_path).of("ci.workflow")[1]
    assert ("write_scopes" in workflow.body, [gap.path for gap in workflow.gaps]) == (False, ["write_scopes"])
    write(tmp_path, f"{text} steps: [], permissions: read-all}}\n")
    (workflow,) = read(tmp_path).of("ci.workflow")[1]
    assert (workflow.body["write_scopes"], workflow.gaps) == ([], ())


@pytest.mark.parametrize(("on", "told"), [("workflow_call", None), ("[workflow_call, push]", "unset")])
def test_a_workflow_that_is_only_called_has_the_rights_of_whoever_calls_it(
    tmp_path: Path, on: str, told: str | None
) -> None:
    write(tmp_path, f"on: {on}\njobs:\n  one: {{runs-on: ubuntu-latest, steps: []}}\n")
    (record,) = read(tmp_path).of("ci.job")[1]
    assert record.body.get("permissions") == told
    assert ("permissions" in [gap.path for gap in record.gaps]) is (told is None)


def test_a_jobs_own_permissions_count_and_not_the_workflows(tmp_path: Path) -> None:
    text = "on: push\npermissions: {%s}\njobs:\n  one: {runs-on: ubuntu-latest, steps: [], permissions: {%s}}\n"
    write(tmp_path, text % ("contents: write", ""))
    assert bodies(tmp_path, "ci.job")[0]["write_scopes"] == []
    write(tmp_path, text % ("", "contents: write"))
    assert bodies(tmp_path, "ci.job")[0]["write_scopes"] == ["contents"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${{ github.event.issue.title }}", ["github.event.issue.title"]),
        ("${{ github['event']['issue']['title'] }}", ["github.event.issue.title"]),
        ("${{ GitHub.Event.Pull_Request.Head.Ref }}", ["GitHub.Event.Pull_Request.Head.Ref"]),
        ("${{ format('{0}', github.head_ref) }}", ["github.head_ref"]),
        ("${{ toJSON(github.event) }}", ["github.event"]),
        ("${{ github.event.commits[0].committer.name }}", ["github.event.commits.0.committer.name"]),
        ("${{ toJSON(github.event.issue) }}", ["github.event.issue"]),
        ("${{ toJSON(github) }}", ["toJSON(github)"]),
        ("${{ github.event.changes.title.from }}", ["github.event.changes.title.from"]),
        ("${{ env.AGAIN }}", ["env.AGAIN"]),
        ("${{ env.ROUND }}", []),
        ("${{ github.event.pull_request.head.sha }}", []),
        ("${{ github.event.issue.number }}", []),
        ("${{ github.event.commits[0].message }}", ["github.event.commits.0.message"]),
        ("${{ github.event.commits.*.message }}", ["github.event.commits.*.message"]),
        ("${{ github.event.action == 'x' && github.head_ref || 'y' }}", ["github.head_ref"]),
        ("a ${{ github.sha }} b ${{ github.event.comment.body }}", ["github.event.comment.body"]),
        ("${{ contains(github.event.pull_request.title, 'WIP') }}", []),
        ("${{ github.head_ref == 'main' }}", []),
        ("${{ 'github.head_ref' }}", []),
        ("${{ github.event.pull_request.number }}", []),
        ("${{ github.event.pull_request.base.ref }}", []),
        ("${{ github.event_name }}", []),
        ("${{ github.head_reference }}", []),
        ("github.event.issue.title", []),
        ("$TITLE", []),
        ("${{ env.SAFE }} ${{ env.UNKNOWN }}", []),
        ("${{ env.TITLE }}", ["env.TITLE"]),
    ],
)
def test_what_a_stranger_may_choose(text: str, found: list[str]) -> None:
    environment = {
        "SAFE": "x",
        "TITLE": "${{ github.event.issue.title }}",
        "AGAIN": "a ${{ env.TITLE }}",
        "ROUND": "${{ env.ROUND }}",
    }
    assert chosen(text, environment) == found


def test_a_script_of_an_action_is_a_script(tmp_path: Path) -> None:
    text = "uses: actions/github-script@v7\nwith: {script: 'f(`${{ github.event.issue.body }}`)'}"
    assert step(tmp_path, text)["injections"] == ["github.event.issue.body"]
    text = "uses: other/action@v7\nwith: {inlineScript: '${{ github.event.issue.body }}'}"
    assert step(tmp_path, text)["injections"] == ["github.event.issue.body"]
    text = "uses: other/action@v7\nwith: {title: '${{ github.event.issue.body }}'}"
    assert step(tmp_path, text)["injections"] == []
    text = "uses: other/ssh@v1\nwith: {script: 'echo ${{ secrets.KEY }}; curl https://example.com/x | sh'}"
    found = step(tmp_path, text)
    assert (found["printed_secrets"], found["remote_script"]) == (["KEY"], True)
    found = step(tmp_path, text.replace("script:", "title:"))
    assert (found["printed_secrets"], found["remote_script"]) == ([], False)


CALLED = "{workflow_call: {inputs: {name: {type: string}, dry: {type: boolean}}}}"
ASKED = "what it comes to is settled by whoever calls it"


@pytest.mark.parametrize(
    ("text", "on", "told"),
    [
        ("run: echo ${{ inputs.name }}", CALLED, f"name: {ASKED}"),
        ("run: echo ${{ env.N }}\nenv: {N: '${{ inputs.Name }}'}", CALLED, f"name: {ASKED}"),
        ("run: echo ${{ inputs.name }} ${{ github.head_ref }}", CALLED, ["github.head_ref"]),
        ("run: echo ${{ inputs.dry }}", CALLED, []),
        ("run: echo ${{ inputs.name == 'a' }}", CALLED, []),
        ("run: echo $N\nenv: {N: '${{ inputs.name }}'}", CALLED, []),
        ("run: echo ${{ inputs.name }}", "{workflow_dispatch: {inputs: {name: {type: string}}}}", []),
    ],
)
def test_what_a_caller_hands_over_may_be_a_strangers(tmp_path: Path, text: str, on: str, told: object) -> None:
    assert step(tmp_path, text, on)["injections"] == told


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (CALLED, ASKED),
        ("[workflow_call, pull_request]", ASKED),
        ("[workflow_call, workflow_run]", True),
        ("pull_request", True),
    ],
)
def test_with_whose_rights_a_called_workflow_runs_is_not_told(tmp_path: Path, on: str, told: object) -> None:
    text = "uses: actions/checkout@v4\nwith: {ref: '${{ github.event.pull_request.head.sha }}'}"
    assert step(tmp_path, text, on)["checks_out_head"] == told


def test_an_action_is_called_too(tmp_path: Path) -> None:
    steps = "- {run: 'echo ${{ inputs.name }}', shell: sh}\n  - {run: 'gh pr checkout 1', shell: sh}"
    (tmp_path / "action.yml").write_text(f"inputs: {{name: {{}}}}\nruns:\n  using: composite\n  steps:\n  {steps}\n")
    one, other = read(tmp_path).of("ci.step")[1]
    assert [gap.path for gap in (*one.gaps, *other.gaps)] == ["injections", "checks_out_head"]


def test_a_called_workflow_on_a_machine_of_ones_own_may_run_for_strangers(tmp_path: Path) -> None:
    for on, told in ((CALLED, None), ("push", True)):
        write(tmp_path, f"on: {on}\njobs:\n  one:\n    runs-on: self-hosted\n    steps: [{{run: make}}]\n")
        assert read(tmp_path).of("ci.job")[1][0].body.get("self_hosted") is told


UNTOLD = "what is checked out is an expression that the file does not settle"


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("uses: actions/checkout@v4", False),
        ("uses: actions/checkout@v4\nwith: {ref: main}", False),
        ("uses: actions/checkout@v4\nwith: {ref: '${{ github.sha }}'}", False),
        ("uses: actions/checkout@v4\nwith: {ref: '${{ github.event.pull_request.base.sha }}'}", False),
        ("uses: actions/checkout@v4\nwith: {ref: '${{ github.event.pull_request.head.sha }}'}", True),
        ("uses: actions/checkout@v4\nwith: {ref: '${{ github.head_ref }}'}", True),
        ("uses: actions/checkout@v4\nwith: {ref: 'refs/pull/${{ github.event.number }}/merge'}", True),
        ("uses: actions/checkout@v4\nwith: {repository: '${{ github.event.pull_request.head.repo.full_name }}'}", True),
        ("uses: actions/checkout@v4\nwith: {ref: '${{ github.event.workflow_run.head_sha }}'}", True),
        ("uses: actions/checkout@v4\nwith: {ref: '${{ steps.x.outputs.sha }}'}", UNTOLD),
        ("uses: Actions/Checkout@v4\nwith: {ref: '${{ github.head_ref }}'}", True),
        ("uses: actions/checkout@v4\nwith: {ref: '${{ github.event.pull_request.merge_commit_sha }}'}", True),
        ("run: git checkout $WHICH\nenv: {WHICH: '${{ github.event.pull_request.head.sha }}'}", True),
        ("run: git checkout ${WHICH}\nenv: {WHICH: '${{ steps.x.outputs.sha }}'}", UNTOLD),
        ("run: git checkout $WHICH\nenv: {WHICH: '${{ github.base_ref }}'}", False),
        ("run: git fetch origin ${{ github.base_ref }}", False),
        ("run: git -C x merge ${{ github.head_ref }}", True),
        ("run: git switch $GITHUB_HEAD_REF", True),
        ("run: make $WHICH\nenv: {WHICH: '${{ github.head_ref }}'}", False),
        ("run: gh pr checkout 1", True),
        ("run: git fetch origin pull/1/head", True),
        ("run: make", False),
        ("uses: actions/checkout-other@v1\nwith: {ref: '${{ github.head_ref }}'}", UNTOLD),
        ("uses: actions/checkout-other@v1\nwith: {ref: '${{ github.base_ref }}'}", False),
        ("uses: actions/checkout@v1\nwith: {Ref: '${{ github.head_ref }}'}", True),
        ("uses: actions/comment@v1\nwith: {number: '${{ github.event.number }}'}", False),
    ],
)
def test_whose_code_is_fetched(tmp_path: Path, text: str, head: bool | str) -> None:
    assert step(tmp_path, text, "pull_request_target")["checks_out_head"] == head


def test_a_reference_without_an_expression_leads_where_it_says() -> None:
    assert leads_to_head("refs/pull/7/head") is True
    assert leads_to_head("v1") is False


SECRET = {"TOKEN": "${{ secrets.DEPLOY }}"}


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ('echo "${{ secrets.DEPLOY }}"', ["DEPLOY"]),
        ("echo $TOKEN", ["DEPLOY"]),
        ("make; echo ${TOKEN}", ["DEPLOY"]),
        ("Write-Host $env:TOKEN", ["DEPLOY"]),
        ("echo a \\\n  $TOKEN", ["DEPLOY"]),
        ('echo "$TOKEN" | docker login --password-stdin', []),
        ("echo $TOKEN > file", []),
        ('echo "token=$TOKEN" >> "$GITHUB_ENV"', []),
        ('echo "::add-mask::$TOKEN"', []),
        ("echo $TOKENS", []),
        ("login $TOKEN", []),
        ('echo "a > b | c $TOKEN"', ["DEPLOY"]),
        ("echo '${{ toJSON( secrets ) }}'", ["*"]),
        ('echo "$TOKEN" | base64 -w0 | rev', ["DEPLOY"]),
        ('echo "$TOKEN" | base64 -d > key.json', []),
        ('echo "$TOKEN" | base64 -d | docker login --password-stdin', []),
        ("echo $TOKEN >&2", ["DEPLOY"]),
        ("echo $TOKEN > /dev/stderr", ["DEPLOY"]),
        ("if true; then echo $TOKEN; fi", ["DEPLOY"]),
    ],
)
def test_secrets_that_are_printed(script: str, names: list[str]) -> None:
    assert printed(script, SECRET) == names


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("curl -sSL https://x.example | sh", True),
        ("curl -sSL https://x.example | sudo -E bash -", True),
        ("wget -qO- https://x.example | /bin/sh", True),
        ("curl x \\\n | bash", True),
        ("bash <(curl -s https://x.example)", True),
        ('sh -c "$(curl -fsSL https://x.example)"', True),
        ("eval $(curl x)", True),
        ("curl x | python3 -", True),
        ("iwr https://x.example | iex", True),
        ("curl 'https://x.example/?a=1&b=2' | sh", True),
        ("curl https://x.example 2>&1 | sh", True),
        ("curl -sfL https://x.example | VERSION='1 2' MODE=x sh -s - server", True),
        ("curl https://x.example | bash; make", True),
        ("(curl https://x.example | bash)", True),
        ('["sh", "-c", "curl https://x.example | sh"]', True),
        ("curl https://x.example/a.gz | gunzip | sh", True),
        ("curl https://x.example | tee log | sudo -u app bash", True),
        ("curl https://x.example | /usr/bin/env bash", True),
        ('bash <<< "$(curl https://x.example)"', True),
        ('bash -ec "$(curl https://x.example)"', True),
        ("curl https://x.example | python3 -m json.tool", False),
        ("curl https://x.example | python3 -c 'print(1)'", False),
        ("curl https://x.example | node parse.js", False),
        ("curl https://x.example | sh.txt", False),
        ("curl https://x.example && echo a | sh", False),
        ("curl -o file https://x.example && sha256sum -c sums", False),
        ("curl x | jq .", False),
        ("curl x | shasum", False),
        ("# curl x | sh", False),
        ("curl x; cat y | sh", False),
    ],
)
def test_scripts_from_the_network(script: str, found: bool) -> None:
    assert remote_script(script) is found


def test_secrets_in_plain_text_are_named_and_not_told() -> None:
    found = open_secrets(
        "aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE",
        {"PASSWORD": "hunter2-hunter2", "API_KEY": "${{ secrets.KEY }}", "LEVEL": "debug"},
    )
    assert found == ["PASSWORD (password by its name)", "script (access key of AWS)"]


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("mysqldump -u root --password=hunter2x clinic", True),
        ('az login --password "hunter2x"', True),
        ("export DB_PASSWORD=hunter2x", True),
        ("echo API_TOKEN=abcd1234efgh5678 >> .env", True),
        ("mysqldump --password=${{ secrets.DB }} clinic", False),
        ("mysql --password ${{ secrets.DB }} --user root", False),
        ('curl -d "password=${{ secrets.DB }}&user=x" https://example.com', False),
        ("helm upgrade --set auth.password=test-${{ github.run_id }}", False),
        ("export DB_PASSWORD=$(cat file)", False),
        ("$password = Read-Host", False),
        ("python - <<E\nconnect(user=name, password=word)\nE", False),
        ("python - <<E\npassword=settings.password\nE", False),
        ("docker login --password-stdin", False),
        ("# export DB_PASSWORD=hunter2x", False),
    ],
)
def test_a_password_that_a_script_writes_out_is_one_in_the_open(script: str, found: bool) -> None:
    assert bool(open_secrets(script, {})) is found


WITH_SECRETS = """\
on: push
env: {DB_PASSWORD: hunter2x, LEVEL: debug}
jobs:
  one:
    runs-on: ubuntu-latest
    env: {API_TOKEN: abcd1234efgh5678}
    container: {image: a, env: {OTHER_PASSWORD: hunter2x}, credentials: {username: u, password: hunter2x}}
    services:
      db: {image: b, env: {POSTGRES_PASSWORD: postgres, DD_API_KEY: abcd1234efgh5678}}
    steps: []
  two:
    uses: ./.github/workflows/x.yml
    with: {api-key: abcd1234efgh5678}
    secrets: {token: '${{ secrets.TOKEN }}', db_password: hunter2x}
"""


def test_secrets_that_workflows_and_jobs_hand_down_stand_in_the_open(tmp_path: Path) -> None:
    write(tmp_path, WITH_SECRETS)
    held = read(tmp_path)
    assert [one.body["open_secrets"] for one in held.of("ci.workflow")[1]] == [["DB_PASSWORD (password by its name)"]]
    assert [one.body["open_secrets"] for one in held.of("ci.job")[1]] == [
        [
            "API_TOKEN (secret by its name)",
            "DD_API_KEY (secret by its name)",
            "OTHER_PASSWORD (password by its name)",
            "password (password by its name)",
        ],
        ["api-key (secret by its name)", "db_password (password by its name)"],
    ]


GOOD = "on: push\njobs: {one: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ":1: is empty"),
        ("on: push\n", ":1: is no workflow"),
        ("jobs: {}\n", ":1: is no workflow"),
        ("- a\n", ":1: is no workflow"),
        ("on: push\njobs: []\n", ":1: is no workflow"),
        ("on: push\njobs:\n  a: [\n", ":4: is not YAML"),
        ("on: push\njobs:\n  a: {steps: 7}\n", ":3: a job has neither"),
        ("on: push\njobs:\n  a:\n    steps: []\n", ":4: a job has no runner"),
        ("on: push\njobs:\n  a: {runs-on: x, steps: [text]}\n", ":3: a step is no mapping"),
        ("on: []\njobs: {}\n", ":1: `on` names no event"),
        ("on: push\npermissions: all\njobs: {}\n", ":2: permissions"),
        ("on: push\non: pull_request\njobs: {}\n", ":2: a key stands twice"),
        ("on: push\n---\non: push\n", ":2: holds a second document"),
        ("on: &a [*a]\njobs: {}\n", ":1: an alias leads nowhere"),
        ("on: push\n? [a]\n: b\n", ":2: a key is no text"),
        (b"on: push\nname: \xff\n", ":2: is not UTF-8"),
        ("on: push\nname: \x01\n", ":1: holds a character"),
        ("on: " + "[" * 200, ":1: is nested deeper"),
        ("on: " + "[" * 100_000, ":1: is nested deeper"),
        ("x" * (600 * 1024), ":1: is larger than"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_gap_and_the_rest_is_read(tmp_path: Path, text: str | bytes, why: str) -> None:
    write(tmp_path, text, ".github/workflows/bad.yml")
    write(tmp_path, GOOD)
    for population, records in read(tmp_path).units.values():
        assert [record.file for record in records if record.file == FILE] == [FILE]
        assert not population.complete
        assert [gap.reason for gap in population.gaps] == [GapReason.PARSE_ERROR]
        assert (population.gaps[0].detail or "").startswith(".github/workflows/bad.yml" + why)


def test_one_bad_job_leaves_the_others(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("{one:", "{two: {}, one:"))
    population, records = read(tmp_path).of("ci.step")
    assert [record.subject for record in records] == [f"{FILE}#one/1"]
    assert len(population.gaps) == 1


def test_anchors_are_followed_and_bombs_are_not(tmp_path: Path) -> None:
    write(tmp_path, "x: &steps [{run: make}]\n" + GOOD.replace("[{run: make}]", "*steps"))
    assert len(bodies(tmp_path, "ci.step")) == 1
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    write(tmp_path, bomb + GOOD)
    population, records = read(tmp_path).of("ci.step")
    assert records == []
    assert f"{MOST_NODES:,}" in (population.gaps[0].detail or "")


@pytest.mark.parametrize(
    "run",
    [
        "${{" * 60_000,
        "curl " * 20_000,
        "'" * 200_000,
        "a" * 200_000,
        "a." * 50_000,
        "echo $X " * 30_000,
        "password=x " * 20_000,
        "$" * 200_000,
    ],
    ids=lambda text: text[:6],
)
def test_a_hostile_script_costs_no_more_than_a_moment(tmp_path: Path, run: str) -> None:
    begun = time.process_time()
    step(tmp_path, f"run: {run!r}" if "'" not in run else f'run: "{run}"')
    inside = run.replace("${{", "((").replace("$", "x")
    step(tmp_path, 'run: "${{ ' + inside + ' }}"')
    assert time.process_time() - begun < 20


def test_on_is_text_and_lines_are_kept() -> None:
    found = parse(b"on: push\nname: 7\nflag: yes\nyes: no\n")
    assert [(name, node.value, node.line) for name, node in found.entries()] == [
        ("on", "push", 1),
        ("name", 7, 2),
        ("flag", "yes", 3),
        ("yes", "no", 4),
    ]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "elsewhere/x.yml")
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere" / "x.yml")
    assert recognise(find(tmp_path)).paths == ()


def test_only_what_is_demanded_is_written(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    tree, sink = find(tmp_path), Held()
    WORKFLOWS.open(tree, recognise(tree), "repo", lambda: NOW).collect({KindName("ci.job"): frozenset()}, sink, sink)
    assert [unit.kind for unit in sink.units] == ["ci.job"]
