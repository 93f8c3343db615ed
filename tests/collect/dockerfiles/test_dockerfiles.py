"""Dockerfiles: what is read off them, where it stands, and what a hostile one does to the rest."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from held import Held

from grc.collect.dockerfiles import DOCKERFILES, recognise
from grc.collect.dockerfiles.extract import pairs
from grc.collect.dockerfiles.parse import parse
from grc.collect.files import find
from grc.collect.manifests import ManifestError
from grc.model.evidence import GapReason, Origin

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DIGEST = "sha256:" + "a" * 64
WHOLE = f"""\
# syntax=docker/dockerfile:1
ARG VERSION=3.12
FROM golang:1.24@{DIGEST} AS build
RUN <<EOF
USER root
curl https://x.example | sh
EOF
ADD --checksum={DIGEST} https://x.example/a.tar /a
ENV API_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345

FROM python:${{VERSION}}
ARG NPM_TOKEN
RUN apt-get update && \\
    # a remark in between
    apt-get install -y sudo
ADD https://x.example/b.tar /b
USER 1000:1000
HEALTHCHECK CMD curl -f http://localhost
"""


def write(root: Path, text: str | bytes, path: str = "Dockerfile") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(text.encode() if isinstance(text, str) else text)


def read(root: Path) -> Held:
    tree, sink = find(root), Held()
    DOCKERFILES.open(tree, recognise(tree), "repo", lambda: NOW).collect(
        {kind: frozenset() for kind in DOCKERFILES.schemas()}, sink, sink
    )
    return sink


def one(root: Path, text: str, kind: str = "container.dockerfile") -> dict[str, Any]:
    """The body of the last subject of a kind; what the file does not settle is told as the gap's detail."""
    write(root, text)
    population, records = read(root).of(kind)
    assert population.gaps == ()
    return {**records[-1].body, **{gap.path: gap.detail for gap in records[-1].gaps}}


def test_the_whole_of_a_file(tmp_path: Path) -> None:
    write(tmp_path, WHOLE)
    held = read(tmp_path)
    _, (file,) = held.of("container.dockerfile")
    assert (file.subject, file.line) == ("Dockerfile", 17)
    assert dict(file.body) == {
        "path": "Dockerfile",
        "stages": 2,
        "base": "python:${VERSION}",
        "user": "1000:1000",
        "runs_as_root": False,
        "healthcheck": True,
    }
    _, (build, final) = held.of("container.stage")
    assert (build.subject, build.line, build.body["image"], build.body["tag"], build.body["digest"]) == (
        "Dockerfile#1",
        3,
        "golang",
        "1.24",
        True,
    )
    assert [gap.path for gap in final.gaps] == ["digest", "image", "tag"]
    _, instructions = held.of("container.instruction")
    found = {record.line: record.body for record in instructions}
    assert {line: body["instruction"] for line, body in found.items()} == {
        2: "ARG",
        4: "RUN",
        8: "ADD",
        9: "ENV",
        12: "ARG",
        13: "RUN",
        16: "ADD",
    }
    assert found[2]["stage"] == 0
    assert (found[4]["remote_script"], found[4]["final"]) == (True, False)
    assert (found[8]["remote_source"], found[8]["checksum"]) == (True, True)
    assert found[9]["open_secrets"] == ["API_TOKEN (token of a service)"]
    assert found[12]["secret_names"] == ["NPM_TOKEN"]
    assert (found[13]["sudo"], found[13]["final"]) == (True, True)
    assert (found[16]["remote_source"], found[16]["checksum"]) == (True, False)


def test_records_say_where_they_come_from(tmp_path: Path) -> None:
    write(tmp_path, WHOLE, "deploy/Dockerfile")
    for unit, (population, records) in read(tmp_path).units.items():
        assert unit.place == "file/repo"
        assert population.origin is Origin.MANIFEST
        assert population.coverage.paths == frozenset(DOCKERFILES.schemas()[unit.kind].shape.fields)
        for record in records:
            assert record.file == "deploy/Dockerfile"
            required = {
                name for name, field in DOCKERFILES.schemas()[unit.kind].shape.fields.items() if not field.nullable
            }
            assert required <= set(record.body) <= set(DOCKERFILES.schemas()[unit.kind].shape.fields)
            assert "ghp_" not in str(record.body)


