"""Every socket of the inbox."""

from typing import Any, cast

from django.urls import URLPattern, path

from inbox.consumers import doors

websocket_urlpatterns: list[URLPattern] = [
    path("ws/news/", cast(Any, doors.news)),
    path("ws/inbox/", cast(Any, doors.inbox)),
    path("ws/conversations/<int:conversation_id>/", cast(Any, doors.thread)),
]
