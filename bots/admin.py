"""Flows with their buttons, checked against Meta's limits while they are written."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from bots.actions import FloorNotFree, hand_back_to_bot
from bots.models import AwayNotice, Flow, FlowButton, FlowRun
from core.admin.base import HistoryAdmin, SashAdmin, raw_text
from core.admin.buttons import Refused, row_button
from core.admin.looks import StackedInline, Textarea, TextInput, display
from core.admin.secrets import SecretsForm
from core.folding import fold
from inbox.limits import numbers
from inbox.queries.access import NotPermitted

TRIGGER_COLOURS = {"A new conversation": "success", "A keyword": "info"}
KEYWORD_LIMIT = 60


class KeywordsField(forms.CharField):
    """Words and phrases with commas between them, kept as a list."""

    widget = TextInput

    def prepare_value(self, value: Any) -> str:
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")

    def to_python(self, value: Any) -> Any:
        words = (word.strip() for word in str(value or "").replace("،", ",").split(","))
        return list(dict.fromkeys(word for word in words if word))

    def validate(self, value: Any) -> None:
        for word in value:
            if len(word) > KEYWORD_LIMIT:
                raise forms.ValidationError(f"“{word[:20]}…” is longer than {KEYWORD_LIMIT}.")

    def run_validators(self, value: Any) -> None:
        """The list was checked above; the validators of a text do not fit it."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(self.prepare_value(initial)) != self.to_python(data))


class FlowForm(SecretsForm):
    keywords = KeywordsField(
        required=False,
        help_text="For a keyword flow: words or phrases with commas between them, such as "
        "“price, how much, precio”. Accents, capitals and small typos are forgiven.",
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        is_keyword = self.cleaned_data.get("trigger") == Flow.Trigger.KEYWORD
        if is_keyword and not self.cleaned_data.get("keywords"):
            self.add_error("keywords", "A keyword flow needs a keyword.")
        return cleaned


class ButtonsFormSet(BaseInlineFormSet[FlowButton, Flow, Any]):
    """Ten at most, each with its own title: customers may type it too."""

    def clean(self) -> None:
        super().clean()
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data.get("title") and not form.cleaned_data.get("DELETE")
        ]
        titles = [fold(button["title"]) or button["title"] for button in kept]
        if len(kept) > numbers.ROWS:
            raise forms.ValidationError(f"WhatsApp shows {numbers.ROWS} options at most.")
        if len(set(titles)) < len(titles):
            raise forms.ValidationError("Each button needs another title.")
        if kept and self.instance.hand_off:
            raise forms.ValidationError(
                "This flow gives the conversation to people, so nobody would answer a button. "
                "Remove the buttons, or switch “hand off” off."
            )


class ButtonInline(StackedInline[FlowButton, Flow]):
    model = FlowButton
    fk_name = "flow"
    formset = ButtonsFormSet
    extra = 0
    max_num = numbers.ROWS
    ordering = ["position", "pk"]
    autocomplete_fields = ["next_flow", "hand_off_team"]
    formfield_overrides = {models.TextField: {"widget": Textarea(attrs={"rows": 2})}}
    fields = [
        ("title", "position"),
        "answer",
        "next_flow",
        ("hand_off", "hand_off_team"),
    ]
    verbose_name_plural = "quick replies (up to 3 are buttons, 4 to 10 a list)"


@admin.register(Flow)
class FlowAdmin(SashAdmin[Flow]):
    form = FlowForm
    list_display = ["name", "shown_trigger", "shown_keywords", "buttons_count", "is_active"]
    list_filter = ["trigger", "is_active", "channels"]
    search_fields = ["name", "text", "keywords"]
    ordering = ["position", "pk"]
    autocomplete_fields = ["channels", "hand_off_team"]
    inlines = [ButtonInline]
    readonly_fields = ["looks"]
    formfield_overrides = {
        **SashAdmin.formfield_overrides,
        models.TextField: {"widget": Textarea(attrs={"rows": 3})},
    }
    fieldsets = [
        (None, {"fields": [("name", "is_active"), ("trigger", "position"), "channels"]}),
        ("What it says", {"fields": ["keywords", "text", "looks"]}),
        (
            "Then",
            {
                "fields": [
                    ("hand_off", "hand_off_team"),
                    "no_match_text",
                    "hand_off_text",
                    "cooldown_hours",
                ]
            },
        ),
    ]

    @display(description="trigger", ordering="trigger", label=TRIGGER_COLOURS)
    def shown_trigger(self, flow: Flow) -> str:
        return flow.get_trigger_display()

    @display(description="keywords")
    def shown_keywords(self, flow: Flow) -> str:
        return ", ".join(map(str, flow.keywords))

    @display(description="quick replies")
    def buttons_count(self, flow: Any) -> int:
        return int(flow.quick_replies)

    @display(description="as the customer sees it")
    def looks(self, flow: Flow) -> SafeString | str:
        """The saved text with its quick replies, and how much room is left."""
        if not flow.pk:
            return "Save once to see it."
        titles = [button.title for button in flow.buttons.all()]
        kind = "buttons" if len(titles) <= numbers.BUTTONS else "list behind “Options”"
        lines = [flow.text, *(f"[ {title} ]" for title in titles)]
        room = f"{len(flow.text)} of {numbers.INTERACTIVE_BODY} characters"
        lines.append(f"\n({room}; {len(titles)} {kind})" if titles else f"\n({room})")
        return raw_text("\n".join(lines))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flow]:
        rows: QuerySet[Flow] = super().get_queryset(request)
        return rows.annotate(quick_replies=Count("buttons"))


@admin.register(FlowRun)
class FlowRunAdmin(HistoryAdmin[FlowRun]):
    list_display = ["started_at", "flow", "conversation", "misses", "ended_at", "buttons"]
    list_filter = ["flow", ("ended_at", admin.EmptyFieldListFilter)]
    search_fields = ["flow__name", "conversation__id__exact"]
    date_hierarchy = "started_at"
    ordering = ["-pk"]
    list_select_related = ["flow", "conversation"]
    fields = ["flow", "conversation", "started_at", "last_step_at", "ended_at", "misses", "said"]
    readonly_fields = ["said"]

    @display(description="said and collected")
    def said(self, run: FlowRun) -> SafeString:
        rows = [row for row in run.collected if isinstance(row, dict)]
        return raw_text("\n".join(f"{row.get('who')}: {row.get('text')}" for row in rows))

    @row_button("Give the floor back to the bot", shown=lambda run: run.ended_at is not None)
    def hand_back(self, request: HttpRequest, run: FlowRun) -> str:
        try:
            hand_back_to_bot(
                conversation=run.conversation,
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except (FloorNotFree, NotPermitted) as refusal:
            raise Refused(str(refusal)) from None
        return "The bot answers the customer's next message."


@admin.register(AwayNotice)
class AwayNoticeAdmin(HistoryAdmin[AwayNotice]):
    list_display = ["said_at", "flow", "contact", "channel"]
    list_filter = ["flow", "channel"]
    search_fields = ["contact__name", "contact__profile_name"]
    date_hierarchy = "said_at"
    list_select_related = ["flow", "contact", "channel"]
