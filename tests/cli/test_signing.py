"""Signing from the command line: keys, signed runs, what verifying says and how it exits."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Grc = Callable[..., Any]
PEOPLE = "person_id,role\n1,admin\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    (folder / "registers").mkdir(parents=True)
    (folder / "grc.yaml").write_text("format: grc.workspace/1\n")
    (folder / "registers" / "people.csv").write_text(PEOPLE)
    return folder


@pytest.fixture
def key(grc: Grc, tmp_path: Path) -> Path:
    assert grc("key", "new", "--out", tmp_path / "signing.key").code == 0
    return tmp_path / "signing.key"


def public(key: Path) -> Path:
    return key.with_suffix(".pub.pem")


def scanned(grc: Grc, workspace: Path, *more: object) -> Path:
    pack = workspace.parent / "pack"
    check = ("--check", "register.people.fresh", "--quiet")
    ran = grc("scan", "registers", "--workspace", workspace, "--out", pack, *check, *more)
    assert ran.code in (0, 3, 4), ran.err
    return pack


def test_a_key_is_made_and_named(grc: Grc, tmp_path: Path) -> None:
    ran = grc("key", "new", "--out", tmp_path / "k.pem", "--format", "json")
    told = json.loads(ran.out)
    assert told["encrypted"] is False
    assert grc("key", "show", told["public"]).out.strip() == told["key"]
    assert stat.S_IMODE(Path(told["private"]).stat().st_mode) == 0o600
    again = grc("key", "new", "--out", tmp_path / "k.pem")
    assert again.code == 2
    assert "never overwritten" in again.err
    assert grc("key", "show", told["private"]).code == 2


def test_a_signed_run_is_verified_with_its_key(grc: Grc, workspace: Path, key: Path) -> None:
    pack = scanned(grc, workspace, "--sign", key)
    ran = grc("verify", pack, "--key", public(key))
    assert ran.code == 0
    assert ran.out.count("which you trust") == 2
    told = json.loads(grc("verify", pack, "--key", public(key), "--format", "json").out)
    assert [one["standing"] for one in told["signatures"]] == ["trusted", "trusted"]
    assert set(told) == {
        "whole",
        "evidence_digest",
        "signatures",
        "conclusions",
        "link",
        "holds",
        "faults",
        "not_proven",
    }
    assert grc("reperform", pack).code == 0


def test_without_a_key_it_is_an_untrusted_one(grc: Grc, workspace: Path, key: Path) -> None:
    pack = scanned(grc, workspace, "--sign", key)
    ran = grc("verify", pack)
    assert ran.code == 0
    assert "is signed by an untrusted key: sha256:" in ran.out


def test_another_or_a_revoked_key_is_exit_3(grc: Grc, workspace: Path, key: Path, tmp_path: Path) -> None:
    pack = scanned(grc, workspace, "--sign", key)
    grc("key", "new", "--out", tmp_path / "other.key")
    other = grc("verify", pack, "--key", tmp_path / "other.pub.pem")
    assert other.code == 3
    assert "signed by a key that was not named" in other.out
    fingerprint = grc("key", "show", public(key)).out.strip()
    for revoked in (public(key), fingerprint):
        ran = grc("verify", pack, "--key", public(key), "--revoked", revoked)
        assert ran.code == 3
        assert "was revoked" in ran.out


def test_an_unsigned_pack_is_exit_0_until_a_key_is_named(grc: Grc, workspace: Path, key: Path) -> None:
    pack = scanned(grc, workspace)
    assert grc("verify", pack).code == 0
    ran = grc("verify", pack, "--key", public(key))
    assert ran.code == 3
    assert "the layer is not signed" in ran.out


def test_what_is_no_key_is_wrong_use(grc: Grc, workspace: Path, key: Path, tmp_path: Path) -> None:
    pack = scanned(grc, workspace)
    (tmp_path / "junk").write_text("junk")
    for option, value, said in (
        ("--key", key, "name the public one"),
        ("--key", tmp_path / "junk", "not a public key"),
        ("--key", tmp_path / "nowhere", "cannot be read"),
        ("--revoked", tmp_path / "junk", "not a public key"),
        ("--timestamp-root", tmp_path / "junk", "holds no certificate"),
    ):
        ran = grc("verify", pack, option, value)
        assert ran.code == 2
        assert said in ran.err


def test_the_workspace_says_what_signs(grc: Grc, workspace: Path) -> None:
    assert grc("key", "new", "--out", workspace / ".grc" / "signing.key").code == 0
    (workspace / "grc.yaml").write_text("format: grc.workspace/1\nsigning: {key: .grc/signing.key}\n")
    pack = scanned(grc, workspace)
    assert grc("verify", pack, "--key", workspace / ".grc" / "signing.pub.pem").code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("signing: {key: ../signing.key}", "within the workspace"),
        ("signing: {key: k, timestamp: 'file:///x'}", "https://"),
        ("signing: {timestamp: 'https://x'}", "key"),
    ],
)
def test_a_wrong_workspace_is_refused(grc: Grc, workspace: Path, text: str, said: str) -> None:
    (workspace / "grc.yaml").write_text(f"format: grc.workspace/1\n{text}\n")
    ran = grc("vault", "list", "--workspace", workspace)
    assert ran.code == 2
    assert said in ran.err


def test_a_key_that_cannot_be_had_is_said_before_anything_is_done(
    grc: Grc, workspace: Path, key: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRC_KEY_PASSPHRASE", "opens it")
    assert grc("key", "new", "--out", tmp_path / "locked.key").code == 0
    monkeypatch.delenv("GRC_KEY_PASSPHRASE")
    for sign, said in (
        (tmp_path / "nowhere", "cannot be read"),
        ("env:NOTHING", "no NOTHING"),
        (tmp_path / "locked.key", "GRC_KEY_PASSPHRASE"),
        (public(key), "is a public key"),
    ):
        ran = grc("scan", "registers", "--workspace", workspace, "--out", tmp_path / "p", "--sign", sign, "--quiet")
        assert ran.code == 2
        assert said in ran.err
        assert not list(tmp_path.glob("p*"))
    stamped = ("--timestamp", "https://tsa.example", "--quiet")
    ran = grc("scan", "registers", "--workspace", workspace, "--out", tmp_path / "p", *stamped)
    assert ran.code == 2
    assert "name a key too" in ran.err
    monkeypatch.setenv("GRC_KEY_PASSPHRASE", "opens it")
    assert grc("verify", scanned(grc, workspace, "--sign", tmp_path / "locked.key")).code == 0


def test_a_vault_from_the_command_line(grc: Grc, workspace: Path, key: Path) -> None:
    pack = scanned(grc, workspace, "--sign", key)
    here = ("--workspace", workspace)
    assert grc("vault", "list", *here).code == 2
    assert grc("vault", "init", *here).code == 0
    assert grc("vault", "init", *here).code == 2
    assert "The vault is empty." in grc("vault", "list", *here).out
    ran = grc("vault", "add", pack, *here, "--sign", key, "--by", "Ada", "--format", "json")
    told = json.loads(ran.out)
    assert set(told) == {"number", "act", "pack", "class", "kept_until", "new", "head"}
    assert told["class"] == "hipaa-documentation"
    assert "There already" in grc("vault", "add", pack, *here).out
    assert "the chain of 1 link and 1 kept pack are as they were" in grc("vault", "verify", *here).out
    minutes = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", grc("vault", "list", *here).out)
    assert len(minutes) == 2, "when it was added, and until when it is kept"
    assert grc("vault", "verify", *here, "--key", public(key), "--head", told["head"]).code == 0
    assert grc("vault", "verify", *here, "--head", "sha256:" + "0" * 64).code == 3
    ran = grc("vault", "dispose", "1", "--reason", "x", *here)
    assert ran.code == 2
    assert "is kept until" in ran.err
    assert grc("vault", "hold", told["pack"], "--reason", "case 12", "--by", "Ada", *here).code == 0
    (row,) = json.loads(grc("vault", "list", *here, "--format", "json").out)
    assert (row["number"], row["state"], row["holds"], row["disposed"]) == (1, "held", ["case 12"], None)
    assert "held" in grc("vault", "list", *here).out
    assert grc("vault", "release", "1", "--reason", "closed", *here).code == 0
    ran = grc("vault", "verify", *here, "--key", public(key), "--format", "json")
    assert ran.code == 3  # the hold and its release were not signed
    assert set(json.loads(ran.out)) == {
        *("whole", "chain", "head", "links", "packs", "holds", "faults", "left_over", "not_proven")
    }
    assert "is not signed" in ran.out
    link = json.loads(grc("verify", pack, "--format", "json").out)["link"]
    assert (link["sequence"], link["standing"]) == (1, "untrusted")


def test_a_vault_that_is_no_vault_is_not_proven(grc: Grc, tmp_path: Path) -> None:
    assert grc("vault", "verify", "--vault", tmp_path / "nowhere").code == 3
    assert grc("vault", "add", tmp_path / "nowhere", "--vault", tmp_path).code == 2


def test_a_conclusion_is_signed_by_the_assessor_and_the_archive_by_the_organisation(
    grc: Grc, workspace: Path, key: Path, tmp_path: Path
) -> None:
    pack, assessor, out = scanned(grc, workspace, "--sign", key), tmp_path / "assessor.key", tmp_path / "p.zip"
    assert grc("key", "new", "--out", assessor).code == 0
    word = ("--conclusion", "partial", "--who", "Ada Example", "--role", "assessor", "--reason", "Not all was shown")
    assert grc("conclude", pack, "iso27001:A.5.15", *word, "--sign", assessor).code == 0
    assert grc("pack", pack, "--out", out, "--sign", key).code == 0
    both = ("--key", public(key), "--key", public(assessor))
    told = json.loads(grc("verify", out, *both, "--format", "json").out)
    assert told["whole"], told["faults"]
    assert [one["file"] for one in told["signatures"] if one["standing"] == "trusted"][-1] == "bundle.json"
    assert [(one["file"], one["standing"]) for one in told["conclusions"]] == [("conclusions/00000001.json", "trusted")]
    ran = grc("verify", out, "--key", public(key))
    assert ran.code == 3
    assert "conclusions/00000001.json: is signed by a key that was not named" in ran.out


def test_options_of_reports_without_a_report_are_refused(grc: Grc, tmp_path: Path) -> None:
    ran = grc("pack", tmp_path, "--out", tmp_path / "p.zip", "--framework", "hipaa")
    assert ran.code == 2
    assert "name one with --report" in ran.err


def test_where_the_user_has_no_name_it_is_asked_for(
    grc: Grc, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless(number: int) -> object:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    here, pack = ("--vault", tmp_path / "V"), scanned(grc, workspace)
    assert grc("vault", "init", *here).code == 0
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nameless)
    ran = grc("vault", "add", pack, *here)
    assert (ran.code, "say with --by who does this" in ran.err) == (2, True)
    assert grc("vault", "add", pack, "--by", "Ada", *here).code == 0


def test_a_vault_with_many_faults_is_told_as_far_as_a_person_reads(grc: Grc, tmp_path: Path) -> None:
    here = ("--vault", tmp_path / "V")
    assert grc("vault", "init", *here).code == 0
    for number in range(40):
        (tmp_path / "V" / f"odd-{number}").touch()
    ran = grc("vault", "verify", *here)
    assert (ran.code, ran.out.count("is nothing that a vault holds")) == (3, 30)
    assert "and 10 more: --format json names them all" in ran.out
    assert grc("vault", "verify", *here, "--format", "json").out.count("is nothing that a vault holds") == 40
