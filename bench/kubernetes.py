"""Manifests of 10,000 objects, read into records, beside the C parser of YAML alone."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
OBJECTS: Final = 10_000
IN_A_FILE: Final = 50
NOW: Final = datetime(2026, 11, 22, 9, tzinfo=UTC)
DEPLOYMENT: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api-{number}
  namespace: team-{team}
  labels: {{app: api-{number}, tier: backend}}
spec:
  replicas: 3
  selector:
    matchLabels: {{app: api-{number}}}
  template:
    metadata:
      labels: {{app: api-{number}}}
    spec:
      serviceAccountName: api
      securityContext:
        runAsNonRoot: true
        seccompProfile: {{type: RuntimeDefault}}
      containers:
      - name: api
        image: registry.example.com/team-{team}/api:1.2.{number}
        ports:
        - containerPort: 8080
        env:
        - name: LOG_LEVEL
          value: info
        - name: DB_PASSWORD
          valueFrom:
            secretKeyRef: {{name: db, key: password}}
        resources:
          requests: {{cpu: 100m, memory: 128Mi}}
          limits: {{cpu: 500m, memory: 256Mi}}
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities:
            drop: [ALL]
        livenessProbe:
          httpGet: {{path: /healthz, port: 8080}}
        readinessProbe:
          httpGet: {{path: /ready, port: 8080}}
      volumes:
      - name: tmp
        emptyDir: {{}}
---
"""


class Counting:
    """A sink and a progress that keep nothing but numbers."""

    records = gaps = 0

    def has(self, unit: Any) -> bool:
        """Nothing is held."""
        return False

    def write(self, population: Any, records: Sequence[Any]) -> None:
        """Count."""
        self.records += len(records)
        self.gaps += len(population.gaps)

    def planned(self, units: int) -> None:
        """Nothing to say."""

    def done(self, unit: Any) -> None:
        """Nothing to say."""


def measure(objects: int = OBJECTS) -> dict[str, Any]:
    """Processor seconds and MiB, each way in a process of its own; twice as many objects show how it grows."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), objects)
        alone = _apart("parser", folder)
        ours = _apart("ours", folder)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), 2 * objects)
        twice = _apart("ours", folder)
    return {
        "objects": objects,
        "parser_alone": alone,
        "ours": ours,
        "ours_to_parser": round(ours["cpu_seconds"] / alone["cpu_seconds"], 2),
        "twice_as_many": twice,
        "growth": round(twice["cpu_seconds"] / ours["cpu_seconds"], 2),
    }


def write(folder: Path, objects: int) -> None:
    """Write so many objects, fifty in a file."""
    for begin in range(0, objects, IN_A_FILE):
        numbers = range(begin, min(begin + IN_A_FILE, objects))
        text = "".join(DEPLOYMENT.format(number=number, team=number % 40) for number in numbers)
        (folder / f"{begin:06}.yaml").write_text(text, encoding="utf-8")


def _apart(way: str, folder: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.kubernetes", way, folder]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own module
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def parser(folder: Path) -> int:
    """Parse every file with the C loader of PyYAML and keep nothing."""
    import yaml

    return sum(
        sum(1 for document in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader) if document)
        for path in sorted(folder.glob("*.yaml"))
    )


def ours(folder: Path) -> int:
    """Find the manifests, read them and make their records."""
    from grc.collect.files import find
    from grc.collect.kubernetes import open_manifests, recognise

    tree = find(folder)
    source = open_manifests(tree, recognise(tree), "bench", lambda: NOW)
    held = Counting()
    source.collect({kind: frozenset() for kind in source.kinds()}, held, held)
    assert held.gaps == 0
    return held.records


def main(way: str, folder: Path) -> None:
    """Go one way, and print what that took."""
    started = time.process_time()
    objects = {"parser": parser, "ours": ours}[way](folder)
    figures = {
        "objects": objects,
        "cpu_seconds": round(time.process_time() - started, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps(measure(), indent=1) + "\n")
