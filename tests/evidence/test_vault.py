"""A vault in a folder: what is put into it is found again, and whatever is done to it behind its back is found."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from evidence_samples import AS_OF
from signed_samples import assess_signed, public, sealer
from vault_samples import LATER, TRUSTED, CutError, CutStore, begin, described, pack, who

from grc.errors import ConfigError, EvidenceError
from grc.evidence import Standing, Trust, open_pack, verify
from grc.evidence.chain import Act, Link, link_bytes
from grc.evidence.vault import Vault, VaultResult, open_store, open_vault, read_retention, verify_vault
from grc.evidence.vault.folder import FolderStore
from grc.evidence.vault.retention import class_of, kept_until
from grc.evidence.vault.store import Blob
from grc.evidence.vault.vault import numbers


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault of three packs, not to be changed; the packs lie beside it."""
    folder = tmp_path_factory.mktemp("filled")
    vault = begin(FolderStore(folder / "V"))
    for number in (1, 2, 3):
        vault.add(pack(folder, number), who(folder))
    return folder


@pytest.fixture
def vault(filled: Path, tmp_path: Path) -> Vault:
    """A copy to be changed."""
    return Vault(FolderStore(shutil.copytree(filled / "V", tmp_path / "V")))


def root(vault: Vault) -> Path:
    return Path(vault.store.called)


def messages(result: VaultResult) -> str:
    return "\n".join(map(str, result.faults))


def found(vault: Vault) -> str:
    return messages(verify_vault(vault, TRUSTED))


def packs_of(vault: Vault) -> list[Path]:
    """The packs' folders, in the order in which they were added."""
    return [root(vault) / "packs" / digest.removeprefix("sha256:") for digest in vault.packs()]


def link(vault: Vault, number: int) -> Path:
    return root(vault) / "chain" / f"{number:08}.json"


# what is kept


def test_a_vault_holds_what_was_put_into_it(filled: Path) -> None:
    vault = open_vault(str(filled / "V"))
    result = verify_vault(vault, TRUSTED)
    assert result.whole, result.faults
    assert (result.links, result.packs, result.left_over) == (3, 3, ())
    assert any("chain of 3 links" in line for line in result.holds)
    assert any("--head" in line for line in result.not_proven)
    for number, folder in enumerate(packs_of(vault), start=1):
        kept = verify(folder)
        assert kept.whole
        assert kept.evidence_digest == open_pack(filled / f"P{number}").digest


def test_a_pack_says_where_it_is_kept(filled: Path) -> None:
    result = verify(filled / "P2", TRUSTED)
    assert result.link is not None
    assert (result.link.sequence, result.link.standing, result.link.key) == (2, Standing.TRUSTED, public().id)
    assert any("number 2 of the chain" in line for line in result.holds)
    assert any("grc vault verify" in line for line in result.not_proven)


def test_a_pack_s_files_are_checked_by_hand(filled: Path) -> None:
    vault = open_vault(str(filled / "V"))
    for folder in packs_of(vault):
        listed = folder.with_name(folder.name + ".sha256")
        command = ["sha256sum", "-c", "--strict", str(listed)]
        assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0
        done = subprocess.run(["sha256sum", str(listed)], check=True, capture_output=True, text=True)
        assert done.stdout.split()[0] == folder.name


def test_a_pack_is_kept_once(vault: Vault, filled: Path, tmp_path: Path) -> None:
    entry = vault.add(filled / "P2", who(tmp_path))
    assert (entry.new, entry.link.sequence) == (False, 2)
    assert verify_vault(vault, TRUSTED).links == 3


def test_a_pack_with_another_assessment_is_kept_beside(vault: Vault, filled: Path, tmp_path: Path) -> None:
    path = shutil.copytree(filled / "P1", tmp_path / "P1")
    assess_signed(open_pack(path), sealer(tmp_path), as_of=AS_OF + timedelta(days=9))
    assert verify(path).whole  # its link names what it was when it was put into the vault
    entry = vault.add(path, who(tmp_path))
    assert (entry.new, entry.link.sequence, len(entry.link.layers)) == (True, 4, 3)
    assert verify_vault(vault, TRUSTED).whole


def test_a_pack_that_is_not_whole_is_not_kept(vault: Vault, tmp_path: Path) -> None:
    path = pack(tmp_path, 9)
    (path / "README.md").write_text("changed")
    with pytest.raises(EvidenceError, match="not what was sealed and is not kept: README"):
        vault.add(path, who(tmp_path))
    assert verify_vault(vault, TRUSTED).links == 3


