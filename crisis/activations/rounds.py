"""Names that several rooms here spell: the responders' round that carries plans out, keys of steps."""

from __future__ import annotations

ROUND = "crisis-activations"


def own_key(key: str) -> str:
    """The key of a step's first messages to the organisation's own people, which leave while agents are asked."""
    return f"own-{key}"


ASKER = "activation"
"""What the key of an activation's messages in the outbox begins with."""
