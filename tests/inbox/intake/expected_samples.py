"""What each sample webhook must leave behind, written down by hand; see ledger.rows for the words.

Nothing of these lies in quarantine: QUARANTINED names the only ones that may, with their reasons.
"""

from __future__ import annotations

QUARANTINED: dict[str, str] = {}


META: dict[str, list[str]] = {
    "Button_Message": [
        "event opted_out",
        "message button: Unsubscribe",
        "no marketing to Sheena Nelson",
        "no utility to Sheena Nelson",
        "quotes another",
        "window from 2025-06-16",
    ],
    "Contact_Sharing_Message": ["message contacts: Lucía Gómez", "window from 2025-04-11"],
    "Group_Create_Message": ["account group_lifecycle_update"],
    "Group_Remove_Participants": ["account group_participants_update"],
    "Group_Settings_Update": ["account group_settings_update"],
    "Image_Message": ["file image pending", "message image: Taj Mahal", "window from 2025-04-11"],
    "Interactive_Button_Reply_Message": [
        "message interactive: Cancel",
        "quotes another",
        "window from 2025-06-15",
    ],
    "Interactive_List_Reply_Message": [
        "message interactive: Priority Mail Express",
        "quotes another",
        "window from 2025-06-13",
    ],
    "Location_Message": [
        "message location: Philz Coffee, 101 Forest Ave, Palo Alto, CA 94301",
        "window from 2025-04-11",
    ],
    "Order_Message": ["message order: ", "window from 2025-06-16"],
    "Reaction_Message": ["early reaction"],
    "System_Message": ["account messages: number_changed"],
    "Text_Message": ["message text: Does it come in another color?", "window from 2025-06-08"],
    "Text_Message_from_Click_to_WhatsApp_Ad": [
        "message text: Hello! Can I get more info on this?",
        "window from 2025-06-18",
    ],
    "Text_Message_with_Context_Product_Inquiry": [
        "message text: Is this still available?",
        "quotes another",
        "window from 2025-06-15",
    ],
    "Unsupported_Message": ["message unsupported: Message type unknown", "window from 2025-06-16"],
}

PYWA: dict[str, list[str]] = {
    "account_update.account_disabled": ["account account_update: DISABLED_UPDATE"],
    "account_update.account_offboarded": ["account account_update: ACCOUNT_OFFBOARDED"],
    "account_update.account_reconnected": ["account account_update: ACCOUNT_RECONNECTED"],
    "account_update.account_restriction": ["account account_update: ACCOUNT_RESTRICTION"],
    "account_update.partner_added": ["account account_update: PARTNER_ADDED"],
    "account_update.partner_app_installed": ["account account_update: PARTNER_APP_INSTALLED"],
    "account_update.partner_removed_wa_app_disconnection": [
        "account account_update: PARTNER_REMOVED"
    ],
    "account_update.pricing_tiering_update": [
        "account account_update: VOLUME_BASED_PRICING_TIER_UPDATE"
    ],
    "call_connect.business_initiated": ["account calls: call"],
    "call_connect.user_initiated": [
        "bsuid US.13491208655302741918",
        "event call",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2025-07-15",
    ],
    "call_permission_update.accept": [
        "bsuid US.13491208655302741918",
        "message interactive: Calls allowed",
        "parent_bsuid US.ENT.11815799212886844830",
        "quotes another",
        "window from 2025-07-15",
    ],
    "call_permission_update.reject": [
        "bsuid US.13491208655302741918",
        "message interactive: Calls declined",
        "parent_bsuid US.ENT.11815799212886844830",
        "quotes another",
        "window from 2025-07-15",
    ],
    "call_terminate.call_terminate": ["account calls: call"],
    "callback_button.button": [
        "bsuid US.13491208655302741918",
        "message interactive: title",
        "parent_bsuid US.ENT.11815799212886844830",
        "quotes another",
        "window from 2023-10-25",
    ],
    "callback_button.quick_reply_without_context": [
        "bsuid US.13491208655302741918",
        "message button: title",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-25",
    ],
    "callback_selection.callback": [
        "bsuid US.13491208655302741918",
        "message interactive: title",
        "parent_bsuid US.ENT.11815799212886844830",
        "quotes another",
        "window from 2023-10-25",
    ],
    "deleted_message.revoke": ["early revoke"],
    "edited_message.image": ["early edit"],
    "message.animated_sticker": [
        "bsuid US.13491208655302741918",
        "file sticker pending",
        "message sticker: ",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-11",
    ],
    "message.contacts": [
        "bsuid US.13491208655302741918",
        "message contacts: Chandler Bing, Monica, Rachel Green",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-11",
    ],
    "message.current_location": [
        "bsuid US.13491208655302741918",
        "forwarded",
        "message location: ",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-11",
    ],
    "message.forwarded": [
        "bsuid US.13491208655302741918",
        "forwarded",
        "message text: forwarded text",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-11",
    ],
    "message.forwarded_many_times": [
        "bsuid US.13491208655302741918",
        "forwarded",
        "message text: text forwarded many times",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-11",
    ],
    "message.image": [
        "bsuid US.13491208655302741918",
        "file image pending",
        "message image: ",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-11",
    ],
    "message.interactive_message_with_err": [
        "bsuid US.13491208655302741918",
        "message unsupported: Something went wrong",
        "parent_bsuid US.ENT.11815799212886844830",
        "quotes another",
        "window from 2023-11-20",
    ],
    "message.media_with_url": [
        "bsuid US.13491208655302741918",
        "file image pending",
        "message image: ",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-11",
    ],
    "message.order": [
        "bsuid US.13491208655302741918",
        "message order: ",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-11",
    ],
    "message.reply": [
        "bsuid US.13491208655302741918",
        "message text: replied text",
        "parent_bsuid US.ENT.11815799212886844830",
        "quotes another",
        "window from 2023-10-11",
    ],
    "message.unreaction_empty": ["early reaction"],
    "message.unreaction_no_emoji": ["early reaction"],
    "message.unsupported": [
        "bsuid US.13491208655302741918",
        "message unsupported: Message type unknown",
        "parent_bsuid US.ENT.11815799212886844830",
        "window from 2023-10-11",
    ],
    "message_status.played": ["early status"],
    "outgoing_message.delete": ["early revoke"],
    "system.identity_change": ["account messages: identity_changed"],
    "system.phone_number_change": ["account messages: number_changed"],
    "template_category_update.marketing": [
        "account template_category_update",
        "template category: MARKETING",
    ],
    "template_components_update.element": [
        "account message_template_components_update",
        "template components: ['BODY']",
    ],
    "template_components_update.element_all": [
        "account message_template_components_update",
        "template components: ['HEADER', 'BODY', 'FOOTER']",
    ],
    "template_quality_update.yellow": [
        "account message_template_quality_update",
        "template quality: YELLOW",
    ],
    "template_status_update.rejected": [
        "account message_template_status_update: REJECTED",
        "template category: MARKETING",
        "template reason: INVALID_FORMAT - Your template has parameters placed ",
        "template status: REJECTED",
    ],
}
