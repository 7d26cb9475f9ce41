"""Ways in: how a plan starts without an agent's hand: a person's button, another system, a call or text with a code, CAP."""