def test_a_pack_that_cannot_be_written_is_kept_all_the_same(vault: Vault, tmp_path: Path) -> None:
    path = pack(tmp_path, 9)
    (path / "link.json").mkdir()
    with pytest.raises(EvidenceError, match=r"link\.json"):
        vault.add(path, who(tmp_path))
    (path / "link.json").rmdir()
    assert vault.add(path, who(tmp_path)).new


def test_a_vault_is_made_once(tmp_path: Path) -> None:
    begin(FolderStore(tmp_path / "V"))
    with pytest.raises(ConfigError, match="there is a vault already"):
        begin(FolderStore(tmp_path / "V"))
    (tmp_path / "W").mkdir()
    (tmp_path / "W" / "mine.txt").write_text("x")
    with pytest.raises(ConfigError, match="is not empty"):
        begin(FolderStore(tmp_path / "W"))
    with pytest.raises(EvidenceError, match="is no vault"):
        open_vault(str(tmp_path / "W"))


def test_an_empty_vault_is_whole(tmp_path: Path) -> None:
    result = verify_vault(begin(FolderStore(tmp_path / "V")))
    assert result.whole
    assert (result.links, result.packs) == (0, 0)


# what is found


def test_a_missing_file_and_a_missing_pack_are_found(vault: Vault) -> None:
    folder = packs_of(vault)[1]
    (folder / "evidence" / "SHA256SUMS").unlink()
    assert found(vault).endswith("evidence/SHA256SUMS: is missing from the pack of link 2")
    shutil.rmtree(folder)
    assert found(vault) == f"packs/{folder.name}: is missing: the whole pack of link 2"
    folder.with_name(folder.name + ".sha256").unlink()
    assert ".sha256 is missing" in found(vault)


def test_a_replaced_and_a_cut_file_are_found(vault: Vault) -> None:
    path = packs_of(vault)[0] / "README.md"
    for data in (b"", path.read_bytes()[:-1], path.read_bytes() + b"x", b"x" * 100):
        path.unlink()
        path.write_bytes(data)
        assert found(vault).endswith("README.md: was replaced or cut: link 1 added other bytes")


def test_a_replaced_pack_is_found(vault: Vault) -> None:
    one, other = packs_of(vault)[:2]
    shutil.rmtree(one)
    shutil.copytree(other, one)
    assert "was replaced or cut: link 1 added other bytes" in found(vault)
    listed = one.with_name(one.name + ".sha256")
    listed.unlink()
    shutil.copy(other.with_name(other.name + ".sha256"), listed)
    assert "is not the list of the pack that link 1 added" in found(vault)


def test_a_file_too_much_is_found(vault: Vault) -> None:
    (packs_of(vault)[0] / "extra").write_text("x")
    assert "extra: was added to the pack" in found(vault)
    (root(vault) / "stray").write_text("x")
    (root(vault) / "chain" / "note.txt").write_text("x")
    assert found(vault).count("is nothing that a vault holds") == 2


def test_a_link_of_the_file_system_is_found_and_not_followed(vault: Vault, tmp_path: Path) -> None:
    path = packs_of(vault)[0] / "README.md"
    shutil.copy(path, tmp_path / "elsewhere")
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    assert "is a link or a device" in found(vault)
    shutil.move(root(vault) / "packs", tmp_path / "away")
    (root(vault) / "packs").symlink_to(tmp_path / "away")
    assert not verify_vault(vault).whole
    with pytest.raises(EvidenceError, match=r"link|other content"):
        vault.add(pack(tmp_path, 9), who(tmp_path))


def test_a_gap_is_found(vault: Vault) -> None:
    link(vault, 2).unlink()
    said = found(vault)
    assert "00000003.json: gap: link 2 before it is missing" in said
    assert "is a whole pack that no link names" in said


def test_the_end_that_was_cut_off_is_found(vault: Vault) -> None:
    head = verify_vault(vault).head
    digest = list(vault.packs())[-1]
    link(vault, 3).unlink()
    assert "is a whole pack that no link names: its link was taken away" in found(vault)
    folder = root(vault) / "packs" / digest.removeprefix("sha256:")
    shutil.rmtree(folder)
    folder.with_name(folder.name + ".sha256").unlink()
    assert verify_vault(vault, TRUSTED).whole  # nothing in the vault can show it
    assert f"the chain does not hold {head}: its end was cut off" in messages(verify_vault(vault, TRUSTED, head))


