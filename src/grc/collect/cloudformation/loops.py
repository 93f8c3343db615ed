"""Resources that refer to each other in a loop: AWS refuses such a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Edges = Mapping[str, Iterable[str]]


def in_loops(edges: Edges) -> frozenset[str]:
    """The nodes that a walk along the edges comes back to. Linear, and without recursion."""
    within = {node: {below for below in edges[node] if below in edges} for node in edges}
    return frozenset(node for part in _components(within) for node in part)


def _components(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """The components of two nodes or more, and the nodes that refer to themselves (Kosaraju's way)."""
    back: dict[str, list[str]] = {node: [] for node in edges}
    for node, below in edges.items():
        for one in below:
            back[one].append(node)
    seen: set[str] = set()
    parts = []
    for node in reversed(_finished(edges)):
        part = _reached(back, node, seen)
        if len(part) > 1 or (part and node in edges[node]):
            parts.append(part)
    return parts


def _finished(edges: Mapping[str, set[str]]) -> list[str]:
    """The nodes in the order in which a walk in depth leaves them."""
    seen: set[str] = set()
    order: list[str] = []
    for start in edges:
        stack = [(start, iter(edges[start]))] if start not in seen else []
        seen.add(start)
        while stack:
            node, below = stack[-1]
            fresh = next((one for one in below if one not in seen), None)
            if fresh is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(fresh)
                stack.append((fresh, iter(edges[fresh])))
    return order


def _reached(back: Mapping[str, list[str]], start: str, seen: set[str]) -> list[str]:
    waiting, part = [start], []
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            part.append(node)
            waiting.extend(back[node])
    return part
