"""Emergency services: contacts, sheets of what to say, CAP in and out."""
