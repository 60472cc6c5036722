"""Every address of the inbox: nouns, one line each."""

from django.urls import path

from inbox.views import (
    assignments,
    closures,
    desk,
    labels,
    lists,
    pages,
    palette,
    selections,
    snoozes,
    threads,
)

urlpatterns = [
    path("", pages.home, name="home"),
    path("inbox/<slug:view>/", pages.inbox, name="inbox"),
    path("inbox/<slug:view>/<int:conversation_id>/", pages.inbox, name="inbox_conversation"),
    path("inbox/<slug:view>/rows/", lists.rows, name="rows"),
    path("inbox/<slug:view>/changes/", lists.changes, name="list_changes"),
    path("marks/", lists.marks, name="marks"),
    path("counts/", desk.counts, name="counts"),
    path("presence/", desk.presence, name="presence"),
    path("palette/", palette.palette, name="palette"),
    path("selection/", selections.selection, name="selection"),
    path("conversations/<int:conversation_id>/", pages.conversation, name="conversation"),
    path("conversations/<int:conversation_id>/thread/", threads.items, name="thread_items"),
    path("conversations/<int:conversation_id>/changes/", threads.changes, name="thread_changes"),
    path("conversations/<int:conversation_id>/header/", threads.header, name="header"),
    path("conversations/<int:conversation_id>/read-mark/", desk.read_mark, name="read_mark"),
    path("conversations/<int:conversation_id>/viewing/", desk.viewing, name="viewing"),
    path("conversations/<int:conversation_id>/taking/", assignments.taking, name="taking"),
    path(
        "conversations/<int:conversation_id>/assignment/",
        assignments.assignment,
        name="assignment",
    ),
    path(
        "conversations/<int:conversation_id>/collaborators/",
        assignments.collaborators,
        name="collaborators",
    ),
    path(
        "conversations/<int:conversation_id>/collaborators/<int:user_id>/",
        assignments.collaborator,
        name="collaborator",
    ),
    path("conversations/<int:conversation_id>/snooze/", snoozes.snooze, name="snooze"),
    path("conversations/<int:conversation_id>/closure/", closures.closure, name="closure"),
    path("conversations/<int:conversation_id>/archiving/", closures.archiving, name="archiving"),
    path("conversations/<int:conversation_id>/labels/", labels.labels, name="labels"),
    path("conversations/<int:conversation_id>/priority/", labels.priority, name="priority"),
]
