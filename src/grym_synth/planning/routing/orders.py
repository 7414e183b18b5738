"""Orders to the hub that are no question: to forget its rules, to tell secrets, to destroy, to run commands.

Nothing in this program would obey them; they are told apart by rule, so that no likeness and no correction can turn
one into work. What is plainly asked for ("pause the jobs", "delete the label boom") is no such order.
"""

from __future__ import annotations

from ...regex import lazily
from .features import fold, name_plainly, shorten

_FORGET = (
    "ignore|disregard|forget|override|bypass|skip|drop|break|olvida|ignora|esquece|dimentica|ignoriere|vergiss|missachte|"
    "oublie|strunta i|glom|bortse fran"
)
_RULES = (
    "instructions|rules|guidelines|restrictions|safety|safeguards|consent|instrucciones|reglas|normas|instrucoes|regras|"
    "istruzioni|regole|anweisungen|regeln|vorgaben|consignes|regles|instruktioner|regler|reglerna"
)
_SECRETS = (
    r"(?:system|hidden|secret|initial) ?(?:-|\s)?(?:prompt|instructions)|prompt (?:de |del |di )?(?:sistema|systeme)|"
    r"prompt systeme|systemprompt|api[ -]?keys?|passwords?|(?:owner |access |secret |the |your )tokens?|credentials|"
    r"(?:secret|private) keys?|environment variables"
)
_WHOLE = (
    "all|every|everything|whole|entire|my|the|todo|todos|todas|tout|tous|toute|toutes|tutto|tutti|tudo|alle|alles|alla|"
    "allt|el|la|le|il|o|os|mis|mes|miei|meus|mina|die|das|meine"
)
_GOODS = (
    "files|library|recordings|disk|drive|hard drive|computer|machine|database|home folder|home directory|collection|"
    "archivos|disco|biblioteca|fichiers|disque|bibliotheque|file|dischi|libreria|arquivos|dateien|festplatte|bibliothek|"
    "filer|filerna|disken|biblioteket"
)
_DESTROY = (
    "delete|erase|wipe|destroy|shred|format|encrypt|overwrite|borra|elimina|efface|supprime|apaga|cancella|losch|losche|"
    "vernichte|radera|formatera|formatiere|ta bort"
)
_ORDERS = lazily(
    "|".join(
        (
            rf"\b(?:{_FORGET})\b(?: \w+){{0,4}} (?:{_RULES})\b",
            rf"\b(?:{_FORGET}) (?:everything|all|anything) (?:above|before|i said|previous)\b",
            rf"\b(?:{_SECRETS})\b",
            rf"\b(?:{_DESTROY})\b(?: (?:{_WHOLE}|of|on|this|your|right))* (?:{_GOODS})\b",
            rf"\b(?:{_DESTROY}) (?:it )?(?:everything|alles|todo|tout|tutto|tudo|allt)"
            r"(?: (?:now|right now|please|at once|nu|jetzt|ahora|maintenant|agora|adesso|ora))?"
            r"(?=$|[.!?,;]| on (?:this|my|the) )",
            r"\b(?:developer|god|dan|unrestricted) mode\b|\bjailbreak\b|"
            r"\byou (?:are|have) (?:now |no )(?:root|restrictions|dan)\b",
        )
    )
)
#: What no question about music holds, wherever it stands.
_COMMANDS = lazily(
    r"\brm -[rf]+\b|\bsudo\b|\bdrop (?:all )?tables?\b|\bcurl\b.*\|\s*(?:ba)?sh\b|/etc/(?:passwd|shadow)|"
    r"os\.system|<script\b|\$\(\w+|\bformat c\b"
)


def is_order(question: str) -> bool:
    """Whether a question orders the hub about; what is quoted, or a file's name, orders nothing."""
    return bool(_ORDERS.search(fold(name_plainly(question))) or _COMMANDS.search(fold(shorten(question))))