def test_what_is_claimed(tmp_path: Path) -> None:
    taken = ("Containerfile", "Dockerfile", "Dockerfile.prod", "a/web.dockerfile", "b/Dockerfile-test")
    for path in (*taken, "Dockerfile.j2", "Dockerfile.dockerignore", "Dockerfile.md", "dockerfiles/x", "MyDockerfile"):
        write(tmp_path, WHOLE, path)
    claim = recognise(find(tmp_path))
    assert claim.paths == taken
    assert [skipped.path for skipped in claim.skipped] == ["Dockerfile.j2"]


VARIABLE = "the user is a variable that the file does not settle"


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("FROM a\nUSER root", True),
        ("FROM a\nUSER 0", True),
        ("FROM a\nUSER 00:0", True),
        ("FROM a\nUSER root:app", True),
        ('FROM a\nUSER "root"', True),
        ("FROM a\nUSER app\nUSER root", True),
        ("FROM a\nUSER root\nUSER app", False),
        ("FROM a\nUSER 10001", False),
        ("FROM a AS b\nUSER app\nFROM b", False),
        ("FROM a AS b\nUSER root\nFROM B", True),
        ("FROM a AS b\nUSER app\nFROM b\nUSER root", True),
        ("FROM a\nENV WHO=app\nUSER $WHO", False),
        ("FROM a\nENV WHO root\nUSER ${WHO}", True),
        ("FROM a\nARG WHO=app\nUSER ${WHO}", VARIABLE),
        ("FROM a\nENV WHO=app\nARG WHO\nUSER ${WHO}", VARIABLE),
        ("FROM a\nUSER ${WHO:-app}", VARIABLE),
        ("FROM a\nRUN <<E\nUSER root\nE\nUSER app", False),
        ("FROM a\nRUN cat <<-'E' <<F\nx\n\tE\nUSER app\nF\nUSER root", True),
        ("FROM a\nUSER app # no remark", False),
        ("FROM a\n# USER root\nUSER app", False),
        ("FROM a\nUSER app\n#USER root", False),
        ("FROM a\nuser root", True),
        ("FROM a\nUSER root\nONBUILD USER app", True),
        ("FROM a AS b\nUSER root\nONBUILD USER app\nFROM b", False),
        ("FROM a AS b\nUSER app\nONBUILD USER root\nFROM b AS c\nFROM c", True),
        ("FROM a\nENV WHO=root\nUSER $WHO\nENV WHO=app", True),
        ("FROM a\nENV WHO=app\nARG X WHO=root\nUSER $WHO", VARIABLE),
        ("FROM a\nUSER ro\\\not", True),
        ("FROM a\nUSER\troot", True),
    ],
)
def test_who_runs_it(tmp_path: Path, text: str, root: bool | str) -> None:
    assert one(tmp_path, text)["runs_as_root"] == root


STAGE_OR_NOT = "the last stage begins with a variable, which a build may set to a stage above it"
NAMED = "the base image says by its name that it sets a user, which no file tells"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ARG KIND=dev\nFROM a AS dev\nUSER app\nFROM a AS prod\nFROM ${KIND}", STAGE_OR_NOT),
        ("ARG KIND=dev\nFROM a AS dev\nUSER app\nFROM ${KIND} AS b\nFROM b", STAGE_OR_NOT),
        ("FROM gcr.io/distroless/static-debian12:nonroot", NAMED),
        (f"FROM gcr.io/distroless/static:nonroot@{DIGEST}", NAMED),
        ("FROM nginxinc/nginx-unprivileged:1.29 AS b\nFROM b", NAMED),
    ],
)
def test_whom_the_base_may_set_is_not_told(tmp_path: Path, text: str, told: str) -> None:
    found = one(tmp_path, text)
    assert (found["user"], found["runs_as_root"]) == (told, told)


@pytest.mark.parametrize("line", ["HEALTHCHECK CMD x", "USER app"])
def test_how_the_base_checks_health_is_not_told_where_it_may_be_a_stage_that_does(tmp_path: Path, line: str) -> None:
    write(tmp_path, f"ARG KIND=dev\nFROM a AS dev\n{line}\nFROM ${{KIND}}")
    (record,) = read(tmp_path).of("container.dockerfile")[1]
    assert ("healthcheck" in {gap.path for gap in record.gaps}) is line.startswith("HEALTHCHECK")


