"""The demo cast: an account with two numbers, customers, and a set of templates."""

from __future__ import annotations

from typing import Any

from .customers import create_customer, digits
from .seed_templates import TEMPLATES
from .store import Doc, Store
from .template_text import variables

ACCOUNT = "102290129340398"
NUMBERS = (
    ("106540352242922", "+55 11 5550 0101", "Lucky Shrub", "BR"),
    ("106540352242923", "+52 55 5550 0144", "Lucky Shrub México", "MX"),
)
CUSTOMERS: tuple[dict[str, Any], ...] = (
    {"id": "marina", "name": "Marina Souza", "phone": "+55 11 95550-0111",
     "user_id": "BR.13491208655302741918"},
    {"id": "diego", "name": "Diego López", "phone": "+52 1 55 1234 5678",
     "user_id": "MX.20837465019283746501"},
    {"id": "fatima", "name": "Fatima الزهراء", "phone": "+971 50 555 0133",
     "user_id": "AE.11815799212886844830"},
    {"id": "kenji", "name": "Kenji", "phone": "+81 90 5550 0177", "username": "@kenji.t",
     "hide_phone": True, "user_id": "JP.30918273645546372819"},
    {"id": "priya", "name": "Priya Nair", "phone": "+91 98 1234 5670",
     "user_id": "IN.20819787093429420771"},
    {"id": "thomas", "name": "Thomas Weber", "phone": "+49 170 5550123",
     "user_id": "DE.10400426058699301122"},
)  # fmt: skip


def plant(store: Store) -> None:
    """Put the cast into an empty store; a store that has an account is left as it is."""
    if store.get("accounts", ACCOUNT):
        return
    store.put("accounts", ACCOUNT, account())
    for key, phone, name, country in NUMBERS:
        store.put("numbers", key, new_number(key, phone, name, country))
    for values in CUSTOMERS:
        create_customer(store, values)
    for offset, template in enumerate(TEMPLATES):
        key = str(1387372356726600 + offset)
        store.put("templates", key, _template(key, template))


def account() -> Doc:
    return {
        "id": ACCOUNT, "name": "Lucky Shrub", "timezone_id": "25", "currency": "USD",
        "country": "BR", "business_verification_status": "VERIFIED", "subscribed": True,
        "account_review_status": "APPROVED", "message_template_namespace": "ba30dd89_2ebd_41e4",
        "ownership_type": "SELF_OWNED", "webhook": None,
    }  # fmt: skip


def new_number(key: str, phone: str, name: str, country: str = "", account: str = ACCOUNT) -> Doc:
    return {
        "id": key, "account": account, "digits": digits(phone), "display_phone_number": phone,
        "verified_name": name, "quality_rating": "GREEN", "status": "CONNECTED",
        "code_verification_status": "VERIFIED", "name_status": "APPROVED",
        "platform_type": "CLOUD_API", "account_mode": "LIVE", "country_code": country,
        "throughput": {"level": "STANDARD"}, "is_official_business_account": False,
        "is_pin_enabled": True, "pin": "123456", "search_visibility": "VISIBLE",
        "whatsapp_business_manager_messaging_limit": "TIER_2K", "webhook": None,
        "registrations": [], "settings": {}, "profile": _profile(name),
    }  # fmt: skip


def _profile(name: str) -> Doc:
    return {
        "about": "Succulent specialists!",
        "address": "1 Lucky Shrub Way, São Paulo",
        "description": f"{name}: succulents, and how to keep them alive.",
        "email": "hello@luckyshrub.example",
        "websites": ["https://www.luckyshrub.example/"],
        "vertical": "RETAIL",
    }


def _template(key: str, template: Doc) -> Doc:
    text = " ".join(one.get("text", "") for one in template["components"])
    named = any(not name.isdigit() for name in variables(text))
    return {
        "id": key, "account": ACCOUNT, "status": "APPROVED", "rejected_reason": "NONE",
        "parameter_format": "NAMED" if named else "POSITIONAL", "previous_category": "",
        "quality_score": {"score": "GREEN", "date": 1762000000}, "edits": [], **template,
    }  # fmt: skip
