"""Addresses of people's own pages; signing in and out is allauth's."""

from django.urls import include, path

from accounts import views

urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("", include("allauth.urls")),
]
