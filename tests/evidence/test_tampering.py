"""Tampering with a signed pack and with a vault of packs: every change is found, and what was changed is named.

Who tampers has everything but the key: the code, the public key, old packs of the same signer, and another key.
"""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from evidence_samples import AS_OF
from lengths import one_in, places
from signed_samples import assess_signed, authority, public, sealer, write_signed
from vault_samples import begin, who

from grc.evidence import Trust, verify
from grc.evidence.signing.timestamps import authority as ask
from grc.evidence.signing.timestamps import read_roots
from grc.evidence.vault import Vault, verify_vault
from grc.evidence.vault.folder import FolderStore

SEED = 20261122
SAYING = ("manifest.dsse.json", "manifest.tsr", "link.json")
"""The files that say something by themselves: every other one of a signed pack is held by a digest."""


@dataclass(frozen=True)
class Tampered:
    """A pack in a vault, older ones of the same signer beside it, and who verifies."""

    folder: Path
    trust: Trust

    @property
    def pack(self) -> Path:
        return self.folder / "P"

    def files(self) -> list[Path]:
        return sorted(path for path in self.pack.rglob("*") if path.is_file())

    def found(self) -> set[str]:
        """The files that verifying names."""
        return {fault.file for fault in verify(self.pack, self.trust).faults}


@contextmanager
def signed(folder: Path, *days: int) -> Iterator[Tampered]:
    """Packs that were assessed so many days later, each in its turn."""
    with authority(folder / "A") as tsa:
        by = sealer(folder, stamp=ask(tsa.url))
        for name, run in (("P", "run-1"), ("Q", "run-0")):
            made = write_signed(folder / name, by, id=run)
            for day in days:
                assess_signed(made, by, as_of=AS_OF + timedelta(days=day))
        vault = begin(FolderStore(folder / "V"))
        for name in ("Q", "P"):
            vault.add(folder / name, who(folder))
        yield Tampered(folder, Trust(keys=(public(),), roots=read_roots(tsa.roots)))


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tampered]:
    with signed(tmp_path_factory.mktemp("original"), 0, 1) as made:
        yield made


@pytest.fixture
def tampered(original: Tampered, tmp_path: Path) -> Tampered:
    """A copy to be changed."""
    return Tampered(shutil.copytree(original.folder, tmp_path / "copy"), original.trust)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Tampered]:
    """One with a single assessment, to be changed: a second one of the same files is verified again at each change."""
    folder = tmp_path / "small"
    folder.mkdir()
    with signed(folder, 0) as made:
        yield made


def assert_named(tampered: Tampered, path: Path, what: object) -> None:
    """The file is named; a manifest may be named by what it no longer fits, which lies in its folder."""
    name = path.relative_to(tampered.pack).as_posix()
    found = tampered.found()
    beside = {f"{path.parent.relative_to(tampered.pack).as_posix()}/{other}" for other in ("manifest.dsse.json",)}
    assert name in found or (path.name == "manifest.json" and beside & found), (name, what, found)


