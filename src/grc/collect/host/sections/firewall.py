"""What becomes of a packet that no rule of the firewall names: of ``nft list ruleset`` and ``iptables -S``.

Source: nft(8), iptables(8). A chain at the input hook denies what is left over if its policy is to drop, or if a rule
drops or rejects everything; a rule before it that accepts everything undoes that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from grc.collect.host.reads import Read, Reads, Seen, Status

TABLE: Final = re.compile(r"table (\w+) (\S+) \{")
CHAIN: Final = re.compile(r"chain (\S+) \{")
HOOK: Final = re.compile(r"type filter hook input priority [^;]*;(?:\s*policy (\w+);)?")
PLAIN: Final = re.compile(
    r"(?:counter(?: packets [0-9]+ bytes [0-9]+)? )?"
    r"(?:log(?: prefix \"[^\"]*\")?(?: (?:level|flags|group) [a-z0-9,]+)* )?"
    r"(?P<verdict>accept|drop|reject|return|(?:jump|goto) [^ ]+)(?: with [a-z0-9 -]+)?(?: comment \"[^\"]*\")?"
)
"""A rule without conditions: it may count and log before its verdict."""
FAMILIES: Final = {"ip": ("ipv4",), "ip6": ("ipv6",), "inet": ("ipv4", "ipv6")}
DENY: Final = "deny"
ACCEPT: Final = "accept"
RETURN: Final = "return"
GOTO: Final = "goto"
JUMPS: Final = frozenset({"jump", GOTO})
SIGNS: Final = {
    "nft -s list ruleset": TABLE,
    "iptables -S": re.compile(r"-[PNA] \S"),
    "ip6tables -S": re.compile(r"-[PNA] \S"),
}
"""What each tool's answer holds, unless there is nothing to tell."""
REMARK: Final = re.compile(r' -m comment --comment (?:"(?:\\.|[^"\\])*"|\S+)')
DORMANT: Final = "flags dormant"
"""A table that is there and not in force."""
DEPTH: Final = 16


@dataclass(slots=True)
class Chain:
    """One chain at the input hook. ``others`` are the rules of all chains of its table, to follow jumps."""

    families: tuple[str, ...]
    others: Mapping[str, Sequence[str]]
    policy: str = ACCEPT
    rules: list[str] = field(default_factory=list)
    told: dict[str, str | None] = field(default_factory=dict)

    @property
    def left_over(self) -> str:
        """What becomes of what no rule names."""
        return self._verdict(self.rules, 0) or (DENY if self.policy == "drop" else ACCEPT)

    def _verdict(self, rules: Sequence[str], depth: int) -> str | None:
        """What the first rule without conditions decides; None where they leave it open."""
        for rule in rules:
            verb, _, target = rule.partition(" ")
            if rule == ACCEPT:
                return ACCEPT
            if rule in ("drop", "reject"):
                return DENY
            if rule == RETURN:
                return None
            if verb in JUMPS and depth < DEPTH:
                found = self._of(target, depth + 1)
                if found is not None or verb == GOTO:  # a chain that one goes to does not come back here
                    return found
        return None

    def _of(self, target: str, depth: int) -> str | None:
        """What a chain decides, looked at once however often rules lead to it; one that leads to itself, nothing."""
        if target not in self.told:
            self.told[target] = None
            self.told[target] = self._verdict(self.others.get(target, ()), depth)
        return self.told[target]


def firewall(reads: Reads) -> Seen:
    """What is left over of incoming traffic, for IPv4 and for IPv6."""
    seen = Seen()
    nft, four, six = (_understood(reads.of(what), sign) for what, sign in SIGNS.items())
    tools = {"ipv4": (nft, four), "ipv6": (nft, six)}
    addresses = reads.of("/proc/net/if_inet6")
    if addresses.ok:
        seen.put("ipv6_in_use", any(line and line.split()[-1] != "lo" for line in addresses.lines))
    elif addresses.status is Status.NOT_FOUND:
        seen.put("ipv6_in_use", False)
    else:
        seen.gaps.append(addresses.gap("ipv6_in_use"))
    for family, (ruleset, tables) in tools.items():
        _family(seen, family, ruleset, tables)
    return seen


def _understood(read: Read, sign: re.Pattern[str]) -> Read:
    """The answer of a tool; one that holds something, and nothing that this tool writes, is none."""
    if not read.ok or not any(read.lines) or any(map(sign.match, read.lines)):
        return read
    return Read(what=read.what, status=Status.FAILED)


def _family(seen: Seen, family: str, ruleset: Read, tables: Read) -> None:
    """Any tool's chain that denies is enough. That none does is known only if one of them could list its rules."""
    # a chain is asked once all of its table are read, for it may jump to a later one
    said = [chain.left_over for chain in [*_nft(ruleset)] if family in chain.families]
    said += [chain.left_over for chain in _iptables(tables)]
    name = f"{family}_input"
    if DENY in said:
        seen.put(name, DENY)
    elif _settled(ruleset, tables):
        seen.put(name, ACCEPT)
    else:
        missing = ruleset if not ruleset.ok and ruleset.status is not Status.NOT_FOUND else tables
        seen.gaps.append(missing.gap(name))


def _settled(ruleset: Read, tables: Read) -> bool:
    """Whether what was listed is all that there is: one tool listed its rules, and the other did or is not there."""
    gone = (Status.NOT_FOUND, Status.NOT_LOADED)
    return (ruleset.ok and (tables.ok or tables.status in gone)) or (tables.ok and ruleset.status is Status.NOT_FOUND)


def _nft(read: Read) -> Iterator[Chain]:
    families: tuple[str, ...] = ()
    chains: dict[str, list[str]] = {}
    name, hooked = "", None
    for line in read.lines if read.ok else ():
        if table := TABLE.match(line):
            families, chains = FAMILIES.get(table[1], ()), {}
        elif line == DORMANT and not name:
            families = ()
        elif chain := CHAIN.match(line):
            name, hooked = chain[1], None
        elif line == "}":
            if hooked is not None:
                yield hooked
            name, hooked = "", None
        elif name and (hook := HOOK.match(line)):
            hooked = Chain(families, chains, hook[1] or ACCEPT)
        elif name and line:
            chains.setdefault(name, []).append(_plain(line))
            if hooked is not None:
                hooked.rules.append(_plain(line))


def _plain(rule: str) -> str:
    """The verdict of a rule without conditions; a rule with conditions as it is."""
    found = PLAIN.fullmatch(rule)
    return found["verdict"] if found else f"if {rule}"


def _iptables(read: Read) -> Iterator[Chain]:
    chains: dict[str, list[str]] = {"INPUT": []}
    chain = Chain(("ip",), chains, rules=chains["INPUT"])
    for line in read.lines if read.ok else ():
        words = REMARK.sub("", line).split()
        if words[:2] == ["-P", "INPUT"] and len(words) > 2:
            chain.policy = words[2].lower()
        elif words[:1] == ["-A"] and words[2:3] in (["-j"], ["-g"]) and len(words) > 3:
            verdict = words[3].lower()
            jump = GOTO if words[2] == "-g" else "jump"
            plain = verdict if verdict in (ACCEPT, "drop", "reject", RETURN) else f"{jump} {words[3]}"
            chains.setdefault(words[1], []).append(plain)
    if read.ok:
        yield chain
