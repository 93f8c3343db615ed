"""Expressions of GitHub Actions, ``${{ … }}``: which of their values a stranger may choose, and which are secrets.

Source: https://docs.github.com/en/actions/reference/security/secure-use,
https://securitylab.github.com/resources/github-actions-untrusted-input/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

BEGIN: Final = "${{"
END: Final = "}}"
INDEX: Final = re.compile(r"\[\s*'([\w*-]+)'\s*\]|\[\s*([0-9]+|\*)\s*\]")
ANSWERS: Final = re.compile(r"(?i)\b(?:contains|startswith|endswith|hashfiles)\([^()]*\)")
COMPARED: Final = re.compile(r"(?:'[^']*+'|(?<![\w.*-])[\w.*-]++)\s*+(?:==|!=|<=|>=|<|>)\s*+(?:'[^']*+'|[\w.*-]++)")
"""What comes to true, false or a digest, whatever it is made of."""
LITERAL: Final = re.compile(r"'[^']*'")
CHOSEN: Final = re.compile(
    r"""(?ix)\bgithub\.(?:
      head_ref
    | event\.(?:issue|pull_request|discussion)\.(?:title|body)
    | event\.pull_request\.head\.(?:ref|label|repo\.(?:default_branch|description|homepage))
    | event\.(?:comment|review|review_comment)\.body
    | event\.pages\.[\w*]+\.page_name
    | event\.commits\.[\w*]+\.(?:message|(?:author|committer)\.(?:email|name))
    | event\.head_commit\.(?:message|(?:author|committer)\.(?:email|name))
    | event\.workflow_run\.(?:head_branch|display_title|head_commit\.(?:message|(?:author|committer)\.(?:email|name))
        |head_repository\.description|pull_requests\.[\w*]+\.head\.ref)
    | event\.(?:changes\.(?:title|body)\.from|answer\.body)
    | event(?:\.(?:issue|pull_request(?:\.head(?:\.repo)?)?|discussion|comment|review|review_comment|commits|head_commit
        |workflow_run|pages|answer|changes))?(?![\w.])
    )(?![\w-]) | \btojson\(\s*github\s*\)"""
)
"""Values that whoever opens an issue, a pull request or a discussion may choose."""
SECRETS: Final = re.compile(r"(?i)\bsecrets\.([\w-]+)|\btojson\(\s*secrets\s*(\))")
EVERY: Final = "*"
INPUTS: Final = re.compile(r"(?i)(?<![\w.-])inputs\.([\w-]+)")
ENVIRONMENT: Final = re.compile(r"(?i)\benv\.([\w-]+)")
HEAD: Final = re.compile(
    r"(?i)github\.event\.pull_request\.(?:head|merge_commit_sha)\b|github\.head_ref\b|github\.event\.workflow_run\.(?:head_|pull_requests)"
    r"|refs/pull/|github\.event\.(?:pull_request\.)?number\b|github\.event\.issue\.number\b"
)
"""What leads to the code of a pull request."""
OURS: Final = re.compile(
    r"(?i)github\.(?:ref|sha|ref_name|base_ref|repository)|github\.event\.pull_request\.base\.[\w.]+"
    r"|github\.event\.repository\.(?:default_branch|full_name)"
)
"""What leads to the repository's own branches, under triggers that run with the rights of the repository."""


def expressions(text: str) -> Iterator[str]:
    """The expressions in a text, each with its indexes written as members."""
    for inside, piece in split(text):
        if inside:
            yield INDEX.sub(lambda index: "." + (index[1] or index[2]), piece).strip()


def outside(text: str) -> str:
    """A text without its expressions."""
    return "".join(piece for inside, piece in split(text) if not inside)


def split(text: str) -> Iterator[tuple[bool, str]]:
    """The pieces of a text in turn, and whether each is the inside of an expression."""
    at = 0
    while (begin := text.find(BEGIN, at)) >= 0 and (end := text.find(END, begin)) >= 0:
        yield False, text[at:begin]
        yield True, text[begin + len(BEGIN) : end]
        at = end + len(END)
    yield False, text[at:]


def chosen(text: str, environment: Mapping[str, str]) -> list[str]:
    """The values in a text that a stranger may choose, by way of ``environment`` too, each once."""
    found: set[str] = set()
    for kept in _kept(text):
        found.update(one[0] for one in CHOSEN.finditer(kept))
        found.update(f"env.{name}" for name, value, above in _variables(kept, environment) if chosen(value, above))
    return sorted(found)


def given(text: str, environment: Mapping[str, str]) -> list[str]:
    """The names of the inputs whose values stand in a text, by way of ``environment`` too, in lower case."""
    found: set[str] = set()
    for kept in _kept(text):
        found.update(name.lower() for name in INPUTS.findall(kept))
        found.update(name for _, value, above in _variables(kept, environment) for name in given(value, above))
    return sorted(found)


def _kept(text: str) -> Iterator[str]:
    """The expressions of a text without what comes to true, false or a digest, and without what they quote."""
    for expression in expressions(text):
        yield LITERAL.sub(" ", COMPARED.sub(" ", ANSWERS.sub(" ", expression)))


def _variables(kept: str, environment: Mapping[str, str]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """The variables that an expression names: each with its value, and what that may name in turn."""
    for name in ENVIRONMENT.findall(kept):
        if name in environment:
            yield name, environment[name], {other: value for other, value in environment.items() if other != name}


def secrets(text: str) -> list[str]:
    """The names of the secrets that a text refers to; ``*`` stands for all of them at once."""
    return sorted({one[1] or EVERY for expression in expressions(text) for one in SECRETS.finditer(expression)})


def leads_to_head(text: str) -> bool | None:
    """Whether a reference leads to the code of a pull request; None where the text does not tell."""
    found = list(expressions(text))
    if any(HEAD.search(piece) for piece in (*found, outside(text))):
        return True
    return False if all(OURS.fullmatch(expression) for expression in found) else None
