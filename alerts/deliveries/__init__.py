"""The outbox: what is owed to whom, its attempts, receipts and answers."""
