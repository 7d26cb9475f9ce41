"""Django's settings, composed from `soc.config`: what an operator may set is there, what is fixed is here."""

from __future__ import annotations

from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.conf.locale import LANG_INFO

from soc import logs
from soc.config import ROOT, Mode, config

CONFIG = config()
CONFIG.refuse_if_unsafe()

BASE_DIR = ROOT
SECRET_KEY = CONFIG.secret_key.get_secret_value()
DEBUG = CONFIG.debug
ALLOWED_HOSTS = CONFIG.hosts() or ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "soc.urls"
ASGI_APPLICATION = "soc.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "soc_people.Member"

# The web's own apps are absent from a watcher's environment: its extra does not install them.
_WEB_APPS = ["channels", "rest_framework", "django_filters", "drf_spectacular", "drf_spectacular_sidecar"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    *[app for app in _WEB_APPS if find_spec(app) is not None],
    "soc",
    "soc.people",
    "soc.people.directory",
    "soc.people.on_call",
    "soc.journal",
    "soc.broadcast",
    "detection",
    "detection.floor_plans",
    "detection.walls",
    "alerts",
    "alerts.logbook",
    "alerts.channels",
    "alerts.channels.recordings",
    "alerts.channels.simulated",
    "alerts.deliveries",
    "crisis.audits",
    "crisis.plans",
    "crisis.activations",
    "crisis.entrances",
    "crisis.devices",
    "crisis.emergency",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "soc.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "soc.people.middleware.ReadersLanguage",
    "soc.people.middleware.RightsReadOnce",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "frontend" / "dist"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        CONFIG.database_url.get_secret_value() or "postgres:///vigie", conn_max_age=60, conn_health_checks=True
    )
}
REDIS_URL = CONFIG.redis_url.get_secret_value() or "redis://127.0.0.1:6379/0"
# kombu spells a socket file in its own way.
BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "vigie-cache",
    }
}

# E-mail goes out only where a server is named: see soc.people.mail.
_SMTP = urlsplit(CONFIG.smtp_url.get_secret_value())
EMAIL_HOST = _SMTP.hostname or ""
EMAIL_PORT = _SMTP.port or (465 if _SMTP.scheme == "smtps" else 587)
EMAIL_HOST_USER = unquote(_SMTP.username or "")
EMAIL_HOST_PASSWORD = unquote(_SMTP.password or "")
EMAIL_USE_SSL = _SMTP.scheme == "smtps"
EMAIL_USE_TLS = _SMTP.scheme == "smtp" and EMAIL_PORT != 25
EMAIL_TIMEOUT = 8
DEFAULT_FROM_EMAIL = CONFIG.mail_from or f"vigie@{EMAIL_HOST or 'localhost'}"

LANGUAGE_CODE = "en"
LOCALE_PATHS = [ROOT / "soc" / "locale"]
# Every language there is a folder for, by its own name: adding one is adding its folder.
LANGUAGES = [
    (code, str(LANG_INFO[code]["name_local"]).capitalize())
    for code in ["en", *sorted(folder.parent.name for folder in LOCALE_PATHS[0].glob("*/LC_MESSAGES"))]
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.var / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
FRONT_END = ROOT / "frontend" / "dist"
STATICFILES_DIRS = [folder for folder in [FRONT_END] if folder.is_dir()]
WHITENOISE_USE_FINDERS = True  # so that nothing needs to be collected before the first page
MEDIA_ROOT = CONFIG.var / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# Where a larger body is accepted: a floor plan's picture (10 MB), with what a form adds around it; a table of 20,000 people;
# a recording, also one that is too long, which is told in a sentence.
LARGER_BODIES = {
    "/api/floor-plans/": 11 * 1024 * 1024,
    "/api/people/import/": 11 * 1024 * 1024,
    "/api/sound-recordings/": 41 * 1024 * 1024,
}

SESSION_ENGINE = "soc.people.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # a shift
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "soc.pages.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.mode is Mode.PRODUCTION or CONFIG.tls_certificate is not None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.mode is Mode.PRODUCTION else None
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "soc.people.authentication.TokenAuthentication",
        "soc.people.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["soc.people.permissions.HasRight"],
    "DEFAULT_PAGINATION_CLASS": "soc.api.Pages",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "soc.api.refusal",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["soc.api.Body"],
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS would list choices; the schema says what there is
    "DEFAULT_THROTTLE_RATES": {"probe": "20/min"},
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vigie",
    "DESCRIPTION": "Cameras, rules, alerts and people of a virtual security operations centre.",
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "soc.people.rights.Role",
        "RuleStateEnum": "alerts.models.RuleState",
        "WayKindEnum": "soc.people.directory.models.WayKind",
        "ChannelEnum": "alerts.channels.base.Channel",
        "FailureEnum": "alerts.channels.base.Failure",
        "AnswerKindEnum": "alerts.channels.base.AnswerKind",
        "SeverityEnum": "alerts.models.Severity",
        "RotationKindEnum": "soc.people.on_call.models.Kind",
        "DeviceKindEnum": "crisis.devices.models.DeviceKind",
        "HarmEnum": "crisis.audits.scale.Harm",
        "MeasureStateEnum": "crisis.audits.models.MeasureState",
        "HowEnum": "crisis.activations.kinds.VerifiedHow",
        "RecordingOriginEnum": "alerts.channels.recordings.models.Origin",
        "EntranceHowEnum": "crisis.entrances.models.EntranceHow",
        "EntranceKindEnum": "crisis.entrances.models.EntranceKind",
    },
}

LOGGING_CONFIG = None  # structlog instead, without local variables in error reports
logs.configure(CONFIG)
