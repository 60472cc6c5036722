"""The demo templates: three languages, every kind of header and button, several statuses."""

from __future__ import annotations

from .store import Doc


def header(form: str, text: str = "") -> Doc:
    if form == "TEXT":
        return {"type": "HEADER", "format": "TEXT", "text": text}
    return {"type": "HEADER", "format": form, "example": {"header_handle": ["4::aW1hZ2U="]}}


def body(text: str, *examples: str) -> Doc:
    """Positional examples, or named ones as `name=value`."""
    doc: Doc = {"type": "BODY", "text": text}
    if examples and "=" in examples[0]:
        pairs = [example.split("=", 1) for example in examples]
        params = [{"param_name": name, "example": value} for name, value in pairs]
        doc["example"] = {"body_text_named_params": params}
    elif examples:
        doc["example"] = {"body_text": [list(examples)]}
    return doc


def footer(text: str) -> Doc:
    return {"type": "FOOTER", "text": text}


def buttons(*each: Doc) -> Doc:
    return {"type": "BUTTONS", "buttons": list(each)}


def quick(text: str) -> Doc:
    return {"type": "QUICK_REPLY", "text": text}


def template(
    name: str, language: str, category: str, *parts: Doc, status: str = "APPROVED"
) -> Doc:
    doc: Doc = {"name": name, "language": language, "category": category, "status": status}
    return {**doc, "components": list(parts)}


SHOP = "https://shop.luckyshrub.example"
TRACK: Doc = {
    "type": "URL", "text": "Track order", "url": f"{SHOP}/orders/{{{{1}}}}",
    "example": [f"{SHOP}/orders/860198"],
}  # fmt: skip

TEMPLATES: tuple[Doc, ...] = (
    template(
        "hello_world", "en_US", "UTILITY",
        header("TEXT", "Hello World"),
        body("Welcome and congratulations!! This message demonstrates your ability to send a"
             " WhatsApp message notification. Thank you for taking the time to test with us."),
        footer("WhatsApp Business Platform sample message"),
    ),
    template(
        "order_confirmation", "en_US", "UTILITY",
        body("Thank you, {{first_name}}! Your order number is {{order_number}}.",
             "first_name=Pablo", "order_number=860198-230332"),
        footer("Lucky Shrub"),
        buttons(TRACK, {"type": "PHONE_NUMBER", "text": "Call us",
                        "phone_number": "+551155500101"}),
    ),
    template(
        "order_confirmation", "pt_BR", "UTILITY",
        body("Obrigada, {{first_name}}! O número do seu pedido é {{order_number}}.",
             "first_name=Marina", "order_number=860198-230332"),
        footer("Lucky Shrub"),
        buttons({**TRACK, "text": "Acompanhar"}),
    ),
    template(
        "continue_conversation", "en_US", "UTILITY",
        body("Hello {{1}}, we have an answer to your question about {{2}}. Shall we go on?",
             "Thomas", "your order"),
        buttons(quick("Yes, go on"), quick("Not now")),
    ),
    template(
        "continuar_conversacion", "es", "UTILITY",
        body("Hola {{1}}, tenemos una respuesta a su pregunta sobre {{2}}. ¿Continuamos?",
             "Diego", "su pedido"),
        buttons(quick("Sí, continuemos"), quick("Ahora no")),
    ),
    template(
        "continuar_conversa", "pt_BR", "UTILITY",
        body("Olá {{1}}, temos uma resposta à sua pergunta sobre {{2}}. Vamos continuar?",
             "Marina", "o seu pedido"),
        buttons(quick("Sim, vamos"), quick("Agora não")),
    ),
    template(
        "welcome_discount", "en_US", "MARKETING",
        header("IMAGE"),
        body("Welcome to Lucky Shrub, {{first_name}}!\n\nUse code *{{discount_code}}* to get"
             " {{discount_amount}} off of your first purchase!",
             "first_name=Pablo", "discount_code=WELCOME20", "discount_amount=20%"),
        footer("Lucky Shrub: your gateway to succulents!"),
        buttons({"type": "COPY_CODE", "example": "WELCOME20"},
                {"type": "URL", "text": "View deals", "url": f"{SHOP}/deals"},
                quick("Unsubscribe")),
    ),
    template(
        "invoice_ready", "es", "UTILITY",
        header("DOCUMENT"),
        body("Hola {{1}}, su factura de {{2}} está lista.", "Diego", "noviembre"),
        footer("Lucky Shrub México"),
    ),
    template(
        "appointment_reminder", "en_US", "UTILITY",
        header("TEXT", "Your workshop on {{1}}"),
        body("Hi {{1}}, your gardening workshop starts at {{2}}. See you there!",
             "Pablo", "9 am"),
        buttons(quick("Confirm"), quick("Reschedule"), quick("Cancel")),
    ),
    template(
        "delivery_survey", "pt_BR", "MARKETING",
        body("Oi {{1}}, como foi a entrega? A sua opinião nos ajuda.", "Marina"),
        buttons(quick("Ótima"), quick("Poderia melhorar")),
        status="PENDING",
    ),
    template(
        "spring_sale", "en_US", "MARKETING",
        header("IMAGE"),
        body("Hi {{1}}, spring is here: 20% off all aloes this week.", "Priya"),
        buttons({"type": "URL", "text": "Shop now", "url": f"{SHOP}/spring"}),
        status="PAUSED",
    ),
    template(
        "flash_offer", "es", "MARKETING",
        body("¡Oferta {{1}} {{2}} gratis gratis gratis! Responda ya.", "hoy", "solo"),
        status="REJECTED",
    ),
)  # fmt: skip
