"""Single values: shares that never flatter, text that hides nothing."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grc.report.anchors import anchor, web_address
from grc.report.text import share_down, share_up, size, visible


@pytest.mark.parametrize(
    ("ratio", "down", "up"),
    [
        (0.29, "29 %", "29 %"),
        (0.999, "99 %", "100 %"),
        (0.001, "0 %", "1 %"),
        (1.0, "100 %", "100 %"),
        (None, "–", "–"),
    ],
)
def test_shares_are_rounded_away_from_flattery(ratio: float | None, down: str, up: str) -> None:
    assert (share_down(ratio), share_up(ratio)) == (down, up)


@given(st.integers(min_value=0, max_value=400), st.integers(min_value=1, max_value=400))
def test_all_is_said_only_of_all(part: int, whole: int) -> None:
    if part < whole:
        assert share_down(part / whole) != "100 %"
    if part:
        assert share_up(part / whole) != "0 %"


@given(st.text(alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Lu", "Zl", "Zp"])))
def test_visible_text_encodes_and_holds_no_control(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", shown)


@given(st.text())
def test_anchor_has_no_space_quote_or_bracket(text: str) -> None:
    if not any("\ud800" <= char <= "\udfff" for char in text):
        assert re.fullmatch(r"[A-Za-z0-9:.()\-_/~%]*", anchor(text))


def test_ids_of_the_frameworks_stand_for_themselves() -> None:
    for entry in ("iso27001:A.8.24", "hipaa:164.312(a)(2)(iv)", "gdpr:Art.32(1)(a)", "cobit:DSS05.03"):
        assert anchor(entry) == entry


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", " https://a.example", "https://a.example/ b", "ftp://a", "//a"]
)
def test_what_is_no_web_address_is_no_link(text: str) -> None:
    assert web_address(text) is None


def test_sizes() -> None:
    assert [size(9_999), size(123_456), size(12_345_678)] == ["9,999 B", "123 kB", "12 MB"]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(char * 2 for char in digits) if len(digits) == 3 else digits
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark", "print"])
def test_contrast_is_at_least_four_and_a_half_to_one(templates: Path, mode: str) -> None:
    style = (templates / "report.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", style, flags=re.DOTALL)
    (block,) = [it for it in blocks if "--sat:" in it][{"light": 0, "dark": 1, "print": 2}[mode] :][:1]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", block))
    pairs = [(name, f"{name}-ink") for name in ("sat", "ing", "par", "not", "wai", "unk", "sta", "nas", "nap")]
    pairs += [(ground, ink) for ground in ("paper", "faint") for ink in ("ink", "soft", "accent", "warn")]
    for ground, ink in pairs:
        low, high = sorted((luminance(colours[ground]), luminance(colours[ink])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (ground, ink)
