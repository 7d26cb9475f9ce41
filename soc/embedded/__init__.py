"""The embedded default: PostgreSQL and Valkey from wheels, all processes supervised, one command."""
