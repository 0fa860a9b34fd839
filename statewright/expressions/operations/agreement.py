"""Yes and no, in the languages of ``YES`` and ``NO``, whichever is spoken."""

from __future__ import annotations

import re
from typing import Any, Final

from statewright.expressions.operations.utterances import bare, word_of
from statewright.expressions.values import NOTHING, Maybe, kind

YES: Final = frozenset(
    (
        *("yes", "y", "yeah", "yep", "yup", "yea", "sure", "ok", "okay", "true", "1"),
        *("yes please", "yes thanks", "yes thank you", "of course", "please do", "absolutely"),
        *("ja", "j", "jawohl", "jo", "jep", "klar", "gerne", "naturlich", "na klar", "ja klar"),
        *("ja bitte", "ja gerne", "ja danke", "auf jeden fall"),
        *("jazeker", "ja graag", "graag", "natuurlijk"),
        *("oui", "ouais", "d'accord", "oui merci", "oui volontiers", "volontiers", "bien sur"),
        *("oui s'il vous plait", "oui s'il te plait"),
        *("si", "s", "claro", "claro que si", "vale", "por supuesto", "si por favor", "si gracias"),
        *("si claro", "claro si", "si vale"),
        *("sim", "isso", "com certeza", "sim por favor", "sim obrigado", "sim obrigada"),
        *("certo", "va bene", "si grazie", "si certo", "certamente", "volentieri"),
        *("👍", "👌", "✅", "✔", "☑", "🆗"),
    )
)
"""What means yes, folded: in English, German and Dutch, French and Spanish, Portuguese, Italian."""

NO: Final = frozenset(
    (
        *("no", "n", "nope", "nah", "false", "0"),
        *("no thanks", "no thank you", "no way", "not now", "rather not", "never"),
        *("nein", "ne", "no danke", "nein danke", "ne danke", "lieber nicht", "auf keinen fall"),
        *("nee", "neen", "nee dank je", "nee dank u", "nee bedankt", "liever niet"),
        *("non", "non merci", "pas du tout", "pas maintenant"),
        *("no gracias", "para nada", "nao", "nao obrigado", "nao obrigada", "no grazie"),
        *("👎", "❌", "✖", "🚫", "⛔"),
    )
)
"""What means no in the same languages."""

_APART: Final = re.compile(r"[\s,.!;…]+")


def understood_boolean(answer: Any) -> Maybe:
    """Whether somebody agrees: a boolean, or words or a sign for it."""
    if kind(answer) is bool:
        return Maybe(True, answer)
    if kind(answer) is not str:
        return NOTHING
    said = bare(word_of(answer)).replace("’", "'")
    for one in (said, _APART.sub(" ", said)):
        if one in YES:
            return Maybe(True, True)
        if one in NO:
            return Maybe(True, False)
    return NOTHING
