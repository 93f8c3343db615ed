"""How fast a pack is verified on one core, by the size of its records, and how much memory that takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

SUBJECTS: Final = 20_000
POPULATIONS: Final = 8
NOW: Final = datetime(2026, 3, 1, 9, tzinfo=UTC)


def measure() -> dict[str, Any]:
    """Megabytes of content a second, and the peak memory of a process that does nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack"
        content = _write(pack, SUBJECTS)
        stored = sum(path.stat().st_size for path in pack.rglob("*") if path.is_file())
        small = Path(folder) / "small"
        _write(small, SUBJECTS // 8)
        found, less, digests = _verified(pack), _verified(small), _verified(pack, "--digests")
    return {
        "content_megabytes": round(content / 1e6),
        "stored_megabytes": round(stored / 1e6, 1),
        "every_line_megabytes_a_second": round(content / 1e6 / found["seconds"]),
        "digests_alone_megabytes_a_second": round(content / 1e6 / digests["seconds"]),
        "peak_megabytes": found["peak"],
        "peak_megabytes_at_an_eighth": less["peak"],
    }


def _verified(pack: Path, *more: str) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "bench.verify", str(pack), *more], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _write(folder: Path, subjects: int) -> int:
    """A pack of records such as those of EC2: lists, mappings, texts, numbers and truth values."""
    from grc.evidence import PackWriter, RunFacts, SourceUsed
    from grc.kinds import load
    from grc.model.evidence import Coverage, GapReason, Origin, Population, Record, Unit

    kind = load()["aws.ec2.instance"]
    run = RunFacts(id="bench", started=NOW, engine="0", scope={})
    with PackWriter(folder, run, {kind.name: kind}) as writer:
        for number in range(POPULATIONS):
            unit = Unit(source="aws", place=f"aws/1/region-{number}", kind=kind.name)
            records = [
                Record(
                    kind=kind.name,
                    subject=f"arn:aws:ec2:region-{number}:1:instance/i-{at:017x}",
                    place=unit.place,
                    origin=Origin.LIVE,
                    collected=NOW,
                    body=_body(at),
                    tags={"Name": f"worker-{at}", "Owner": "platform"},
                )
                for at in range(subjects)
            ]
            population = Population(
                unit=unit,
                origin=Origin.LIVE,
                query="ec2:DescribeInstances",
                parameters={},
                caller="bench",
                started=NOW,
                finished=NOW,
                count=len(records),
                complete=True,
                coverage=Coverage(paths=frozenset({"InstanceId"}), otherwise=GapReason.NOT_REQUESTED),
            )
            writer.write(population, records)
        writer.seal(finished=NOW, sources=[SourceUsed(name="aws", version="1")])
    held = json.loads((folder / "evidence" / "manifest.json").read_bytes())["populations"]
    return sum(int(one["content"]["bytes"]) for one in held)


def _body(at: int) -> dict[str, Any]:
    groups = [{"GroupId": f"sg-{(at + more) % 997:017x}", "GroupName": f"group-{more}"} for more in range(3)]
    return {
        "InstanceId": f"i-{at:017x}",
        "ImageId": f"ami-{at % 31:017x}",
        "InstanceType": "m5.large",
        "LaunchTime": "2026-01-02T03:04:05Z",
        "EbsOptimized": at % 2 == 0,
        "Monitoring": {"State": "disabled"},
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"},
        "PrivateIpAddress": f"10.{at >> 16 & 255}.{at >> 8 & 255}.{at & 255}",
        "SecurityGroups": groups,
        "NetworkInterfaces": [{"NetworkInterfaceId": f"eni-{at:017x}", "Groups": groups, "SourceDestCheck": True}],
        "State": {"Code": 16, "Name": "running"},
        "VpcId": f"vpc-{at % 7:017x}",
    }


def main(pack: str, *more: str) -> None:
    """Verify a pack in this process, every line or by digests alone, and print what that took."""
    from grc.evidence import verify

    started = time.process_time()
    result = verify(Path(pack), lines="--digests" not in more)
    seconds = time.process_time() - started
    assert result.whole, result.faults[:3]
    status = Path("/proc/self/status").read_text(encoding="ascii")  # of this process alone, unlike getrusage's
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "peak": round(peak)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
