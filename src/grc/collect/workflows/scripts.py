"""What the script of a step does, as far as its text tells. Names and sorts are told, never a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from grc.collect.policies.plainsecrets import sort_of, written
from grc.collect.secrets.table import possible
from grc.collect.workflows.expressions import BEGIN, outside, secrets, split

FETCHED: Final = re.compile(
    r"""(?ix)
    \b(?:curl|wget)\b (?:[^|;&\n"']{1,300}+|"[^"\n]{0,300}+"|'[^'\n]{0,300}+'|["']|(?<=>)&){0,12}+
        (?:\|&? \s* (?:tee|gunzip|gzip|zcat|bunzip2|unxz|xz|tr|sed|base64|envsubst)\b
            (?:[^|;&\n"']{1,300}+|"[^"\n]{0,300}+"|'[^'\n]{0,300}+'|["']|(?<=>)&){0,12}+){0,8}+
        \|&? \s* (?:sudo\s+(?:-[ugh]\s+\S+\s+|-\S+\s+)*+)? (?:(?:/usr/bin/)?env\s+|exec\s+)?
        (?:\w+=(?:"[^"\n]*+"|'[^'\n]*+'|[^\s"'])*+\s+){0,20}+ (?:/(?:usr/)?bin/)?
        (?: (?:ba|da|z|k|a|fi)?sh\b (?![\w./=-])
          | (?:python[0-9.]*|perl|ruby|node|php)\b (?= [ \t]* (?: -(?!\S) | $ | [;&|)\n"'`] ) ) )
  | (?:(?:ba|da|z|k)?sh|python[0-9.]*)\s+(?:-\S+\s+)*["']?(?:<\(|\$\(|`)\s*(?:curl|wget)\b
  | (?:(?:ba|z|k)?sh|/dev/stdin)\b [^\n|;&]{0,100} <<<\s*["']?\$\(\s*(?:curl|wget)\b
  | \b(?:source|\.)\s+<\(\s*(?:curl|wget)\b
  | \beval\s+["']?(?:\$\(|`)\s*(?:curl|wget)\b
  | \b(?:iex|invoke-expression)\b [^\n]{0,1000} (?:downloadstring|invoke-webrequest|\biwr\b|\birm\b)
  | (?:\birm\b|\biwr\b|invoke-webrequest|downloadstring) [^\n]{0,1000} \| \s* (?:iex|invoke-expression)\b
    """
)
"""A script from the network that is run without being looked at."""
PIECE: Final = 512
OVERLAP: Final = 128
PRINTS: Final = re.compile(r"(?i)^\s*(?:(?:then|do|else|\{|\()\s*)*(?:echo|printf|print|write-host|write-output)\b")
STILL_PRINTS: Final = re.compile(
    r"\|&?\s*(?:base(?:32|64)|cat|cut|fold|head|hexdump|od|rev|sed|tail|tr|xxd)\b[^|>]*|[12]?>(?:&[12]|\s*/dev/(?:stderr|stdout|tty))"
)
"""What changes how a text is printed, where GitHub does not know the secret any more, or prints it as an error."""
VARIABLE: Final = "$_"
"""What stands for an expression: its value is not in the text."""
CONTINUED: Final = re.compile(r"\\\r?\n")


def remote_script(text: str) -> bool:
    """Whether a script is fetched and run in one breath."""
    return FETCHED.search(_commands(text)) is not None


def printed(text: str, environment: Mapping[str, str]) -> list[str]:
    """The names of the secrets that a script prints; one that is passed on or written to a file is not printed."""
    found: set[str] = set()
    for command in re.split(r"\n|;|&&|\|\|", CONTINUED.sub(" ", text)):
        if PRINTS.match(command) and "::add-mask::" not in command and not _passed_on(command):
            found.update(secrets(command))
            for name, value in environment.items():
                if re.search(rf"\$(?:env:)?(?:{re.escape(name)}\b|\{{{re.escape(name)}\}})", command):
                    found.update(secrets(value))
    return sorted(found)


def _passed_on(command: str) -> bool:
    """Whether what a command prints goes into another command or a file."""
    return re.search(r"[|>]", STILL_PRINTS.sub("", _without(command))) is not None


def open_secrets(script: str, settings: Mapping[str, str]) -> list[str]:
    """Where a secret stands in plain text, and what sort it looks like: settings by name, the script as such."""
    named = {f"{name} ({sort})" for name, text in settings.items() if (sort := _sort(name, text))}
    filled = "".join(VARIABLE if inside else piece for inside, piece in split(script))
    return sorted(named | {f"script ({sort})" for sort in (*_forms(script), *written(filled, program=True))})


def _sort(name: str, text: str) -> str | None:
    if BEGIN in text:
        return None
    return sort_of(name, text) if len(text) <= PIECE else next(_forms(text), None)


def _forms(text: str) -> Iterator[str]:
    """The sorts of secrets in a text, looked for in pieces: a line without end would cost without end."""
    lines = outside(text).split("\n")
    pieces = [line[at : at + PIECE] for line in lines for at in range(0, max(len(line), 1), PIECE - OVERLAP)]
    yield from (form.name for piece in pieces for form in possible(piece.lower()) if any(form.spans(piece)))


def _without(command: str) -> str:
    """A command without its expressions and its quoted text, in which bars and brackets mean nothing."""
    return re.sub(r'"[^"]*"|\'[^\']*\'', "", outside(command))


def _commands(text: str) -> str:
    """A script with its continued lines joined and its remarks left out."""
    return re.sub(r"(?m)^\s*#.*$", "", CONTINUED.sub(" ", text))