def test_reordered_links_are_found(vault: Vault) -> None:
    one, other = link(vault, 1), link(vault, 2)
    first, second = one.read_bytes(), other.read_bytes()
    for path, data in ((one, second), (other, first)):
        path.unlink()
        path.write_bytes(data)
    said = found(vault)
    assert "reordered: is link 2, at the place of link 1" in said
    assert "reordered: is link 1, at the place of link 2" in said


def test_a_replayed_link_is_found(vault: Vault) -> None:
    shutil.copy(link(vault, 2), link(vault, 4))
    assert "replay: is link 2 once more" in found(vault)


def forge(vault: Vault, number: int, folder: Path, **more: object) -> None:
    """A link that whoever holds the key could write past the vault's own writer."""
    read = vault.read(2)
    said = {name: getattr(read.link, name) for name in Link.__dataclass_fields__}
    made = Link(**(said | {"sequence": number, "previous": vault.read(number - 1).digest} | more))
    link(vault, number).unlink(missing_ok=True)
    link(vault, number).write_bytes(link_bytes(made, who(folder).signer))


def test_a_fork_is_found(vault: Vault, tmp_path: Path) -> None:
    forge(vault, 4, tmp_path, previous=vault.read(2).digest, act=Act.HOLD, layers={}, reason="x")
    assert "fork: goes on from link 2, not from link 3" in found(vault)
    forge(vault, 2, tmp_path, by="Mallory")
    assert "00000003.json: fork: does not go on from link 2, which was replaced" in found(vault)


def test_an_old_pack_that_is_added_once_more_is_found(vault: Vault, tmp_path: Path) -> None:
    forge(vault, 4, tmp_path)
    assert "replay: the pack is link 2's, added once more" in found(vault)


def test_a_link_of_another_chain_is_found(vault: Vault, tmp_path: Path) -> None:
    forge(vault, 4, tmp_path, chain="d" * 32, act=Act.HOLD, layers={}, reason="x")
    assert "is of another chain: " + "d" * 32 in found(vault)


def test_another_description_is_found(vault: Vault) -> None:
    path = root(vault) / "vault.json"
    said = json.loads(path.read_bytes())
    said["classes"]["other"]["years"] = 1
    path.unlink()
    path.write_text(json.dumps(said, separators=(",", ":"), sort_keys=True))
    assert "00000001.json: fork: does not go on from the vault's beginning" in found(Vault(vault.store))
    path.write_bytes(b"{}")
    with pytest.raises(EvidenceError, match=r"vault.json has the format"):
        Vault(vault.store)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 9999, b'{"payload":"","payloadType":"","signatures":[]}'])
def test_a_link_of_junk_is_found(vault: Vault, data: bytes) -> None:
    link(vault, 3).unlink()
    link(vault, 3).write_bytes(data)
    assert "chain/00000003.json" in found(vault)
    with pytest.raises(EvidenceError):
        vault.add(pack(root(vault).parent, 9), who(root(vault).parent))


def test_links_of_a_key_that_does_not_count_are_found(filled: Path) -> None:
    vault = open_vault(str(filled / "V"))
    assert messages(verify_vault(vault, Trust(keys=(public(2),)))).count("key that was not named") == 3
    assert messages(verify_vault(vault, Trust(revoked=frozenset({public().id})))).count("was revoked") == 3


def test_unsigned_links_are_legal_until_a_key_is_named(tmp_path: Path) -> None:
    vault = begin(FolderStore(tmp_path / "V"))
    vault.add(pack(tmp_path), who(tmp_path, signed=False))
    result = verify_vault(vault)
    assert result.whole
    assert any("not signed" in line for line in result.not_proven)
    assert found(vault).endswith("is not signed")
    assert "link.json: is not signed" in "\n".join(map(str, verify(tmp_path / "P1", TRUSTED).faults))


def test_a_pack_under_another_s_link_is_found(filled: Path, tmp_path: Path) -> None:
    path = shutil.copytree(filled / "P1", tmp_path / "P1")
    shutil.copy(filled / "P2" / "link.json", path / "link.json")
    assert any("the link is another pack's" in fault.message for fault in verify(path).faults)
    shutil.copy(filled / "P1" / "link.json", path / "link.json")
    shutil.rmtree(path / "assessments")
    assert any("which was taken away" in fault.message for fault in verify(path).faults)
    (path / "link.json").write_bytes(b"{}")
    assert any("not a DSSE envelope" in fault.message for fault in verify(path).faults)


# retention, holds, disposal