def bytes_changed(path: Path, data: bytes, every: bool, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Single bytes that are changed, taken away or put in: each of what says something by itself, or a few.

    Of a file that is held by its digest, fewer: see ``places``; at full length each.
    """
    digested = path.name not in SAYING
    all_of_them = places(len(data), one_in(2) if digested else 1, digested=digested)
    few = sorted(chance.sample(range(len(data)), min(3, len(data))))
    for at in all_of_them if every else few:
        yield f"byte {at} changed", data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :]
        if every and at % (64 if digested else 4):
            continue
        yield f"byte {at} taken away", data[:at] + data[at + 1 :]
        yield f"a byte put in at {at}", data[:at] + chance.randbytes(1) + data[at:]


def test_the_original_is_whole(original: Tampered) -> None:
    assert original.found() == set()
    assert verify_vault(Vault(FolderStore(original.folder / "V")), original.trust).whole


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["some", "every"])
def test_each_changed_byte_is_found_and_named(small: Tampered, every: bool) -> None:
    chance = random.Random(SEED)
    cases = 0
    for path in small.files():
        data = path.read_bytes()
        for what, changed in bytes_changed(path, data, every, chance):
            if changed == data:
                continue
            cases += 1
            path.write_bytes(changed)
            assert_named(small, path, what)
        path.write_bytes(data)
    assert small.found() == set()
    assert cases > (10_000 if every else 100)


def test_each_file_that_is_taken_away_or_emptied_is_found_and_named(tampered: Tampered) -> None:
    for path in tampered.files():
        if path.name == "link.json":
            continue  # a pack need not be in a chain: the vault shows it
        data = path.read_bytes()
        path.unlink()
        assert_named(tampered, path, "taken away")
        path.write_bytes(b"")
        assert_named(tampered, path, "emptied")
        path.write_bytes(data)


def test_each_file_too_much_is_found_and_named(tampered: Tampered) -> None:
    folders = sorted({path.parent for path in tampered.files()})
    for folder, name in itertools.product(folders, ("x", ".x", "manifest.tsr.old", "LINK.JSON")):
        path = folder / name
        path.write_bytes(b"{}")
        assert_named(tampered, path, "too much")
        path.unlink()


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["some", "every"])
def test_two_files_that_are_swapped_are_found_and_named(tampered: Tampered, every: bool) -> None:
    """Signatures of layers, timestamps, manifests, populations: whatever changes places."""
    signed = [path for path in tampered.files() if path.name in ("manifest.dsse.json", "manifest.tsr", "link.json")]
    pairs = itertools.combinations(tampered.files() if every else signed, 2)
    for one, other in itertools.islice(pairs, 0, None, FEWER if every else 1):
        first, second = one.read_bytes(), other.read_bytes()
        if first == second:
            continue
        one.write_bytes(second)
        other.write_bytes(first)
        found = tampered.found()
        named = {path.relative_to(tampered.pack).as_posix() for path in (one, other)}
        assert named & found, (named, found)
        one.write_bytes(first)
        other.write_bytes(second)


def test_each_file_of_an_older_pack_in_its_place_is_found_and_named(tampered: Tampered) -> None:
    """Replay: the same signer's older files, signatures and timestamps of theirs included."""
    older = tampered.folder / "Q"
    names = [sorted(path.name for path in (pack / "assessments").iterdir()) for pack in (tampered.pack, older)]
    layers = dict(zip(*names, strict=True))
    for path in tampered.files():
        parts = [layers.get(part, part) for part in path.relative_to(tampered.pack).parts]
        data, old = path.read_bytes(), older.joinpath(*parts).read_bytes()
        if data == old:
            continue
        path.write_bytes(old)
        assert_named(tampered, path, "of an older pack")
        path.write_bytes(data)


def test_whole_layers_that_are_taken_away_or_replayed_are_found(tampered: Tampered) -> None:
    first, second = sorted((tampered.pack / "assessments").iterdir())
    older = sorted((tampered.folder / "Q" / "assessments").iterdir())[0]
    shutil.move(second, tampered.folder / "away")
    assert tampered.found() == {"link.json"}
    shutil.move(tampered.folder / "away", second)
    shutil.copytree(older, tampered.pack / "assessments" / older.name, dirs_exist_ok=True)
    assert f"assessments/{older.name}/manifest.json" in tampered.found()
    shutil.rmtree(tampered.pack / "assessments" / older.name)
    shutil.rmtree(tampered.pack / "evidence")
    shutil.copytree(tampered.folder / "Q" / "evidence", tampered.pack / "evidence")
    assert {"link.json", f"assessments/{second.name}/manifest.json"} <= tampered.found()
    assert first.exists() or older.name == first.name


def test_a_whole_older_pack_in_the_place_of_a_newer_one_is_found_by_the_vault(tampered: Tampered) -> None:
    vault = Vault(FolderStore(tampered.folder / "V"))
    older, newer = (tampered.folder / "V" / "packs" / digest.removeprefix("sha256:") for digest in vault.packs())
    shutil.rmtree(newer)
    shutil.copytree(older, newer)
    assert verify(newer, tampered.trust).whole  # by itself, an old pack is as good as ever
    faults = verify_vault(vault, tampered.trust).faults
    assert any("was replaced or cut: link 2 added other bytes" in fault.message for fault in faults)


FEWER = 5
"""One in so many of the cases that each verify a whole vault or swap two files: CI has minutes, not hours."""


def vault_changes(root: Path, every: bool) -> Iterator[tuple[str, Callable[[], None]]]:
    """Changes to a vault: bytes of links, lists and description, files and links taken away."""
    chance = random.Random(SEED)
    for path in sorted(path for path in root.rglob("*") if path.is_file() and path.name != "lock"):
        data = path.read_bytes()
        name = path.relative_to(root).as_posix()
        bound = name.startswith("chain/") or name.endswith(".sha256") or name == "vault.json"
        places = (
            range(0, len(data), FEWER)
            if every and bound
            else sorted(chance.sample(range(len(data)), min(2, len(data))))
        )
        for at in places:
            changed = data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :]
            yield f"{name}: byte {at}", lambda path=path, changed=changed: path.write_bytes(changed)
        yield f"{name}: taken away", path.unlink
        path.unlink(missing_ok=True)
        path.write_bytes(data)


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["some", "every"])
def test_each_change_to_a_vault_is_found(tampered: Tampered, every: bool) -> None:
    root = tampered.folder / "V"
    for path in root.rglob("*"):
        path.chmod(0o755)
    head = verify_vault(Vault(FolderStore(root)), tampered.trust).head
    for what, change in vault_changes(root, every):
        change()
        assert not whole(root, tampered.trust, head), what


def whole(root: Path, trust: Trust, head: str) -> bool:
    from grc.errors import EvidenceError

    try:
        return verify_vault(Vault(FolderStore(root)), trust, head).whole
    except EvidenceError:
        return False