@pytest.mark.parametrize(
    "text",
    [
        "FROM a",
        "FROM a:1-nonrooted",
        "FROM a AS b\nFROM ${KIND}",
        "FROM a\nONBUILD USER app",
        "FROM a AS b\nUSER app\nFROM c",
        "FROM a\nRUN <<E\nUSER app\nE",
        "FROM a\nRUN echo \\\nUSER app",
    ],
)
def test_nobody_is_set(tmp_path: Path, text: str) -> None:
    found = one(tmp_path, text)
    assert "user" not in found
    assert "runs_as_root" not in found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a", ("a", None, False)),
        ("a:1", ("a", "1", False)),
        ("host:5000/a", ("host:5000/a", None, False)),
        ("host:5000/a:1", ("host:5000/a", "1", False)),
        (f"a@{DIGEST}", ("a", None, True)),
        (f"a:1@{DIGEST}", ("a", "1", True)),
        ("--platform=linux/amd64 a:1", ("a", "1", False)),
    ],
)
def test_what_a_stage_begins_with(tmp_path: Path, text: str, told: tuple[str, str | None, bool]) -> None:
    found = one(tmp_path, f"FROM {text}", "container.stage")
    assert (found["image"], found.get("tag"), found["digest"]) == told


def test_an_image_that_a_build_may_set_is_not_told(tmp_path: Path) -> None:
    found = one(tmp_path, "ARG BASE=a:1\nFROM ${BASE}", "container.stage")
    why = "the image is a variable that a build may set"
    assert (found["image"], found["tag"], found["digest"]) == (why, why, why)
    found = one(tmp_path, f"ARG BASE=a\nFROM ${{BASE}}@{DIGEST}", "container.stage")
    assert (found["image"], found["digest"]) == (why, True)


def test_stages_upon_stages_and_scratch_begin_with_no_image(tmp_path: Path) -> None:
    write(tmp_path, "FROM a AS b\nFROM b\nFROM scratch\n")
    assert [record.subject for record in read(tmp_path).of("container.stage")[1]] == ["Dockerfile#1"]


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("ADD https://x.example/a /a", True),
        ("ADD a https://x.example/b /c", True),
        ("ADD git@github.com:acme/web.git /a", True),
        ('ADD ["https://x.example/a", "/a"]', True),
        ("ADD a.tar /a", False),
        ('ADD "https://x.example/a" /a', True),
        ('ADD "${SOURCE}" /a', "what is added is a variable that a build may set"),
        ("ADD $SOURCE /a", "what is added is a variable that a build may set"),
    ],
)
def test_what_is_added(tmp_path: Path, text: str, remote: bool | str) -> None:
    assert one(tmp_path, f"FROM a\n{text}", "container.instruction")["remote_source"] == remote


@pytest.mark.parametrize(
    ("text", "opened", "named"),
    [
        ("ENV PASSWORD=hunter2-hunter2", ["PASSWORD (password by its name)"], []),
        ("ENV PASSWORD hunter2-hunter2", ["PASSWORD (password by its name)"], []),
        ("ARG TOKEN", [], ["TOKEN"]),
        ("ARG TOKEN=", [], ["TOKEN"]),
        ("ARG A TOKEN", [], ["TOKEN"]),
        ("ARG A PASSWORD=hunter2-hunter2", ["PASSWORD (password by its name)"], []),
        ("ENV TOKEN=$GIVEN", [], ["TOKEN"]),
        ("ENV TOKEN_FILE=/run/secrets/token", [], []),
        ("ENV PATH=/usr/bin LEVEL=debug", [], []),
        ("ARG VERSION=1", [], []),
        ("RUN export K=AKIAIOSFODNN7EXAMPLE", ["script (access key of AWS)"], []),
        ("RUN mysqldump --password=hunter2x clinic", ["script (password by its name)"], []),
        ("COPY <<E /app/.env\nDB_PASSWORD=hunter2x\nE", ["script (password by its name)"], []),
        ('CMD ["app", "--password=hunter2x"]', ["script (password by its name)"], []),
        ("ENTRYPOINT app --password=$PASSWORD", [], []),
    ],
)
def test_secrets(tmp_path: Path, text: str, opened: list[str], named: list[str]) -> None:
    found = one(tmp_path, f"FROM a\n{text}", "container.instruction")
    assert (found["open_secrets"], found["secret_names"]) == (opened, named)


def test_what_is_built_upon_this_image_counts(tmp_path: Path) -> None:
    assert one(tmp_path, "FROM a\nONBUILD RUN curl x | sh", "container.instruction")["remote_script"] is True