def test_a_pack_is_disposed_of_after_its_time_and_never_while_it_is_held(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="is kept until 2028-03-02"):
        vault.act(Act.DISPOSE, "1", "too early", who(tmp_path))
    vault.act(Act.HOLD, "1", "case 12", who(tmp_path))
    with pytest.raises(EvidenceError, match="is held and cannot be disposed of: case 12"):
        vault.act(Act.DISPOSE, "1", "held", who(tmp_path, LATER))
    vault.act(Act.RELEASE, "1", "case closed", who(tmp_path, LATER))
    with pytest.raises(EvidenceError, match="is not held"):
        vault.act(Act.RELEASE, "1", "again", who(tmp_path, LATER))
    folder = packs_of(vault)[0]
    entry = vault.act(Act.DISPOSE, "1", "kept long enough", who(tmp_path, LATER))
    assert (entry.link.sequence, entry.link.reason, entry.link.by) == (6, "kept long enough", "Ada Example")
    assert entry.link.pack.removeprefix("sha256:") == folder.name
    assert not folder.exists()
    assert folder.with_name(folder.name + ".sha256").exists()  # who has a copy can still show that it is this pack
    result = verify_vault(vault, TRUSTED)
    assert result.whole, result.faults
    assert (result.links, result.packs) == (6, 2)
    assert not vault.act(Act.DISPOSE, "1", "again", who(tmp_path, LATER)).new


def test_a_disposed_pack_is_not_added_again(vault: Vault, filled: Path, tmp_path: Path) -> None:
    vault.act(Act.DISPOSE, "1", "over", who(tmp_path, LATER))
    with pytest.raises(EvidenceError, match="was disposed of by link 4"):
        vault.add(filled / "P1", who(tmp_path, LATER))


def test_acts_against_a_retention_or_a_hold_are_found(vault: Vault, tmp_path: Path) -> None:
    pack_1 = next(iter(vault.packs()))
    forge(vault, 4, tmp_path, act=Act.DISPOSE, pack=pack_1, layers={}, reason="x")
    assert "is kept until 2028-03-02, and cannot be disposed of at 2026-03-02" in found(vault)
    forge(vault, 4, tmp_path, act=Act.HOLD, pack=pack_1, layers={}, reason="case")
    forge(vault, 5, tmp_path, act=Act.DISPOSE, pack=pack_1, layers={}, reason="x", at=LATER)
    assert "is held and cannot be disposed of: case" in found(vault)
    forge(vault, 5, tmp_path, act=Act.RELEASE, pack="sha256:" + "0" * 64, layers={}, reason="x")
    assert "was never added" in found(vault)
    forge(vault, 5, tmp_path, pack="sha256:../../../etc/passwd", layers={}, retain_until=None)
    assert "does not say until when it is kept" in found(vault)


@pytest.mark.parametrize("which", ["", "4", "99", "sha256:", "abc", "0" * 64])
def test_a_pack_that_is_not_there_is_said(vault: Vault, which: str, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="no pack fits"):
        vault.act(Act.HOLD, which, "x", who(tmp_path))


def test_a_pack_is_found_by_its_digest(vault: Vault) -> None:
    for number, digest in enumerate(vault.packs(), start=1):
        for which in (digest, digest[7:], digest[:20], digest[7:15]):
            assert vault.find(which)[1].added.sequence == number


def test_a_pack_is_kept_as_long_as_the_longest_of_its_classes() -> None:
    classes = read_retention()
    assert classes["hipaa-documentation"].years == 6
    assert class_of(["iso27001", "hipaa", "gdpr"], classes) == "hipaa-documentation"
    assert class_of(["iso27001", "gdpr"], classes) == "certification-cycle"
    assert class_of(["gdpr"], classes) == class_of([], classes) == "other"


def test_years_end_on_the_day_never_before() -> None:
    leap = datetime(2024, 2, 29, 12, 0, 0, 1, tzinfo=UTC)
    assert kept_until(leap, 1) == datetime(2025, 3, 1, 12, 0, 1, tzinfo=UTC)
    assert kept_until(leap, 4) == datetime(2028, 2, 29, 12, 0, 1, tzinfo=UTC)
    assert kept_until(AS_OF, 6) == AS_OF.replace(year=2032)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a JSON object"),
        ('{"format":"grc.retention/2"}', "this engine reads grc.retention/1"),
        ('{"format":"grc.retention/1"}', "does not say what it must"),
        ('{"format":"grc.retention/1","classes":{"x":{"years":0,"frameworks":[],"why":""}}}', "kept for 0 years"),
        ('{"format":"grc.retention/1","classes":{"x":{"years":1,"frameworks":["y"],"why":""}}}', "belongs to no other"),
    ],
)
def test_wrong_classes_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_retention(tmp_path / "r.json")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_retention(tmp_path / "nowhere")


