"""One address, the same as Sash's."""

from django.urls import path

from bench.plain_django.views import webhook

urlpatterns = [path("webhooks/whatsapp/", webhook)]
