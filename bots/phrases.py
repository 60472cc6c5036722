"""What every bot says of itself where the flow does not say it, in the customer's language."""

from django.conf import settings

PHRASES: dict[str, dict[str, str]] = {
    "hand_off": {
        "en": "Thank you. A colleague will answer you here shortly.",
        "es": "Gracias. Una persona de nuestro equipo le responderá aquí en breve.",
        "pt": "Obrigado. Uma pessoa da nossa equipe responderá por aqui em breve.",
        "ar": "شكرًا لك. سيجيبك أحد زملائنا هنا قريبًا.",
    },
    "no_match": {
        "en": "Sorry, I did not understand. Please choose an option or write it in other words.",
        "es": "Disculpe, no entendí. Elija una opción o escríbalo con otras palabras.",
        "pt": "Desculpe, não entendi. Escolha uma opção ou escreva com outras palavras.",
        "ar": "عذرًا، لم أفهم. اختر أحد الخيارات أو اكتب بكلمات أخرى.",
    },
    "choose": {"en": "Options", "es": "Opciones", "pt": "Opções", "ar": "الخيارات"},
}


def phrase(name: str, language: str) -> str:
    """One phrase in a language such as "pt_BR"; in Sash's own language where it has none."""
    texts = PHRASES[name]
    for code in (language, settings.LANGUAGE_CODE):
        if found := texts.get(code.replace("_", "-").split("-")[0].lower()):
            return found
    return texts["en"]