def test_a_class_that_is_not_there_is_said(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no class 'for-ever': there are"):
        vault.add(pack(tmp_path, 9), who(tmp_path), kept_as="for-ever")
    assert vault.add(
        pack(tmp_path, 8), who(tmp_path), kept_as="hipaa-documentation"
    ).link.retain_until == AS_OF.replace(year=2032)


# cut off, at every step


def acts_of(act: Callable[[Vault], object], store: FolderStore) -> int:
    counting = CutStore(store, 0, after=False)
    act(Vault(counting))
    return counting.acts


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault of one pack, not to be changed, and another pack beside it."""
    folder = tmp_path_factory.mktemp("single")
    begin(FolderStore(folder / "V")).add(pack(folder, 1, assessed=False), who(folder))
    pack(folder, 2, assessed=False)
    return folder


def some(steps: int, every: bool) -> Iterator[int]:
    """The steps at which a writer is cut off: each, or the first, one in the middle, and the last two."""
    yield from range(1, steps + 1) if every else sorted({1, steps // 2, steps - 1, steps})


EVERY = [pytest.param(False, id="some"), pytest.param(True, id="every", marks=pytest.mark.slow)]


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_adding_that_is_cut_off_at_any_step_leaves_no_pack_or_a_whole_one(
    single: Path, tmp_path: Path, after: bool, every: bool
) -> None:
    path = shutil.copytree(single / "P2", tmp_path / "P2")
    spare = FolderStore(shutil.copytree(single / "V", tmp_path / "spare"))
    steps = acts_of(lambda vault: vault.add(path, who(tmp_path)), spare)
    assert steps > 8
    for step in some(steps, every):
        (path / "link.json").unlink(missing_ok=True)
        store = FolderStore(shutil.copytree(single / "V", tmp_path / f"V{step}"))
        with pytest.raises(CutError):
            Vault(CutStore(store, step, after=after)).add(path, who(tmp_path))
        vault = Vault(store)
        result = verify_vault(vault, TRUSTED)
        kept = packs_of(vault)
        assert all(verify(folder).whole for folder in kept)
        linked = after and step == steps
        listed = step == (steps - 1 if after else steps)
        assert len(kept) == 1 + linked
        assert result.whole != listed, result.faults
        assert "no link names" in messages(result) or not listed
        assert bool(result.left_over) == (not linked and not listed and (after or step > 1))
        entry = vault.add(path, who(tmp_path))
        assert (entry.new, entry.link.sequence) == (not linked, 2)
        assert verify_vault(vault, TRUSTED).whole


@pytest.mark.parametrize("every", EVERY)
def test_disposing_that_is_cut_off_at_any_step_is_gone_on_with(single: Path, tmp_path: Path, every: bool) -> None:
    late = who(tmp_path, LATER)
    spare = FolderStore(shutil.copytree(single / "V", tmp_path / "spare"))
    steps = acts_of(lambda vault: vault.act(Act.DISPOSE, "1", "over", late), spare)
    for step in some(steps, every):
        store = FolderStore(shutil.copytree(single / "V", tmp_path / f"V{step}"))
        with pytest.raises(CutError):
            Vault(CutStore(store, step, after=False)).act(Act.DISPOSE, "1", "over", late)
        vault = Vault(store)
        result = verify_vault(vault, TRUSTED)
        assert result.whole == (step == 1)
        assert step == 1 or "its disposal was cut off" in messages(result)
        vault.act(Act.DISPOSE, "1", "over", late)
        result = verify_vault(vault, TRUSTED)
        assert result.whole
        assert (result.links, result.packs) == (2, 0)


GRC = "from grc.cli import main; main()"


def grc(*arguments: object, room: int | None = None) -> subprocess.Popen[str]:
    limit = None if room is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    return subprocess.Popen(
        [sys.executable, "-c", GRC, *map(str, arguments)],
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509 - no threads of ours are alive in the child
    )


def test_a_full_disk_leaves_no_pack_and_a_whole_vault(vault: Vault, tmp_path: Path) -> None:
    path = pack(tmp_path, 9)
    process = grc("vault", "add", path, "--vault", root(vault), room=2000)
    _, err = process.communicate(timeout=600)
    assert process.returncode == 2, err
    assert "make room" in err
    assert "Traceback" not in err
    assert verify_vault(vault).whole
    assert len(packs_of(vault)) == 3
    assert vault.add(path, who(tmp_path)).new


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_a_kill_at_any_moment_leaves_no_pack_or_a_whole_one(vault: Vault, tmp_path: Path, seed: int) -> None:
    path = pack(tmp_path, 9)
    process = grc("vault", "add", path, "--vault", root(vault))
    until = time.monotonic() + 600
    while process.poll() is None and not (root(vault) / "work").exists() and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(random.Random(seed).random() / 20)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = packs_of(vault)
    assert all(verify(folder).whole for folder in kept)
    assert len(kept) in (3, 4)
    assert vault.add(path, who(tmp_path)).link.sequence == 4
    assert verify_vault(vault).whole


# several at once


def add_one(place: str, path: str) -> int:
    return open_vault(place).add(Path(path), who(Path(path).parent)).link.sequence


def test_several_writers_at_once_each_have_a_place(tmp_path: Path) -> None:
    vault = begin(FolderStore(tmp_path / "V"))
    paths = []
    for number in range(4):
        (tmp_path / f"of-{number}").mkdir()
        paths.append(str(pack(tmp_path / f"of-{number}", number, assessed=False)))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        places = list(pool.map(add_one, [str(tmp_path / "V")] * 4, paths))
    assert sorted(places) == [1, 2, 3, 4]
    result = verify_vault(vault, TRUSTED)
    assert result.whole, result.faults
    assert result.packs == 4


class Unlocked(FolderStore):
    """A folder on a file system whose locks hold nobody, and another writer who comes first with the next link."""

    def __init__(self, root: Path, first: Callable[[], object]) -> None:
        super().__init__(root)
        self._first = [first]

    @contextmanager
    def alone(self) -> Iterator[None]:
        yield

    def put(self, name: str, blob: Blob, until: datetime) -> bool:
        while name.startswith("chain/") and self._first:
            self._first.pop()()
        return super().put(name, blob, until)


def test_a_writer_that_comes_second_goes_on_from_the_first(vault: Vault, filled: Path, tmp_path: Path) -> None:
    def hold() -> object:
        return vault.act(Act.HOLD, "1", "theirs", who(tmp_path))

    entry = Vault(Unlocked(root(vault), hold)).act(Act.HOLD, "2", "mine", who(tmp_path))
    assert entry.link.sequence == 5
    assert verify_vault(vault, TRUSTED).whole
    path = pack(tmp_path, 9)
    entry = Vault(Unlocked(root(vault), lambda: vault.add(path, who(tmp_path)))).add(path, who(tmp_path))
    assert (entry.link.sequence, entry.new) == (6, False)
    assert verify_vault(vault, TRUSTED).whole
    late = who(tmp_path, LATER)
    for number, act in ((1, "release"), (2, "release")):
        vault.act(Act(act), str(number), "closed", late)
    held = Unlocked(root(vault), lambda: vault.act(Act.HOLD, "1", "theirs", late))
    with pytest.raises(EvidenceError, match="is held and cannot be disposed of: theirs"):
        Vault(held).act(Act.DISPOSE, "1", "over", late)
    assert verify_vault(vault, TRUSTED).whole


# where nothing can be written


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_vault_without_permissions_is_said(vault: Vault, tmp_path: Path) -> None:
    path = pack(tmp_path, 9)
    root(vault).chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(EvidenceError, match="cannot be written"):
        vault.add(path, who(tmp_path))


def test_a_vault_whose_description_cannot_be_read_is_not_said_to_be_none(vault: Vault) -> None:
    (root(vault) / "vault.json").unlink()
    (root(vault) / "vault.json").mkdir()
    with pytest.raises(EvidenceError, match=r"is no vault that can be read: .*vault\.json .*if there is none"):
        Vault(FolderStore(root(vault)))


def test_a_vault_below_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EvidenceError, match="see that the folder exists"):
        begin(FolderStore(tmp_path / "file" / "V"))
    with pytest.raises(EvidenceError, match="is no vault"):
        open_vault(str(tmp_path / "nowhere"))


def test_the_numbers_of_links_are_of_one_form() -> None:
    assert numbers(["chain/00000002.json", "chain/00000001.json", "chain/1.json", "chain/x", "vault.json"]) == [1, 2]
    assert described().longest == 6
    assert isinstance(open_store("x"), FolderStore)
