"""``make bench``: everything that docs/benchmarks.md states, measured in one run, side by side, as ratios."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from bench import catalogues, cloudformation, declared, kubernetes, registers, report, site, startup, terraform, verify
from bench.collect import many, scan
from bench.collect.__main__ import against_bare, under_latency
from bench.evaluation.measure import RECORDS, measure, show


def main() -> None:
    """Measure and print, one section after the other, so that none disturbs another."""
    say("Start-up", json.dumps(startup.measure(), indent=1))
    say("Catalogues", json.dumps(catalogues.measure(), indent=1))
    with tempfile.TemporaryDirectory() as folder:
        say("Evaluation", show(measure(Path(folder), RECORDS)))
    say("Collecting 500 buckets, against bare boto3", json.dumps(against_bare(), indent=1))
    say("Collecting under 50 ms of latency", json.dumps(under_latency(), indent=1))
    say("Collecting 50,000 resources of one kind", json.dumps(many.measure(), indent=1))
    say("A whole scan of the demonstration's account", json.dumps(scan.measure(), indent=1))
    say("A register of 100,000 rows, read, checked and joined", json.dumps(registers.measure(), indent=1))
    say("10,000 Terraform resources, as files and as a plan", json.dumps(terraform.measure(), indent=1))
    say("10,000 CloudFormation resources", json.dumps(cloudformation.measure(), indent=1))
    say("Kubernetes manifests of 10,000 objects, beside the YAML parser", json.dumps(kubernetes.measure(), indent=1))
    say("grc scan of 10,000 declared resources, beside checkov", json.dumps(declared.measure(), indent=1))
    say("Verifying a pack", json.dumps(verify.measure(), indent=1))
    say("A report of 10,000 observations", json.dumps(report.measure(), indent=1))
    say("A folder of 100,000 observations", json.dumps(site.measure(), indent=1))


def say(title: str, text: str) -> None:
    """Print one section."""
    sys.stdout.write(f"\n{title}\n{'-' * len(title)}\n{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
