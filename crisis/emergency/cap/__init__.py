"""The Common Alerting Protocol 1.2: what is given out and accepted, as OASIS' schema has it."""
