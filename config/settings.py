"""One file, from the environment only. Every variable is listed in README.md."""

from __future__ import annotations

from typing import Any

import environ

from catalog.durations import duration
from catalog.sending import Cursor
from config import logging as log_lines
from config.home import (
    BASE_DIR,
    erasure_key,
    home_path,
    read_env_file,
    secret_key,
)
from config.postgres import database_url

read_env_file()
env = environ.FileAwareEnv()

HOME = home_path()
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(HOME)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # The renderer below lets our templates replace those of the form fields.
    "django.forms",
    "django_filters",
    "django_htmx",
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "rest_framework",
    "rest_framework.authtoken",
    "catalog",
    "pipeline",
    "reviewer",
    "config",
]

MIDDLEWARE = [
    "config.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.content_security_policy",
    "config.limits.request_limits",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.limits.private_pages",
    "config.middleware.StorageTrouble",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "reviewer.templatetags.icons",
                "reviewer.templatetags.addresses",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reviewer.names.field_names",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES: dict[str, Any] = {
    "default": env.db_url("DATABASE_URL", default=database_url(HOME))
}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
# Parameters travel beside the SQL, and what is asked often is planned once: half of the
# database's work for an answer at the desk was reading and planning the same SQL again.
DATABASES["default"]["OPTIONS"] = {
    "server_side_binding": True,
    "prepare_threshold": 5,
    "cursor_factory": Cursor,
    **DATABASES["default"].get("OPTIONS", {}),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "blobs": {
        "BACKEND": "catalog.stores.disk.DiskStore",
        "OPTIONS": {"location": str(HOME / "blobs"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "config.staticfiles.StaticFiles"},
}
if bucket := env.str("S3_BUCKET", default=""):
    STORAGES["blobs"] = {
        "BACKEND": "catalog.stores.s3.S3Store",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
        },
    }

# Which engine answers to which alias; a pipeline version's steps name an alias and
# freeze its OPTIONS. RUNTIME says how this machine runs it, which changes no result.
# An alias begins with the word by which a step asks for an engine: "ocr_..." can stand
# in for "ocr". None is loaded before a version that names it is to be run.
ENGINES: dict[str, dict[str, Any]] = {
    "ocr": {
        "BACKEND": "pipeline.engines.rapidocr.RapidOcrEngine",
        "OPTIONS": {},
        # 0: all cores on one page, which suits a person who waits.
        "RUNTIME": {"threads": env.int("PALIMPSEST_OCR_THREADS", default=0) or None},
    },
    "ocr_tesseract": {
        "BACKEND": "pipeline.engines.tesseract.TesseractEngine",
        "OPTIONS": {"lang": "eng"},
    },
    "extract": {"BACKEND": "pipeline.engines.rules.RulesEngine", "OPTIONS": {}},
}
# Services that read pictures, by PALIMPSEST_VISION_MODELS="vision=MODEL,other=MODEL":
# "extract_vision" and "extract_other" then. None, unless somebody says so: with one of
# them, pictures of documents leave the house (docs/engines.md). The key is
# PALIMPSEST_VISION_API_KEY, which the engine reads itself.
for _name, _model in env.dict("PALIMPSEST_VISION_MODELS", default={}).items():
    ENGINES[f"extract_{_name}"] = {
        "BACKEND": "pipeline.engines.vision_chat.engine.VisionChatEngine",
        "OPTIONS": {"model": _model},
        "RUNTIME": {
            "url": env.str("PALIMPSEST_VISION_URL"),
            "seconds": env.float("PALIMPSEST_VISION_SECONDS", default=60.0),
            "retries": env.int("PALIMPSEST_VISION_RETRIES", default=3),
            "in_flight": env.int("PALIMPSEST_VISION_IN_FLIGHT", default=4),
            "requests_a_minute": env.int("PALIMPSEST_VISION_REQUESTS", default=60),
            "tokens_a_minute": env.int("PALIMPSEST_VISION_TOKENS", default=200_000),
        },
    }

# Documents that a worker of the batch lane has in hand at a time while it reprocesses
# by a version that asks such a service; each takes up to three database connections.
REMOTE_DOCUMENTS = env.int("PALIMPSEST_REMOTE_DOCUMENTS", default=4)

# Task slices stay far below timeout, and timeout below retry, so that the broker never
# hands a running task to a second worker. Our own tables own retries: one attempt.
_CLUSTER: dict[str, Any] = {
    "timeout": 900,
    "retry": 1080,
    # A worker that ends after so many tasks looks like one that died (supervisor).
    "recycle": 1_000_000_000,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": 1000,
    "queue_limit": 8,
    "bulk": 1,
    "poll": 0.2,
    "catch_up": False,
    "label": "Queue",
}
Q_CLUSTER: dict[str, Any] = {
    "name": "interactive",
    "workers": env.int("INTERACTIVE_WORKERS", default=1),
    **_CLUSTER,
    "ALT_CLUSTERS": {
        "interactive": {
            "workers": env.int("INTERACTIVE_WORKERS", default=1),
            **_CLUSTER,
        },
        "batch": {"workers": env.int("BATCH_WORKERS", default=2), **_CLUSTER},
    },
}
if redis_url := env.str("REDIS_URL", default=""):
    Q_CLUSTER["redis"] = redis_url
else:
    Q_CLUSTER["orm"] = "default"

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "UTC"
USE_I18N = False  # one language: nothing is looked up for each number and date
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(HOME / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "queue"
LOGOUT_REDIRECT_URL = "login"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = env.bool("HTTPS", default=False)
SESSION_ENGINE = "config.sessions"
AUTHENTICATION_BACKENDS = ["config.authentication.Backend"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# Whether HSTS covers sister sites and browsers' lists is for the domain's owner to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOGGING = log_lines.configure(debug=DEBUG)
# /readyz fails when a person's upload has waited longer than this.
LONGEST_QUEUE_SECONDS = env.int("LONGEST_QUEUE_SECONDS", default=600)
# What `pipeline.tasks.scrub` checks every day: a share of the sources, at a rate.
SCRUB_SHARE = env.float("SCRUB_SHARE", default=0.02)
SCRUB_RATE_MB = env.float("SCRUB_RATE_MB", default=50.0)

# What makes the fingerprints of erased originals; never in the database.
ERASURE_KEY = env.str("ERASURE_KEY", default="") or erasure_key(HOME)
# Whether the daily task erases what its retention class no longer keeps. Nothing is
# erased unless somebody made a class that says so.
RETENTION_APPLIES = env.bool("RETENTION_APPLIES", default=True)

# Blobs that no row needs are deleted once a day, but not those as young as this.
GARBAGE_GRACE = duration(env.str("GARBAGE_GRACE", default="24h"))

MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", default=100 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Palimpsest",
    "DESCRIPTION": "Originals, readings of them, and what people decided.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "GenerationStateEnum": "catalog.models.State",
        "RunStateEnum": "pipeline.models.Run.State",
        "ReprocessStateEnum": "pipeline.models.Reprocess.State",
        "ReprocessItemStateEnum": "pipeline.models.ReprocessItem.State",
        "ReplayVerdictEnum": "pipeline.models.ReplayObservation.Verdict",
        "ReviewTaskStateEnum": "reviewer.models.ReviewTask.State",
        "VerdictEnum": "reviewer.models.Verdict",
        "AnswerVerdictEnum": "reviewer.api.task_serializers.VERDICTS",
        "TaskNoteKindEnum": "reviewer.models.TaskNote.Kind",
        "KindEnum": "catalog.models.Kind",
    },
}
