"""Every address of Sash's pages. Webhooks and sockets are in config.asgi."""

from django.contrib import admin
from django.urls import include, path

from accounts.views import numbers
from core import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("account/", include("accounts.urls")),
    path("templates/", include("templates_app.urls")),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers/synchronisation/", numbers.synchronisation, name="numbers_synchronisation"),
    path("", include("inbox.urls")),
]

handler500 = "core.busy.handle_error"
