"""A customer's word that ends or resumes what they are sent: pure, with words of our own.

Only a whole message counts, so that "please stop by tomorrow" ends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.folding import fold

LONGEST = 40  # characters of a message that may be such a word


@dataclass(frozen=True, slots=True)
class Wish:
    """The words of one language for one of the two, and what the customer is told of it."""

    language: str
    is_opt_in: bool
    words: tuple[str, ...]
    answer: str = ""


OWN = (
    Wish(
        "en", False, ("stop", "stop all", "unsubscribe", "opt out", "end"),
        "You will get no more notifications from us here. Write START to get them again. "
        "You can still write to us at any time.",
    ),
    Wish(
        "en", True, ("start", "unstop", "subscribe", "opt in"),
        "You will get our notifications again. Write STOP to end them.",
    ),
    Wish(
        "es", False, ("baja", "darme de baja", "cancelar suscripción", "no molestar"),
        "No recibirá más avisos nuestros por aquí. Escriba ALTA para volver a recibirlos. "
        "Puede seguir escribiéndonos cuando quiera.",
    ),
    Wish(
        "es", True, ("alta", "darme de alta", "suscribirme"),
        "Volverá a recibir nuestros avisos. Escriba BAJA para dejar de recibirlos.",
    ),
    Wish(
        "pt", False, ("sair", "descadastrar", "cancelar inscrição", "não receber"),
        "Você não receberá mais avisos nossos por aqui. Escreva VOLTAR para recebê-los de novo. "
        "Pode continuar a nos escrever quando quiser.",
    ),
    Wish(
        "pt", True, ("voltar", "cadastrar", "inscrever"),
        "Você voltará a receber nossos avisos. Escreva SAIR para deixar de recebê-los.",
    ),
    Wish(
        "ar", False, ("إيقاف", "توقف", "إلغاء الاشتراك"),
        "لن تصلك إشعارات منا هنا بعد الآن. اكتب «ابدأ» لتصلك من جديد. "
        "ويمكنك مراسلتنا في أي وقت.",
    ),
    Wish(
        "ar", True, ("ابدأ", "اشتراك"),
        "ستصلك إشعاراتنا من جديد. اكتب «إيقاف» لإيقافها.",
    ),
    Wish(
        "fr", False, ("arrêt", "arrêter", "désabonner", "désinscription"),
        "Vous ne recevrez plus nos notifications ici. Écrivez REPRENDRE pour les recevoir à "
        "nouveau. Vous pouvez toujours nous écrire.",
    ),
    Wish(
        "fr", True, ("reprendre", "réabonner"),
        "Vous recevrez à nouveau nos notifications. Écrivez ARRÊT pour les arrêter.",
    ),
    Wish(
        "de", False, ("stopp", "abmelden", "abbestellen"),
        "Sie erhalten hier keine Mitteilungen mehr von uns. Schreiben Sie ANMELDEN, um sie wieder "
        "zu erhalten. Sie können uns jederzeit schreiben.",
    ),
    Wish(
        "de", True, ("anmelden", "abonnieren"),
        "Sie erhalten unsere Mitteilungen wieder. Schreiben Sie STOPP, um sie zu beenden.",
    ),
)  # fmt: skip


class Vocabulary:
    """Every language's words. own: rows that stand in place of ours, language by language."""

    def __init__(self, own: Iterable[Wish] = ()) -> None:
        self.rows = {(row.language, row.is_opt_in): row for row in (*OWN, *own)}
        self.by_word: Mapping[str, Wish] = {
            fold(word): row for row in self.rows.values() for word in row.words if fold(word)
        }

    def find(self, text: str) -> Wish | None:
        """The wish that a whole message is, if it is one."""
        return self.by_word.get(fold(text)) if len(text) <= LONGEST else None

    def answer(self, wish: Wish, language: str) -> str:
        """In the customer's language where it has an answer, otherwise in the word's own."""
        code = language.partition("_")[0].partition("-")[0].lower()
        return self.rows.get((code, wish.is_opt_in), wish).answer
