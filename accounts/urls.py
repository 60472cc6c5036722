"""Addresses of people's own pages; signing in and out is allauth's."""

from django.urls import include, path

from accounts import views

urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("invitations/<str:token>/", views.invitation, name="accept_invitation"),
    path("", include("allauth.urls")),
]
