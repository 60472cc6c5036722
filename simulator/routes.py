"""The table of the Graph API: (kind of object, method, edge) to the function that answers."""

from __future__ import annotations

from . import accounts, media, messages, numbers, profiles, subscribing, templates, uploads
from .calls import Handler

ROUTES: dict[tuple[str, str, str], Handler] = {
    ("number", "POST", "messages"): messages.post_messages,
    ("number", "POST", "media"): media.post_media,
    ("number", "GET", ""): numbers.get_number,
    ("number", "POST", ""): numbers.post_number,
    ("number", "POST", "request_code"): numbers.request_code,
    ("number", "POST", "verify_code"): numbers.verify_code,
    ("number", "POST", "register"): numbers.register,
    ("number", "POST", "deregister"): numbers.deregister,
    ("number", "GET", "whatsapp_business_profile"): profiles.get_profile,
    ("number", "POST", "whatsapp_business_profile"): profiles.post_profile,
    ("number", "GET", "settings"): profiles.get_settings,
    ("number", "POST", "settings"): profiles.post_settings,
    ("number", "GET", "block_users"): profiles.get_blocked,
    ("number", "POST", "block_users"): profiles.block,
    ("number", "DELETE", "block_users"): profiles.unblock,
    ("media", "GET", ""): media.get_media,
    ("media", "DELETE", ""): media.delete_media,
    ("account", "GET", ""): accounts.get_account,
    ("account", "POST", ""): accounts.post_account,
    ("account", "GET", "phone_numbers"): numbers.get_phone_numbers,
    ("account", "POST", "phone_numbers"): numbers.post_phone_numbers,
    ("account", "GET", "message_templates"): templates.get_templates,
    ("account", "POST", "message_templates"): templates.post_templates,
    ("account", "DELETE", "message_templates"): templates.delete_templates,
    ("account", "GET", "subscribed_apps"): subscribing.get_subscribed_apps,
    ("account", "POST", "subscribed_apps"): subscribing.post_subscribed_apps,
    ("account", "DELETE", "subscribed_apps"): subscribing.delete_subscribed_apps,
    ("template", "GET", ""): templates.get_template,
    ("template", "POST", ""): templates.post_template,
    ("app", "GET", ""): accounts.get_app,
    ("app", "GET", "subscriptions"): subscribing.get_subscriptions,
    ("app", "POST", "subscriptions"): subscribing.post_subscriptions,
    ("app", "POST", "uploads"): uploads.start_upload,
    ("upload", "GET", ""): uploads.get_upload,
    ("upload", "POST", ""): uploads.continue_upload,
    ("debug_token", "GET", ""): accounts.debug_token,
}