@pytest.mark.parametrize("line", ["CMD curl x | sh", 'ENTRYPOINT ["sh", "-c", "curl x | sh"]'])
def test_what_a_container_runs_when_it_starts_counts(tmp_path: Path, line: str) -> None:
    found = one(tmp_path, f"FROM a\n{line}", "container.instruction")
    assert (found["instruction"], found["remote_script"]) == (line.split(maxsplit=1)[0], True)


def test_what_copies_files_counts_where_it_holds_them(tmp_path: Path) -> None:
    write(tmp_path, "FROM a\nCOPY a b\nCOPY <<E c\nx\nE\n")
    assert [record.line for record in read(tmp_path).of("container.instruction")[1]] == [3]


def test_the_sign_that_continues_a_line_may_be_changed() -> None:
    text = "# escape=`\nFROM a\nRUN dir `\n  c:\\\nUSER app\n"
    assert [(one.name, one.line) for one in parse(text.encode())] == [("FROM", 2), ("RUN", 3), ("USER", 5)]


def test_line_ends_of_windows_and_a_mark_at_the_head() -> None:
    found = parse(b"\xef\xbb\xbfFROM a\r\nRUN x \\\r\n  y\r\n")
    assert [(one.name, one.rest, one.line) for one in found] == [("FROM", "a", 1), ("RUN", "x   y", 2)]


def test_pairs_of_env() -> None:
    assert pairs('A=1 B="two words" C=') == [("A", "1"), ("B", "two words"), ("C", "")]
    assert pairs("OLD some value") == [("OLD", "some value")]
    assert pairs('A="not ended') == [("A", '"not'), ("ended", "")]


@pytest.mark.parametrize("health", ["HEALTHCHECK NONE", "CMD x"])
def test_no_check_of_health(tmp_path: Path, health: str) -> None:
    assert one(tmp_path, f"FROM a\n{health}")["healthcheck"] is False


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ":1: has no FROM"),
        ("RUN x\n", ":1: has no FROM"),
        ("FROM a\nRUM x\n", ":2: is no instruction"),
        ("FROM\n", ":1: FROM is not of its form"),
        ("FROM a\n\nFROM a IS b\n", ":3: FROM is not of its form"),
        ("FROM a\nRUN <<EOF\nx\n", ":2: a here-document does not end"),
        (b"FROM a\nRUN \xff\n", ":2: is not UTF-8"),
        (b"FROM a\nRUN \0\n", ":2: is no text"),
        ("FROM a\n" + "RUN x\n" * 100_000, ":1: is larger than"),
        ("{% if x %}\nFROM a\n", ":1: is no instruction"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_gap_and_the_rest_is_read(tmp_path: Path, text: str | bytes, why: str) -> None:
    write(tmp_path, text, "bad/Dockerfile")
    write(tmp_path, "FROM a\nRUN x\n")
    for population, records in read(tmp_path).units.values():
        assert [record.file for record in records] == ["Dockerfile"]
        assert not population.complete
        assert [gap.reason for gap in population.gaps] == [GapReason.PARSE_ERROR]
        assert (population.gaps[0].detail or "").startswith("bad/Dockerfile" + why)


@pytest.mark.parametrize(
    "text",
    [
        "RUN " + "x \\\n" * 60_000,
        "RUN " + "<<A " * 60_000,
        "RUN " + "curl " * 20_000,
        "ENV " + "A=1 " * 60_000,
        "ENV " + "'" * 200_000,
        "RUN " + "a." * 50_000,
        "USER " + "${" * 100_000,
        "USER " + "${a-" * 100_000,
        "RUN " + "--mount=x " * 20_000,
    ],
    ids=lambda text: text[:8],
)
def test_a_hostile_file_costs_no_more_than_a_moment(tmp_path: Path, text: str) -> None:
    begun = time.process_time()
    write(tmp_path, f"FROM a\n{text}\n")
    read(tmp_path)
    assert time.process_time() - begun < 20


def test_a_tower_of_stages_is_read_to_its_foot(tmp_path: Path) -> None:
    stages = "".join(f"FROM s{number} AS s{number + 1}\n" for number in range(2000))
    assert one(tmp_path, f"FROM a AS s0\nUSER app\n{stages}")["user"] == "app"


def test_what_is_no_dockerfile_says_where() -> None:
    with pytest.raises(ManifestError) as caught:
        parse(b"FROM a\n\nwhat is this\n")
    assert caught.value.line == 3
