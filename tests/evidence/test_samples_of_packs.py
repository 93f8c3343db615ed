"""A sample of a pack: its frame, its records' digests, and what a hole in the frame does to it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from evidence_samples import estate, write

from grc import canonical
from grc.assess.sampling import Sampling
from grc.errors import ConfigError
from grc.evidence import open_pack
from grc.evidence.lines import record_line
from grc.model.evidence import OF_RECORD
from grc.run.sampling import Framed, sample


def test_a_sample_names_its_frame_and_each_record(tmp_path: Path) -> None:
    pack = write(tmp_path / "P")
    kind = max((told.unit.kind for told, rows in estate() if rows), key=str)
    units = [one for one in pack.populations() if one.unit.kind == kind and one.origin in OF_RECORD]
    records = {(one.unit.place, record.subject): record for one in units for record in pack.records(one)}
    drawn = sample(tmp_path / "P", Framed(kind=kind), Sampling.ALL, None, "")
    assert {(item.place, item.subject) for item in drawn.items} == set(records)
    for item in drawn.items:
        line = record_line(records[item.place, item.subject])  # type: ignore[index]
        assert item.record == "sha256:" + hashlib.sha256(line).hexdigest()
    assert drawn.count == len(records)
    assert drawn.pack == open_pack(tmp_path / "P").digest
    assert drawn.whole == all(one.complete and not one.gaps for one in units)
    assert json.loads(canonical.encode(drawn.document()))["format"] == "grc.sample/1"


def test_what_the_pack_does_not_hold_is_said(tmp_path: Path) -> None:
    write(tmp_path / "P")
    with pytest.raises(ConfigError, match="holds no evidence of record of the kind"):
        sample(tmp_path / "P", Framed(kind="aws.nothing"), Sampling.ALL, None, "")
