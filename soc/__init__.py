"""The ground floor: settings, ASGI, Celery, URLs; organisations and people; the journal; broadcast."""
