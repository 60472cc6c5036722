"""As `startproject` leaves them, with the database of the bench and without what sends mail."""

from config.database import database_from_url
from config.env import env

SECRET_KEY = env("PLAIN_SECRET_KEY")
APP_SECRET = env("PLAIN_APP_SECRET")
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "bench.plain_django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "bench.plain_django.urls"
# Connections stay open, one a thread: faster here than a pool.
DATABASES = {"default": database_from_url(env("DATABASE_URL"), pool_size=8)}
del DATABASES["default"]["OPTIONS"]["pool"]
DATABASES["default"]["CONN_MAX_AGE"] = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
