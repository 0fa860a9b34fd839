"""What is said where the author says nothing: in the languages of the flow, if known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from statewright.compiler.lowering.languages import translated
from statewright.expressions import Content, Literal
from statewright.flows.model import Flow
from statewright.flows.nodes import InputKind

_ENGLISH: Final = "en"

LANGUAGES: Final = (_ENGLISH, "de", "es", "fr", "it", "nl", "pt")
"""The languages in which there is something to say, in the order of the phrases below."""


@dataclass(frozen=True, slots=True)
class Units:
    """What is counted: one of it, and many."""

    one: str
    many: str


@dataclass(frozen=True, slots=True)
class LimitWords:
    """The words for what an answer must be like besides.

    Attributes:
        characters: of a text.
        answers: that are chosen.
        steps: of a slider; `{}` is how wide they are.
        pattern: of a text that has to match a pattern.
    """

    characters: Units
    answers: Units
    steps: str
    pattern: str


LIMITS: Final[Mapping[str, LimitWords]] = MappingProxyType(
    {
        "en": LimitWords(
            Units("character", "characters"),
            Units("answer", "answers"),
            "in steps of {}",
            "in the form asked for",
        ),
        "de": LimitWords(
            Units("Zeichen", "Zeichen"),
            Units("Antwort", "Antworten"),
            "in Schritten von {}",
            "in der gewünschten Form",
        ),
        "es": LimitWords(
            Units("carácter", "caracteres"),
            Units("respuesta", "respuestas"),
            "de {0} en {0}",
            "en la forma pedida",
        ),
        "fr": LimitWords(
            Units("caractère", "caractères"),
            Units("réponse", "réponses"),
            "par pas de {}",
            "sous la forme demandée",
        ),
        "it": LimitWords(
            Units("carattere", "caratteri"),
            Units("risposta", "risposte"),
            "a passi di {}",
            "nella forma richiesta",
        ),
        "nl": LimitWords(
            Units("teken", "tekens"),
            Units("antwoord", "antwoorden"),
            "in stappen van {}",
            "in de gevraagde vorm",
        ),
        "pt": LimitWords(
            Units("caractere", "caracteres"),
            Units("resposta", "respostas"),
            "de {0} em {0}",
            "na forma pedida",
        ),
    }
)
"""The words by language."""

RETRY: Final[Mapping[InputKind, tuple[str, ...]]] = MappingProxyType(
    {
        InputKind.TEXT: (
            "That will not do. Please try again.",
            "Das geht so nicht. Bitte versuchen Sie es noch einmal.",
            "Eso no sirve. Inténtelo de nuevo, por favor.",
            "Cela ne convient pas. Veuillez réessayer.",
            "Così non va bene. Riprovi, per favore.",
            "Dat is niet goed. Probeer het nog eens.",
            "Isso não serve. Tente novamente, por favor.",
        ),
        InputKind.NUMBER: (
            "Please answer with a number that fits.",
            "Bitte antworten Sie mit einer passenden Zahl.",
            "Responda con un número válido, por favor.",
            "Veuillez répondre par un nombre qui convient.",
            "Risponda con un numero valido, per favore.",
            "Antwoord met een getal dat past.",
            "Responda com um número válido, por favor.",
        ),
        InputKind.INTEGER: (
            "Please answer with a whole number that fits.",
            "Bitte antworten Sie mit einer passenden ganzen Zahl.",
            "Responda con un número entero válido, por favor.",
            "Veuillez répondre par un nombre entier qui convient.",
            "Risponda con un numero intero valido, per favore.",
            "Antwoord met een geheel getal dat past.",
            "Responda com um número inteiro válido, por favor.",
        ),
        InputKind.EMAIL: (
            "Please answer with an email address, such as name@example.com.",
            "Bitte antworten Sie mit einer E-Mail-Adresse, zum Beispiel name@example.com.",
            "Responda con una dirección de correo, por ejemplo name@example.com.",
            "Veuillez répondre par une adresse e-mail, par exemple name@example.com.",
            "Risponda con un indirizzo e-mail, per esempio name@example.com.",
            "Antwoord met een e-mailadres, zoals name@example.com.",
            "Responda com um endereço de e-mail, por exemplo name@example.com.",
        ),
        InputKind.PHONE: (
            "Please answer with a phone number, such as +1 555 010 9999.",
            "Bitte antworten Sie mit einer Telefonnummer, zum Beispiel +1 555 010 9999.",
            "Responda con un número de teléfono, por ejemplo +1 555 010 9999.",
            "Veuillez répondre par un numéro de téléphone, par exemple +1 555 010 9999.",
            "Risponda con un numero di telefono, per esempio +1 555 010 9999.",
            "Antwoord met een telefoonnummer, zoals +1 555 010 9999.",
            "Responda com um número de telefone, por exemplo +1 555 010 9999.",
        ),
        InputKind.URL: (
            "Please answer with a web address, such as https://example.com.",
            "Bitte antworten Sie mit einer Webadresse, zum Beispiel https://example.com.",
            "Responda con una dirección web, por ejemplo https://example.com.",
            "Veuillez répondre par une adresse web, par exemple https://example.com.",
            "Risponda con un indirizzo web, per esempio https://example.com.",
            "Antwoord met een webadres, zoals https://example.com.",
            "Responda com um endereço da web, por exemplo https://example.com.",
        ),
        InputKind.DATE: (
            "Please answer with a date, such as 2026-12-31.",
            "Bitte antworten Sie mit einem Datum, zum Beispiel 31.12.2026.",
            "Responda con una fecha, por ejemplo 31 de diciembre de 2026.",
            "Veuillez répondre par une date, par exemple 31/12/2026.",
            "Risponda con una data, per esempio 31/12/2026.",
            "Antwoord met een datum, zoals 31-12-2026.",
            "Responda com uma data, por exemplo 31/12/2026.",
        ),
        InputKind.BOOLEAN: (
            "Please answer with yes or no.",
            "Bitte antworten Sie mit ja oder nein.",
            "Responda sí o no, por favor.",
            "Veuillez répondre par oui ou par non.",
            "Risponda sì o no, per favore.",
            "Antwoord met ja of nee.",
            "Responda sim ou não, por favor.",
        ),
        InputKind.CHOICE: (
            "Please choose one of the answers offered.",
            "Bitte wählen Sie eine der angebotenen Antworten.",
            "Elija una de las respuestas ofrecidas, por favor.",
            "Veuillez choisir une des réponses proposées.",
            "Scelga una delle risposte proposte, per favore.",
            "Kies een van de aangeboden antwoorden.",
            "Escolha uma das respostas oferecidas, por favor.",
        ),
        InputKind.MULTIPLE_CHOICE: (
            "Please choose from the answers offered.",
            "Bitte wählen Sie aus den angebotenen Antworten.",
            "Elija entre las respuestas ofrecidas, por favor.",
            "Veuillez choisir parmi les réponses proposées.",
            "Scelga tra le risposte proposte, per favore.",
            "Kies uit de aangeboden antwoorden.",
            "Escolha entre as respostas oferecidas, por favor.",
        ),
        InputKind.TIME: (
            "Please answer with a time of day, such as 14:30.",
            "Bitte antworten Sie mit einer Uhrzeit, zum Beispiel 14:30.",
            "Responda con una hora, por ejemplo 14:30.",
            "Veuillez répondre par une heure, par exemple 14:30.",
            "Risponda con un orario, per esempio 14:30.",
            "Antwoord met een tijdstip, zoals 14:30.",
            "Responda com um horário, por exemplo 14:30.",
        ),
        InputKind.RATING: (
            "Please answer with one of the numbers offered.",
            "Bitte antworten Sie mit einer der angebotenen Zahlen.",
            "Responda con uno de los números ofrecidos, por favor.",
            "Veuillez répondre par un des nombres proposés.",
            "Risponda con uno dei numeri proposti, per favore.",
            "Antwoord met een van de aangeboden getallen.",
            "Responda com um dos números oferecidos, por favor.",
        ),
        InputKind.SLIDER: (
            "Please answer with a number that fits.",
            "Bitte antworten Sie mit einer passenden Zahl.",
            "Responda con un número válido, por favor.",
            "Veuillez répondre par un nombre qui convient.",
            "Risponda con un numero valido, per favore.",
            "Antwoord met een getal dat past.",
            "Responda com um número válido, por favor.",
        ),
        InputKind.FILE: (
            "Please send a file that fits.",
            "Bitte senden Sie eine passende Datei.",
            "Envíe un archivo válido, por favor.",
            "Veuillez envoyer un fichier qui convient.",
            "Invii un file valido, per favore.",
            "Stuur een bestand dat past.",
            "Envie um arquivo válido, por favor.",
        ),
        InputKind.LOCATION: (
            "Please send a location.",
            "Bitte senden Sie einen Standort.",
            "Envíe una ubicación, por favor.",
            "Veuillez envoyer une position.",
            "Invii una posizione, per favore.",
            "Stuur een locatie.",
            "Envie uma localização, por favor.",
        ),
    }
)
"""What is said to an answer that will not do."""

SOME_WRONG: Final = (
    "Some of the answers will not do. Please check them.",
    "Einige Antworten gehen so nicht. Bitte prüfen Sie sie.",
    "Algunas respuestas no sirven. Revíselas, por favor.",
    "Certaines réponses ne conviennent pas. Veuillez les vérifier.",
    "Alcune risposte non vanno bene. Le controlli, per favore.",
    "Sommige antwoorden zijn niet goed. Controleer ze.",
    "Algumas respostas não servem. Verifique-as, por favor.",
)
"""What is said to a form of which some answers will not do."""


NEEDED: Final = (
    "This is needed.",
    "Das wird gebraucht.",
    "Esto es necesario.",
    "Ceci est nécessaire.",
    "Questo è necessario.",
    "Dit is nodig.",
    "Isto é necessário.",
)
"""What is said to a form of an answer that is missing."""


def phrase(phrases: tuple[str, ...], flow: Flow) -> Content:
    """One of the phrases above, in the language of the session.

    Args:
        phrases: the same in all ``LANGUAGES``.
        flow: says in which language it is written, and to which it is translated.
    """
    return in_locales(phrases_by_locale(phrases, flow))


def in_locales(known: Mapping[str, str]) -> Content:
    """One text of those by language, in that of the session; ``""`` is the language of the flow."""
    own = Literal(known[""])
    return translated(own, {one: Literal(text) for one, text in known.items() if one})


def phrases_by_locale(phrases: tuple[str, ...], flow: Flow) -> Mapping[str, str]:
    """One of the phrases above by the languages of a flow; ``""`` is that in which it is written.

    Args:
        phrases: the same in all ``LANGUAGES``.
        flow: says in which language it is written, and to which it is translated.
    """
    known = dict(zip(LANGUAGES, phrases, strict=True))
    own = known.get(_stem(flow.locale), known[_ENGLISH])
    return {
        "": own,
        **{locale: known[_stem(locale)] for locale in flow.locales if _stem(locale) in known},
    }


def _stem(locale: str) -> str:
    """``de`` of ``de-CH``."""
    return locale.replace("_", "-").partition("-")[0].lower()
