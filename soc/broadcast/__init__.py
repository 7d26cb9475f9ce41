"""One message to very many browsers, with catch-up after a gap."""
