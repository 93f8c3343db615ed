"""10,000 Terraform resources as files and as a plan, beside their parsers alone: ``python -m bench.terraform``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

RESOURCES: Final = 10_000
PER_FILE: Final = 200
ROUNDS: Final = 3
ROOT: Final = Path(__file__).parent.parent
GROUP: Final = """
resource "aws_s3_bucket" "b{n}" {{
  bucket = "bucket-${{var.env}}-{n}"
  tags = {{
    Owner = "team-{team}"
    Env   = var.env
  }}
}}

resource "aws_s3_bucket_server_side_encryption_configuration" "b{n}" {{
  bucket = aws_s3_bucket.b{n}.id
  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm = "aws:kms"
    }}
    bucket_key_enabled = true
  }}
}}

resource "aws_security_group" "g{n}" {{
  name        = "g{n}"
  description = "group {n}"
  vpc_id      = var.vpc
  ingress {{
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.{octet}.0/24"]
  }}
}}

resource "aws_ebs_volume" "v{n}" {{
  availability_zone = "eu-central-1a"
  size              = {size}
  encrypted         = {encrypted}
}}
"""
"""Four resources as a team writes them."""


def write_files(folder: Path, resources: int) -> None:
    """A root module of so many resources, in files of some hundred."""
    (folder / "variables.tf").write_text('variable "env" { default = "prod" }\nvariable "vpc" { default = "vpc-1" }\n')
    numbers = range(resources // 4)
    for start in numbers[:: PER_FILE // 4]:
        texts = [
            GROUP.format(n=n, team=n % 7, octet=n % 256, size=8 + n % 20, encrypted="true" if n % 2 else "false")
            for n in numbers[start : start + PER_FILE // 4]
        ]
        (folder / f"part{start:06}.tf").write_text("".join(texts))


def write_plan(path: Path, resources: int) -> None:
    """The plan of such a module, as ``terraform show -json`` prints it."""
    sys.path.insert(0, str(ROOT / "tests" / "samples"))
    from terraform_plans import plan
    from terraform_plans import resource as planned

    found = []
    for n in range(resources // 4):
        bucket = f"aws_s3_bucket.b{n}"
        rule = {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}], "bucket_key_enabled": True}
        port = {"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": [f"10.0.{n % 256}.0/24"]}
        encryption = f"aws_s3_bucket_server_side_encryption_configuration.b{n}"
        found += [
            planned(bucket, {"bucket": f"bucket-prod-{n}", "tags_all": {"Owner": f"team-{n % 7}"}}),
            planned(encryption, {"rule": [rule]}, unknown={"bucket": True}, refers={"bucket": [f"{bucket}.id"]}),
            planned(f"aws_security_group.g{n}", {"name": f"g{n}", "vpc_id": "vpc-1", "ingress": [port]}),
            planned(f"aws_ebs_volume.v{n}", {"size": 8, "encrypted": n % 2 == 1}, unknown={"id": True}),
        ]
    path.write_text(json.dumps(plan(*found)))


class Counted:
    """A sink and a progress that count the records they are given."""

    records = 0

    def has(self, unit: object) -> bool:
        """Nothing is held already."""
        return unit is None

    def write(self, population: object, records: list[object]) -> None:
        """Count, and let go."""
        assert population
        self.records += len(records)

    def planned(self, units: int) -> None:
        """Say nothing."""

    def done(self, unit: object) -> None:
        """Say nothing."""


def _parser(folder: Path) -> object:
    """tree-sitter alone: every file to its concrete tree."""
    import tree_sitter
    import tree_sitter_hcl

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
    return [parser.parse(path.read_bytes()) for path in sorted(folder.iterdir())]


def _walked(folder: Path) -> object:
    """tree-sitter, and each node of its trees visited once: the least that any reader in Python does."""
    trees: Any = _parser(folder)
    stack = [tree.root_node for tree in trees]
    seen = 0
    while stack:
        node = stack.pop()
        seen += len(node.type)
        stack.extend(node.children)
    return seen


def _hcl2(folder: Path) -> object:
    """python-hcl2 alone: every file to plain Python."""
    import hcl2  # type: ignore[import-not-found, unused-ignore] # not ours: measured where it is installed

    return [hcl2.loads(path.read_text()) for path in sorted(folder.iterdir())]


def _files(folder: Path) -> object:
    """Ours: files to records."""
    from grc.collect.files import find
    from grc.collect.terraform import open_directory, recognise

    tree = find(folder)
    return _collect(open_directory(tree, recognise(tree), "bench", lambda: datetime.now(UTC)))


def _json(path: Path) -> object:
    """The JSON parser alone."""
    return json.loads(path.read_bytes())


def _plan(path: Path) -> object:
    """Ours: a plan to records."""
    from grc.collect.terraform import open_plan

    return _collect(open_plan(path, "plan.json", lambda: datetime.now(UTC)))


def _collect(source: Any) -> int:
    counted = Counted()
    source.collect({kind: frozenset() for kind in source.kinds()}, counted, counted)
    return counted.records


WAYS: Final[Mapping[str, Callable[[Path], object]]] = {
    "parser": _parser,
    "parser, nodes visited": _walked,
    "python-hcl2": _hcl2,
    "ours, files": _files,
    "json": _json,
    "ours, plan": _plan,
}


def run(way: str, path: Path) -> dict[str, float]:
    """One way in a process of its own, the best of some rounds: CPU seconds without start-up, and peak memory."""
    best: dict[str, float] = {}
    for _ in range(1 if way == "python-hcl2" else ROUNDS):
        command = [sys.executable, "-m", "bench.terraform", way, str(path)]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own command
        found: dict[str, float] = json.loads(done.stdout)
        best = found if not best or found["cpu"] < best["cpu"] else best
    return best


def measure(resources: int = RESOURCES) -> dict[str, Any]:
    """Every way on the same input, by turns, and at twice the size to see that it grows in line."""
    with tempfile.TemporaryDirectory() as name:
        folder, twice, plan = Path(name) / "files", Path(name) / "twice", Path(name) / "plan.json"
        folder.mkdir()
        twice.mkdir()
        write_files(folder, resources)
        write_files(twice, 2 * resources)
        write_plan(plan, resources)
        files = [way for way in ("parser", "parser, nodes visited", "ours, files") if way]
        files += ["python-hcl2"] if find_spec("hcl2") else []
        found: dict[str, Any] = {way: run(way, folder) for way in files}
        found |= {way: run(way, plan) for way in ("json", "ours, plan")}
        found["ours, files, twice as many"] = run("ours, files", twice)
    ours = found["ours, files"]["cpu"]
    ratios = {f"files ÷ {way}": ours / found[way]["cpu"] for way in files if way != "ours, files"}
    ratios["plan ÷ json"] = found["ours, plan"]["cpu"] / found["json"]["cpu"]
    ratios["twice as many ÷ once"] = found["ours, files, twice as many"]["cpu"] / ours
    return {"resources": resources, **found, "ratios": ratios}


def _one(way: str, path: Path) -> None:
    if way.startswith("ours"):
        import grc.collect.terraform

        grc.collect.terraform.load_translations()
    started = time.process_time()
    kept = WAYS[way](path)
    cpu = time.process_time() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"cpu": cpu, "memory_mb": memory, "kept": kept if isinstance(kept, int) else 0}))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _one(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps(measure(), indent=1) + "\n")
