"""Every setting of Sash. Values come from the environment; see docs/deploy.md for the list."""

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF

from config.admin import FRAME
from config.database import database_from_url
from config.env import env, env_bool, env_int, env_list

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env_bool("SASH_DEBUG")
DEMO = env_bool("SASH_DEMO")
BASE_URL = env("SASH_BASE_URL", "http://localhost:8000").rstrip("/")
HTTPS = urlsplit(BASE_URL).scheme == "https"

SECRET_KEY = env("SASH_SECRET_KEY", "")
# Newest first: the first encrypts, all decrypt, so a key is rotated without downtime.
ENCRYPTION_KEYS = env_list("SASH_ENCRYPTION_KEY")

ALLOWED_HOSTS = [
    *env_list("SASH_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"),
    urlsplit(BASE_URL).hostname or "localhost",
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "channels",
    "core",
    "accounts",
    "templates_app",
    "inbox",
    "bots",
]

MIDDLEWARE = [
    "core.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.admin_site.AdminPolicy",
    "core.middleware.PageHeaders",
    "core.middleware.Storable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.Locale",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# --- Data ---
DATABASE_URL = env("DATABASE_URL")
DATABASES = {
    "default": database_from_url(
        DATABASE_URL or "postgresql://sash@localhost/sash",
        pool_size=env_int("SASH_DATABASE_POOL", 24),
    )
}
REDIS_URL = env("REDIS_URL", "redis://localhost:6379/0")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "sash",
    }
}
SESSION_ENGINE = "core.sessions"

MEDIA_ROOT = Path(env("SASH_MEDIA_ROOT") or BASE_DIR / ".data" / "media")
STATIC_URL = "static/"
STATIC_ROOT = Path(env("SASH_STATIC_ROOT") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "core.static_files.HashedFiles"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

# --- WhatsApp ---
WHATSAPP_GRAPH_URL = env("WHATSAPP_GRAPH_URL", "https://graph.facebook.com").rstrip("/")
WHATSAPP_API_VERSION = env("WHATSAPP_API_VERSION", "v25.0")
# Hosts that media may be fetched from, beside the Graph host itself.
WHATSAPP_MEDIA_HOSTS = env_list("WHATSAPP_MEDIA_HOSTS", "lookaside.fbsbx.com,*.fbcdn.net")
# For a try-out beside the simulator: where its phone is.
SIMULATOR_URL = env("SIMULATOR_URL")
MAP_TILE_URL = env("SASH_MAP_TILE_URL")

# --- Background work ---
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
# A task is a hint, and may be lost. One that could not be acknowledged, because Redis had gone,
# counts as under way for ever: with a limit on those, two of them would make a worker deaf.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# However long it is away: after a number of tries Celery's worker would end.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Workers do not talk to each other: what they would keep in Redis for it ends them, now and
# then, when Redis goes away (kombu, issue 582).
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = "UTC"
# Whoever rings a task never waits long for a Redis that is away.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2}
SWEEPS = {
    "inbox.tasks.sweep_journal": 5.0,
    "inbox.tasks.sweep_media": 5.0,
    "inbox.tasks.sweep_unknown": 10.0,
    "inbox.tasks.wake_snoozed": 15.0,
    "inbox.tasks.announce_closed_windows": 5.0,
    "inbox.tasks.trim_journal": 3600.0,
    "inbox.tasks.answer_consents": 10.0,
    "inbox.tasks.divide_words": 600.0,
    "bots.tasks.sweep_bells": 5.0,
    "templates_app.tasks.sync_all": 900.0,
    "templates_app.tasks.sweep_states": 60.0,
    "core.tasks.send_mails": 30.0,
    "accounts.tasks.sync_numbers": 900.0,
    "accounts.tasks.sample_quotas": 600.0,
}
# Without a worker they do not pile up: the next one does what was left.
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": seconds, "options": {"expires": max(60.0, seconds)}}
    for task, seconds in SWEEPS.items()
}

# --- Limits of the platform ---
# (first day, who shares the limit, steps), each step: customers written to first within 24 hours,
# and numbers that one may have with it. Above the last step there is no limit (Meta, "Messaging
# limits"; the older ladder as it was until then).
MESSAGING_LADDERS = [
    ("2025-10-07", "portfolio", [(250, 2), (2_000, 20), (10_000, 20), (100_000, 20)]),
    ("2018-08-01", "number", [(50, 2), (1_000, 25), (10_000, 25), (100_000, 25)]),
]
# What no broadcast may take of a limit, so that people can always write.
QUOTA_KEPT_PERCENT = env_int("SASH_QUOTA_KEPT_PERCENT", 10)

# --- People ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Nobody is written to because a stranger typed their address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-sash-session" if HTTPS else "sash-session"
CSRF_COOKIE_NAME = "__Host-sash-csrf" if HTTPS else "sash-csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
EMAIL_BACKEND = env("SASH_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env("SASH_EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("SASH_EMAIL_PORT", 25)
EMAIL_HOST_USER = env("SASH_EMAIL_USER")
EMAIL_HOST_PASSWORD = env("SASH_EMAIL_PASSWORD")
EMAIL_USE_TLS = env_bool("SASH_EMAIL_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("SASH_EMAIL_FROM", "Sash <sash@localhost>")

# --- Language and time ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("pt-br", "Português"), ("ar", "العربية")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Security ---
SECURE_SSL_REDIRECT = HTTPS and env_bool("SASH_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if env_bool("SASH_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Guesses are counted by the address that the proxy saw, never by one that a client names.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
X_FRAME_OPTIONS = "DENY"
TILE_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(MAP_TILE_URL)) if MAP_TILE_URL else ""
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:", *filter(None, [TILE_ORIGIN])],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

METRICS_TOKEN = env("SASH_METRICS_TOKEN")

# --- Logs ---
LOG_LEVEL = env("SASH_LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "core.logs.RequestIdFilter"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
        },
        "line": {"format": "%(levelname)s %(name)s %(request_id)s %(message)s"},
    },
    "handlers": {
        "console": {
            "()": "core.logs.DiscreetHandler",
            "secret_after": ["/account/invitations/", "/account/password/reset/key/"],
            "filters": ["request_id"],
            "formatter": env("SASH_LOG_FORMAT", "json"),
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
        "daphne": {"level": "WARNING"},
    },
}

UNFOLD = FRAME
