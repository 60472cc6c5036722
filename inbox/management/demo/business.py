"""The demo's account, numbers, channels, templates, labels, texts and bot."""

import json
from os import environ
from pathlib import Path

from django.apps import apps

from accounts.models import BusinessProfile, Channel, PhoneNumber, Team, Waba, WhatsAppApp
from inbox.models import CannedReply, Label
from templates_app.models import MessageTemplate

FOLDER = Path(__file__).parent
APP_ID = "794850321936471"
WABA_ID = "102290129340398"
# key: phone_number_id, number, verified name, channel, time zone, team
NUMBERS = {
    "br": (
        "106540352242922",
        "+55 11 5550 0101",
        "Lucky Shrub",
        "Lucky Shrub Brasil",
        "America/Sao_Paulo",
        "Support",
    ),
    "mx": (
        "106540352242923",
        "+52 55 5550 0144",
        "Lucky Shrub México",
        "Lucky Shrub México",
        "America/Mexico_City",
        "Sales",
    ),
}
LABELS = {"delivery": "blue", "refund": "red", "quote": "green", "care": "purple", "vip": "amber"}
CANNED = {
    "hello": ("Greeting", "Hi {{first_name}}, this is {{agent_first_name}} of {{channel}}. 🌵"),
    "address": ("Ask for the address", "{{first_name}}, which address should we send it to?"),
    "refund": ("Refund", "Your money is on its way back; it takes three working days."),
    "water": (
        "Watering",
        "Water only when the soil is *dry*: every two weeks in summer, less after.",
    ),
    "oi": ("Saudação", "Oi {{first_name}}, aqui é {{agent_first_name}}. Como posso ajudar?"),
    "hola": ("Saludo", "¡Hola {{first_name}}! Soy {{agent_first_name}}. ¿En qué le ayudo?"),
    "thanks": ("Goodbye", "Thank you, {{first_name}}! Write to us whenever you like."),
}


def seed_business() -> dict[str, Channel]:
    """Key -> channel. Secrets come from the environment that the simulator shares."""
    app, _ = WhatsAppApp.objects.get_or_create(
        app_id=APP_ID,
        defaults={
            "name": "Lucky Shrub on the simulator",
            "app_secret": environ.get("SIMULATOR_APP_SECRET", "simulator-app-secret"),
            "verify_token": environ.get("SIMULATOR_VERIFY_TOKEN", "simulator-verify-token"),
        },
    )
    waba, _ = Waba.objects.get_or_create(
        waba_id=WABA_ID,
        defaults={
            "name": "Lucky Shrub",
            "app": app,
            "access_token": environ.get("SIMULATOR_ACCESS_TOKEN", "simulator-access-token"),
            "review_status": "APPROVED",
            "messaging_limit": "TIER_2K",
        },
    )
    for template in json.loads((FOLDER / "templates.json").read_text(encoding="utf-8")):
        key = {name: template.pop(name) for name in ("name", "language")}
        MessageTemplate.objects.get_or_create(waba=waba, **key, defaults=template)
    for name, colour in LABELS.items():
        Label.objects.get_or_create(name=name, defaults={"colour": colour})
    for shortcut, (title, text) in CANNED.items():
        CannedReply.objects.get_or_create(
            shortcut=shortcut, team=None, defaults={"title": title, "text": text}
        )
    seed_bot()
    return {key: seed_channel(waba, *values) for key, values in NUMBERS.items()}


def seed_channel(
    waba: Waba, external_id: str, display: str, verified: str, name: str, zone: str, team: str
) -> Channel:
    """A number with its profile and channel."""
    number, _ = PhoneNumber.objects.get_or_create(
        phone_number_id=external_id,
        defaults={
            "waba": waba,
            "display_phone_number": display,
            "verified_name": verified,
            "quality_rating": "GREEN",
            "name_status": "APPROVED",
            "code_verification_status": "VERIFIED",
            "messaging_limit": "TIER_2K",
        },
    )
    BusinessProfile.objects.get_or_create(
        number=number,
        defaults={"about": "Succulent specialists!", "vertical": "RETAIL"},
    )
    channel, _ = Channel.objects.get_or_create(
        number=number,
        defaults={
            "name": name,
            "time_zone": zone,
            "default_team": Team.objects.get(name=team),
        },
    )
    return channel


def seed_bot() -> None:
    """A greeting with three buttons, one keyword, and what is said outside business hours."""
    flows, button = apps.get_model("bots", "Flow"), apps.get_model("bots", "FlowButton")
    welcome, is_new = flows.objects.get_or_create(
        name="Welcome",
        defaults={
            "trigger": "welcome",
            "text": "Hello {{first_name}}! 🌵 Welcome to Lucky Shrub. What can we do for you?",
        },
    )
    flows.objects.get_or_create(
        name="Prices",
        defaults={
            "trigger": "keyword",
            "keywords": ["price", "prices", "precio", "precios", "preço", "preços"],
            "text": "Our plants start at $5; every price is on https://shop.luckyshrub.example/",
        },
    )
    flows.objects.get_or_create(
        name="Away",
        defaults={
            "trigger": "away",
            "text": "We are asleep, like our cacti. We answer from {{opens_at}} on.",
        },
    )
    if is_new:
        button.objects.create(
            flow=welcome,
            position=0,
            title="Track my order",
            answer="Please send us the number of your order; a colleague looks it up.",
            hand_off=True,
        )
        button.objects.create(
            flow=welcome,
            position=1,
            title="Care advice",
            answer="Much light, little water: once every two weeks is enough. 💧",
        )
        button.objects.create(flow=welcome, position=2, title="Talk to a person", hand_off=True)
