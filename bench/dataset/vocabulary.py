"""The words of a dataset: 20,000 in five writings, the same in every build."""

import random
from collections.abc import Iterator

WORDS = 20_000

# Syllables of the languages; the share of each writing is its weight.
SYLLABLES = {
    "latin": (
        "a be ca de e fi go in la ma no or pa que re sa to un vi za ar ber com der en gen ing is "
        "lan mer nes ous per ra ses ter tion ul ver wes"
    ),
    "accents": (
        "ção ña é lê ó pú sí tá ú ão ções ñe mí nó pê vé lá ár en do ra te mo ci ri za li"
    ),
    "arabic": "ال م ن ر س ت ب ك ع د ف ي و ه ق ح ط ش",
    "cyrillic": "за ка ли мо на по ре ст та ва го де же и ко ло не ов ру ся ть уч",
    "devanagari": "क म न र स त प ल द व ह ग ज का मे नी",
}
WEIGHTS = {"latin": 60, "accents": 25, "arabic": 6, "cyrillic": 5, "devanagari": 4}
FIRST_NAMES = (
    "Ana Bruno Carla Diego Elena Fernando Gabriela Hugo Inés João Karim Lúcia Marina Nadia Omar "
    "Paula Rafael Sofía Tomás Úrsula Víctor Wanda Ximena Yusuf Zoe Amina Björn Chloé Dilip Emre"
)
LAST_NAMES = (
    "Almeida Becker Castro Díaz Echeverría Fernández García Haddad Ibrahim Jansen Kowalski López "
    "Müller Nguyen Okafor Pereira Quispe Rossi Silva Torres Uribe Vargas Weber Xavier Yilmaz Zhang"
)


def make_words(count: int = WORDS) -> Iterator[str]:
    """Different words, the most frequent first; frequent ones tend to be short."""
    chance = random.Random(20_000)  # noqa: S311 - reproducible, not secret
    known: set[str] = set()
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    syllables = {kind: text.split() for kind, text in SYLLABLES.items()}
    while len(known) < count:
        kind = chance.choices(kinds, weights)[0]
        longest = 2 if len(known) < 300 else 5
        word = "".join(chance.choices(syllables[kind], k=chance.randint(1, longest)))
        if word not in known:
            known.add(word)
            yield word
