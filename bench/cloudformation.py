"""10,000 CloudFormation resources, YAML and JSON, beside their parsers alone: ``python -m bench.cloudformation``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

RESOURCES: Final = 10_000
PER_FILE: Final = 400
"""AWS takes 500 resources a stack."""
ROUNDS: Final = 3
ROOT: Final = Path(__file__).parent.parent
HEAD: Final = """AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Env: {Type: String, Default: prod}
Conditions:
  Sealed: !Equals [!Ref Env, prod]
Resources:
"""
GROUP: Final = """
  Bucket{n}:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "bucket-${{Env}}-{n}"
      BucketEncryption:
        ServerSideEncryptionConfiguration:
        - ServerSideEncryptionByDefault:
            SSEAlgorithm: !If [Sealed, "aws:kms", AES256]
          BucketKeyEnabled: true
      Tags:
      - Key: Owner
        Value: team-{team}
      - Key: Env
        Value: !Ref Env
  Policy{n}:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket{n}
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
        - Effect: Deny
          Principal: "*"
          Action: s3:*
          Resource: [!GetAtt Bucket{n}.Arn, !Sub "${{Bucket{n}.Arn}}/*"]
          Condition:
            Bool:
              aws:SecureTransport: "false"
  Group{n}:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupName: g{n}
      GroupDescription: group {n}
      SecurityGroupIngress:
      - IpProtocol: tcp
        FromPort: 443
        ToPort: 443
        CidrIp: 10.0.{octet}.0/24
  Volume{n}:
    Type: AWS::EC2::Volume
    Properties:
      AvailabilityZone: !Select [0, !GetAZs ""]
      Size: {size}
      Encrypted: {encrypted}
"""
"""Four resources as a team writes them."""


def write_files(folder: Path, resources: int) -> None:
    """Templates of so many resources, in files of some hundred."""
    numbers = range(resources // 4)
    for start in numbers[:: PER_FILE // 4]:
        texts = [
            GROUP.format(n=n, team=n % 7, octet=n % 256, size=8 + n % 20, encrypted="true" if n % 2 else "false")
            for n in numbers[start : start + PER_FILE // 4]
        ]
        (folder / f"part{start:06}.yaml").write_text(HEAD + "".join(texts))


def write_json(folder: Path, yaml: Path) -> None:
    """The same templates as the CDK writes them."""
    from grc.collect.cloudformation.reading import read_text

    for path in yaml.iterdir():
        text = json.dumps(read_text(path.read_bytes()).value, indent=1)
        (folder / f"{path.stem}.template.json").write_text(text)


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


def _events(folder: Path) -> object:
    """The C parser alone: every file to its events."""
    import yaml

    return sum(1 for path in sorted(folder.iterdir()) for _ in yaml.parse(path.read_bytes(), yaml.CSafeLoader))


def _loaded(folder: Path) -> object:
    """PyYAML with the C parser, every file to plain Python: what the tools of this field do first."""
    import yaml

    class Loader(yaml.CSafeLoader):
        """Takes every short tag for its argument."""

    def argument(loader: Any, _: str, node: yaml.Node) -> object:
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        return loader.construct_sequence(node, deep=True)

    Loader.add_multi_constructor("!", argument)  # type: ignore[no-untyped-call]
    return [yaml.load(path.read_bytes(), Loader) for path in sorted(folder.iterdir())]  # noqa: S506 - a safe loader


def _json(folder: Path) -> object:
    """The JSON parser alone."""
    return [json.loads(path.read_bytes()) for path in sorted(folder.iterdir())]


def _ours(folder: Path) -> object:
    """Ours: files to records."""
    from grc import kinds
    from grc.collect.cloudformation import open_templates, recognise
    from grc.collect.files import find

    tree, counted, known = find(folder), Counted(), kinds.load()
    began = time.process_time()
    source = open_templates(tree, recognise(tree), "bench", lambda: datetime.now(UTC), known)
    source.collect({kind: frozenset() for kind in source.kinds()}, counted, counted)  # type: ignore[arg-type]
    assert counted.records
    return time.process_time() - began


WAYS: Final[Mapping[str, Callable[[Path], object]]] = {
    "C parser, events": _events,
    "C parser, loaded": _loaded,
    "json": _json,
    "ours": _ours,
}


def run(way: str, path: Path) -> dict[str, float]:
    """One way in a process of its own, the best of some rounds: CPU seconds without start-up, and peak memory."""
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        command = [sys.executable, "-m", "bench.cloudformation", way, str(path)]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own command
        found: dict[str, float] = json.loads(done.stdout)
        best = found if not best or found["cpu"] < best["cpu"] else best
    return best


def measure(resources: int = RESOURCES) -> dict[str, Any]:
    """Every way on the same input, and at twice the size to see that it grows in line."""
    with tempfile.TemporaryDirectory() as name:
        folders = {part: Path(name) / part for part in ("yaml", "twice", "json")}
        for folder in folders.values():
            folder.mkdir()
        write_files(folders["yaml"], resources)
        write_files(folders["twice"], 2 * resources)
        write_json(folders["json"], folders["yaml"])
        found = {way: run(way, folders["yaml"]) for way in ("C parser, events", "C parser, loaded", "ours")}
        found |= {
            "ours, twice": run("ours", folders["twice"]),
            "json alone": run("json", folders["json"]),
            "ours, json": run("ours", folders["json"]),
        }
    ours = found["ours"]["cpu"]
    return {
        "resources": resources,
        **found,
        "ours / C parser, loaded": round(ours / found["C parser, loaded"]["cpu"], 2),
        "ours / C parser, events": round(ours / found["C parser, events"]["cpu"], 2),
        "twice / once": round(found["ours, twice"]["cpu"] / ours, 2),
    }


def main(arguments: list[str]) -> None:
    """Measure all, or one way on one path."""
    if len(arguments) < 2:
        resources = int(arguments[0]) if arguments else RESOURCES
        sys.stdout.write(json.dumps(measure(resources), indent=1) + "\n")
        return
    began = time.process_time()
    found = WAYS[arguments[0]](Path(arguments[1]))
    cpu = found if arguments[0] == "ours" and isinstance(found, float) else time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"cpu": round(cpu, 3), "peak_mib": round(peak)}))


if __name__ == "__main__":
    main(sys.argv[1:])
