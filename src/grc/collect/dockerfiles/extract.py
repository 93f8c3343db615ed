"""A Dockerfile, its stages and its instructions, as bodies of records: facts of the file, each with its line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from grc.collect.dockerfiles.parse import Instruction, parse
from grc.collect.manifests import Found, ManifestError
from grc.collect.policies.plainsecrets import sort_of
from grc.collect.secrets.names import PASSWORD, SECRET
from grc.collect.workflows.scripts import open_secrets, remote_script

DOCKERFILE, STAGE, INSTRUCTION = "container.dockerfile", "container.stage", "container.instruction"
RUNNING: Final = frozenset({"CMD", "ENTRYPOINT", "RUN"})
LOOKED_AT: Final = frozenset({"ADD", "ARG", "ENV", *RUNNING})
ROOT: Final = frozenset({"root", "0", "containeradministrator"})
DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}\Z")
REMOTE: Final = re.compile(r"(?i)(?:https?|ftp|git|ssh)://|git@")
SUDO: Final = re.compile(r"(?:\A|[\s;&|(])sudo(?=\s|\Z)")
UNPRIVILEGED: Final = re.compile(r"(?i)(?:^|[/:._-])(?:non-?root|rootless|unprivileged)(?:$|[/:@._-])")
"""Names by which an image says that it sets a user: ``gcr.io/distroless/static:nonroot``."""
A_STAGE: Final = "the last stage begins with a variable, which a build may set to a stage above it"
VARIABLE: Final = re.compile(r"\$(?:\{(\w+)(?::?[-+?][^}]{0,1000})?\}|(\w+))")


@dataclass(slots=True, kw_only=True)
class Stage:
    """One stage: its FROM, what it is built upon, and what follows."""

    number: int
    start: Instruction
    base: str
    name: str | None
    parent: Stage | None
    inner: list[Instruction] = field(default_factory=list)

    @property
    def chain(self) -> list[Stage]:
        """This stage and those that it is built upon, down to the one that begins with an image."""
        found = [self]
        while (below := found[-1].parent) is not None:
            found.append(below)
        return found

    def last(self, name: str) -> tuple[Instruction, Stage] | None:
        """The last instruction of a name, of this stage or else of the one it is built upon."""
        for stage in self.chain:
            named = [one for one in stage.inner if one.name == name]
            left = [one for one in named if one.later and stage is not self]
            # what the one below left for the stage above it is done at the FROM of that one
            if found := left or [one for one in named if not one.later]:
                return found[-1], stage
        return None

    def constants(self, before: Instruction | None = None) -> dict[str, str]:
        """The variables that this stage and those below it set to a plain text, up to an instruction."""
        found: dict[str, str] = {}
        for stage in reversed(self.chain):
            until = stage.inner.index(before) if before is not None and stage is self else None
            for instruction in stage.inner[:until]:
                if instruction.name == "ARG":
                    for name in arguments(instruction.rest):
                        found.pop(name, None)
                found.update(pairs(instruction.rest) if instruction.name == "ENV" else ())
        return {name: value for name, value in found.items() if "$" not in value}


def extract(path: str, data: bytes) -> Iterator[Found]:
    """The file, its stages that begin with an image, and its instructions.

    Raises:
        ManifestError: it is no Dockerfile.
    """
    instructions = parse(data)
    stages = list(_stages(instructions))
    yield _file(path, stages)
    for stage in stages:
        if stage.parent is None and stage.base.lower() != "scratch":
            yield _stage(path, stage, len(stages))
    before = [one for one in instructions[: instructions.index(stages[0].start)] if _is_looked_at(one)]
    yield from (_instruction(path, one, 0, final=False) for one in before)
    for stage in stages:
        for one in stage.inner:
            if _is_looked_at(one):
                yield _instruction(path, one, stage.number, final=stage.number == len(stages))


def arguments(rest: str) -> dict[str, str]:
    """The names of ARG with their defaults, empty where there is none."""
    try:
        words = shlex.split(rest, posix=True)
    except ValueError:
        words = rest.split()
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def pairs(rest: str) -> list[tuple[str, str]]:
    """The names and values of ENV, in its new form and its old one; of ARG, the default is the value."""
    first = rest.split(None, 1)
    if first and "=" not in first[0]:
        return [(first[0], first[1].strip() if len(first) > 1 else "")]
    try:
        words = shlex.split(rest, posix=True)
    except ValueError:
        words = rest.split()
    return [(name, value) for name, sign, value in (word.partition("=") for word in words) if sign or name]


def _stages(instructions: Sequence[Instruction]) -> Iterator[Stage]:
    named: dict[str, Stage] = {}
    stage: Stage | None = None
    for instruction in instructions:
        if instruction.name != "FROM":
            if stage is not None:
                stage.inner.append(instruction)
            continue
        words = instruction.rest.split()
        if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
            raise ManifestError(instruction.line, "FROM is not of its form")
        if stage is not None:
            yield stage
        name = words[2].lower() if len(words) == 3 else None
        number = stage.number + 1 if stage else 1
        parent = named.get(words[0].lower())
        stage = Stage(number=number, start=instruction, base=words[0], name=name, parent=parent)
        if name:
            named[name] = stage
    assert stage is not None
    yield stage


def _is_looked_at(one: Instruction) -> bool:
    """Whether an instruction is a subject: what copies files is one where it holds them."""
    return one.name in LOOKED_AT or (one.name == "COPY" and bool(one.documents))


def _may_have(stages: Sequence[Stage], name: str) -> bool:
    """Whether the last stage may be built upon one that has an instruction, by a variable that a build may set."""
    first = stages[-1].chain[-1]
    above = (one for stage in stages[: first.number - 1] for one in stage.inner)
    return "$" in first.base and any(one.name == name for one in above)


def _file(path: str, stages: Sequence[Stage]) -> Found:
    final = stages[-1]
    health, user = final.last("HEALTHCHECK"), final.last("USER")
    found = Found(
        kind=DOCKERFILE,
        id=path,
        line=user[0].line if user else final.start.line,
        body={
            "path": path,
            "stages": len(stages),
            "healthcheck": health is not None and health[0].rest.strip().upper() != "NONE",
            "base": final.base,
        },
    )
    if health is None and _may_have(stages, "HEALTHCHECK"):
        found.unknown(A_STAGE, "healthcheck")
    if user is not None:
        _user(user[0].rest, user[1].constants(user[0]), found)
    elif _may_have(stages, "USER"):
        found.unknown(A_STAGE, "user", "runs_as_root")
    elif UNPRIVILEGED.search(final.chain[-1].base):
        found.unknown(
            "the base image says by its name that it sets a user, which no file tells", "user", "runs_as_root"
        )
    return found


def _user(text: str, constants: Mapping[str, str], found: Found) -> None:
    told = VARIABLE.sub(lambda name: constants.get(name[1] or name[2], name[0]), text)
    name = told.partition(":")[0].strip().strip("\"'").lower()
    if "$" in name or not name:
        found.unknown("the user is a variable that the file does not settle", "user", "runs_as_root")
        return
    found.body |= {"user": told.strip(), "runs_as_root": name in ROOT or re.fullmatch("0+", name) is not None}


def _stage(path: str, stage: Stage, count: int) -> Found:
    found = Found(
        kind=STAGE,
        id=f"{path}#{stage.number}",
        line=stage.start.line,
        body={
            "id": f"{path}#{stage.number}",
            "path": path,
            "number": stage.number,
            "final": stage.number == count,
            **({"name": stage.name} if stage.name else {}),
        },
    )
    image = stage.base
    if DIGEST.search(image):
        found.body["digest"] = True
        image = image.partition("@")[0]
    elif "$" in image:
        found.unknown("the image is a variable that a build may set", "digest")
    else:
        found.body["digest"] = False
    if "$" in image:
        found.unknown("the image is a variable that a build may set", "image", "tag")
        return found
    name, _, tag = image.rpartition(":") if ":" in image.rpartition("/")[2] else (image, "", "")
    found.body |= {"image": name, **({"tag": tag} if tag else {})}
    return found


def _instruction(path: str, one: Instruction, stage: int, *, final: bool) -> Found:
    runs = one.name in RUNNING
    script = one.script if runs else "\n".join(one.documents)
    settings = arguments(one.rest) if one.name == "ARG" else dict(pairs(one.rest)) if one.name == "ENV" else {}
    constants = {name: value for name, value in settings.items() if "$" not in value}
    body: dict[str, Any] = {
        "id": f"{path}:{one.line}",
        "path": path,
        "stage": stage,
        "final": final,
        "instruction": one.name,
        "remote_script": runs and remote_script(script),
        "sudo": runs and SUDO.search(script) is not None,
        "open_secrets": open_secrets(script, constants),
        "secret_names": sorted(name for name, value in settings.items() if _carries(one.name, name, value)),
    }
    found = Found(kind=INSTRUCTION, id=body["id"], line=one.line, body=body)
    if one.name == "ADD":
        _add(one, found)
    return found


def _add(one: Instruction, found: Found) -> None:
    sources = re.findall(r'"([^"]*)"', one.rest)[:-1] if one.rest.startswith("[") else one.rest.split()[:-1]
    sources = [source.replace('"', "").replace("'", "") for source in sources]
    remote = [source for source in sources if REMOTE.match(source)]
    found.body["checksum"] = bool(one.flag("checksum"))
    if not remote and any(source.startswith("$") for source in sources):
        found.unknown("what is added is a variable that a build may set", "remote_source")
    else:
        found.body["remote_source"] = bool(remote)


def _carries(instruction: str, name: str, value: str) -> bool:
    """Whether a setting carries a secret into the image by its name, though not by its value."""
    if not (PASSWORD.search(name) or SECRET.search(name)):
        return False
    return sort_of(name, value) is None and (instruction == "ARG" or "$" in value) and not value.startswith("/")
