"""Faults put into the evidence room on purpose, each of which the tests must find."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import grc

HERE = Path(__file__).parent
TESTS = {
    "test_evidence_naming.py": ("naming",),
    "test_pack_writer.py": ("writer", "lines", "journal", "durable", "lock"),
    "test_assessment_layers.py": ("assess", "layers"),
    "test_quick_look.py": ("quick", "shapes"),
    "test_reread.py": ("reread",),
    "test_signatures.py": ("signing", "verify_signatures"),
    "test_vault_bucket.py": ("vault/bucket",),
    "test_vault.py": ("vault", "chain", "verify_link"),
    "test_verify.py": ("verify", "guarded", "pack"),
}
"""The tests, and the modules whose faults they find: they are run first, and the others after them."""
FAULTS = [
    # what is written
    ("../canonical.py", "default is MISSING or found != default", "found"),
    ("../canonical.py", "moment.astimezone(UTC).replace(tzinfo=None)", "moment.replace(tzinfo=None)"),
    ("lines.py", '    if b"null" in line:\n        _refuse_null(record)\n', ""),
    ("lines.py", "        elif not _same(record, previous):", "        elif False:"),
    ("lines.py", "population.count != len(records)", "False"),
    ("writer.py", "population=replace(population, count=len(kept))", "population=population"),
    ("writer.py", "            self._sweep()\n", ""),
    ("writer.py", "if key in self._busy or (held is not None and key not in self._earlier):", "if key in self._busy:"),
    ("writer.py", "(held.population.unit, held.population.origin) != (unit, population.origin)", "False"),
    ("writer.py", "if self._is_whole(held)}", "if True}"),
    ("writer.py", "begun.engine != run.engine or canonical.plain", "canonical.plain"),
    ("writer.py", "or canonical.plain(begun.scope) != canonical.plain(run.scope)", ""),
    ("writer.py", "if begun is None or not self._held:", "if True:"),
    ("writer.py", "            _refuse_existing(self.folder)\n            self._content", "            self._content"),
    ("writer.py", "return held is not None and held.population.unit == unit", "return held is not None"),
    ("writer.py", "self._content.rename(self.folder)", "shutil.copytree(self._content, self.folder)"),
    ("journal.py", 'self._size = data.rfind(b"\\n") + 1', "self._size = len(data)"),
    ("durable.py", "        by_way_of.unlink(missing_ok=True)\n", ""),
    ("lock.py", "fcntl.LOCK_EX | fcntl.LOCK_NB", "fcntl.LOCK_SH | fcntl.LOCK_NB"),
    # names
    ("naming.py", 're.compile(rb"[a-z0-9._-]")', 're.compile(rb"[A-Za-z0-9._-]")'),
    ("naming.py", '    if name.startswith("."):\n', "    if False:\n"),
    ("naming.py", 'if name.endswith((".", ".zst")):', 'if name.endswith("."):'),
    ("naming.py", "    if TAKEN.match(name):\n", "    if False:\n"),
    ("naming.py", "    if len(name) > MAX_SEGMENT:\n", "    if False:\n"),
    # what is read
    ("guarded.py", "        if total > stated:\n", "        if False:\n"),
    ("guarded.py", "        if len(tail) > MAX_LINE:\n", "        if False:\n"),
    ("guarded.py", "max_window_size=MAX_WINDOW", "max_window_size=2**30"),
    ("guarded.py", "or path.is_symlink()", ""),
    ("guarded.py", "    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):\n", "    if False:\n"),
    ("guarded.py", "        if not whole:\n", "        if False:\n"),
    ("pack.py", "if held.file != population_file(kind, place):", "if False:"),
    ("pack.py", "    if keys != sorted(set(keys)):\n", "    if False:\n"),
    ("pack.py", "    if kind.name != name:\n", "    if False:\n"),
    ("assessments.py", "if manifest.evidence != pack.digest:", "if False:"),
    ("assessments.py", 'name.partition("Z")[0]', "name"),
    ("assessment_writer.py", "            _refuse_changed(self._pack, folder, made)\n", ""),
    ("layers.py", 'if key != "stored"', 'if key != "policy"'),
    # what is verified
    ("verify.py", "        *compare(found, expected, [FOLDER, CONCLUSIONS]),\n", ""),
    ("verify.py", "        *found.faults,\n", ""),
    ("verify.py", "if is_work_folder(path) else ()", "if False else ()"),
    ("verify_evidence.py", "if manifests.encode(manifest) != data:", "if False:"),
    ("verify_evidence.py", "if read_inside(path, SUMS, len(wanted)) != wanted:", "if False:"),
    ("reread.py", "    if record_line(record) != line:\n", "    if False:\n"),
    ("reread.py", "self.last >= subject", "self.last > subject"),
    ("reread.py", "self.last is None or self.last < subjects[0]", "True"),
    ("reread.py", "all(map(lt, subjects, islice(subjects, 1, None)))", "True"),
    ("reread.py", "    if len(known) < len(moments) or not", "    if not"),
    ("shapes.py", "return found if written == chunk else None", "return found"),
    ("shapes.py", 'if self._loose and b"null" in chunk:', "if False:"),
    ("shapes.py", "if close and shape.tags.holds_texts():", "if close:"),
    ("shapes.py", "PLAIN if sort is float else sort", "sort"),
    ("verify_evidence.py", '("content", "oldest", "newest", "gaps")', '("content", "oldest", "newest")'),
    ("verify_evidence.py", '("content", "oldest", "newest", "gaps")', '("content", "gaps")'),
    ("verify_evidence.py", "    if not set(listed(", "    if False and not set(listed("),
    ("verify_evidence.py", "if manifest.gaps != manifests.sum_gaps(", "if False and manifests.sum_gaps("),
    ("verify_assessment.py", "if layer.name != assessment_folder(", "if False and layer.name != assessment_folder("),
    ("verify_assessment.py", "    if evidence is not None and manifest.evidence != evidence:\n", "    if False:\n"),
    ("quick.py", "return found if written == chunk else None", "return found"),
    ("quick.py", "canonical.plain_instant(found) == text", "True"),
    # who signed
    ("signing/envelope.py", "    if written != data:\n", "    if False:\n"),
    ("signing/envelope.py", " or envelope.key != public.id", ""),
    ("signing/envelope.py", "    if not is_right(", "    if False and not is_right("),
    ("signing/standing.py", "    if key in trust.revoked:\n", "    if False:\n"),
    ("signing/timestamps.py", "if algorithm != SHA256 or imprint != hashlib.sha256(data).digest():", "if False:"),
    ("signing/kms.py", "        if not is_right(self.public, signature, data):\n", "        if False:\n"),
    ("verify_signatures.py", "    if subjects != wanted:\n", "    if False:\n"),
    ("verify_signatures.py", "    if envelope.statement != with_signer(stated, public):\n", "    if False:\n"),
    # the chain and the vault
    ("chain.py", "    if link.chain != chain:\n", "    if False:\n"),
    ("chain.py", "elif link.previous != before and number == last + 1:", "elif False:"),
    ("verify_link.py", "        elif there[name] != digest:\n", "        elif False:\n"),
    ("vault/held.py", "elif link.act is Act.DISPOSE and kept.holds:", "elif False:"),
    ("vault/held.py", "at >= kept.added.retain_until", "True"),
    ("vault/vault.py", "        files = pack_files(path)\n", "        files = replace(pack_files(path), listed=b'')\n"),
    ("vault/verify.py", "        if sha256(data) != digest:\n", "        if False:\n"),
    ("vault/folder.py", "os.link(work, target)", "work.replace(target)"),
    ("vault/bucket.py", "if mode != self._mode or _instant(ends) < until:", "if mode != self._mode:"),
    ("vault/bucket.py", '            IfNoneMatch="*",\n', ""),
]


def test_the_list_is_in_step_with_the_code() -> None:
    """A fault that finds nothing to break proves nothing; the faults themselves take minutes: `make faults`."""
    folder = Path(grc.__file__).parent / "evidence"
    assert [(file, sound) for file, sound, _ in FAULTS if sound not in (folder / file).read_text("utf-8")] == []


@pytest.mark.faults
@pytest.mark.parametrize(("file", "sound", "faulty"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_found(tmp_path: Path, file: str, sound: str, faulty: str) -> None:
    source = Path(grc.__file__).parent
    shutil.copytree(source, tmp_path / "grc", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "grc" / "evidence" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(sound) >= 1, "the list is behind the code"
    path.write_text(text.replace(sound, faulty, 1), encoding="utf-8")
    tests = [str(HERE / name) for name in sorted(TESTS, key=lambda name: not file.startswith(TESTS[name]))]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow", "-p", "no:cacheprovider", *tests],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 1, ended.stdout[-2000:]
