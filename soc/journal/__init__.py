"""The audit trail: append-only, sealed by a hash chain: who did what, and why."""
