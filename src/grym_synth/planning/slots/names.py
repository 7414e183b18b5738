"""What a question calls by name: addresses, files and folders, labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from ...messages import Json
from ...regex import lazily

URL = lazily(r"(?:(?:https?|feed)://|\bwww\.)[^\s<>\"'\])]+", re.IGNORECASE)
_SUFFIX = r"\.(?:wav|flac|mp3|ogg|aiff?|m4a|aac|opus|grym|pdf|md|txt|html?|docx?|epub|midi?|csv)"
_QUOTED = lazily(r"[\"“„«]\s?([^\"“”„«»]{1,80}?)\s?[\"”“»]|(?<!\w)['‘‚]([^'‘’‚]{1,80})['’‘](?!\w)")
_PATH = lazily(
    rf"(?<![\w/])(?:(?:~|\.{{1,2}}|[A-Za-z]:)?[/\\][\w.~][\w./\\~-]*|\w[\w./-]*/(?=[\s,;?!]|$)|[\w./-]*\w{_SUFFIX}\b)",
    re.IGNORECASE,
)
_FOLDER_WORD = (
    "folder|directory|ordner|verzeichnis|carpeta|directorio|dossier|répertoire|pasta|diretório|cartella|mappen?|"
    "katalogen"
)
_CALLED = "called|named|namens|llamada|nommé|appelé|chamada|chiamata|som heter"
_FOLDER = lazily(rf"\b(?:{_FOLDER_WORD})\s+(?:(?:{_CALLED})\s+)?([\w./-]+)", re.IGNORECASE)
_FOLDER_BEFORE = lazily(r"\b(?:my|the|our|in)\s+([\w./-]+)\s+(?:folder|directory)\b", re.IGNORECASE)
_NO_NAME = frozenset(
    "of with and or is are in to for from on at my the this that these those whole same other first last new next any "
    "each every entire current please now it which where von mit und ist sind aus zu für bitte de con y es está para "
    "desde del que por avec et est pour du des s'il com e é do da è di per che med och är av för som till".split()
)

_LABEL_VERB = lazily(
    r"\b(?:label|tag|call|name|mark|file|etikettiere|nenn|nenne|markiere|bezeichne|beschrifte|ll[aá]mal[oae]s?|llama|"
    r"etiqu[eé]tal[oae]s?|etiqueta|marca|appelle|nomme|étiquette|chama|rotula|chiamal[oae]|chiama|etichettal[oae]|etichetta|"
    r"kalla|märk|etikettera|remember|save|store|merk|recuerda|guarda|retiens|lembra|ricorda|kom ihåg|"
    r"labell?ed|tagged|getaggt|etiquetad[oa]s?|étiquetée?s?|rotulad[oa]s?|etichettat[oaie]|märkta?|labels?|tags?|etikett|"
    r"etichetta|rótulo)\b",
    re.IGNORECASE,
)
_THIS = (
    r"(?:this|it|that|them|these|those|all(?: of)?(?: these| them)?|both|das|dies(?:en?)?|es|sie|alle|esto|estos|ceci|"
    r"ça|cela|isso|isto|questo|det(?: här)?|den)(?:\s(?:one|sound|file|clip|sample|klang|ljudet))?"
)
_LABELLING = lazily(
    rf"\b(?:(?:label|tag|mark|file|märk|etikettiere|markiere|étiquette|etichetta|etiqueta|marca|rotula)\s+{_THIS}\s+"
    rf"(?:as|with|under|als|mit|como|comme|come|som|med)|(?:call|name|nenn|nenne|appelle|chama|kalla)\s+{_THIS}(?:\s+de)?|"
    r"(?:ll[aá]mal[oae]s?|chiamal[oae])|(?:label|tag|märk|etikettiere|markiere)\s+as)\s+(?:an?\s+|my\s+)?"
    r"([^\W\d_][\w-]*(?:\s[^\W\d_][\w-]*){0,2}?)(?=\s*(?:$|[,.;!?]|\s(?:and|please|und|bitte|y|et|e|och|tack)\b))",
    re.IGNORECASE,
)
_LABELLED = lazily(
    r"\b(?:labell?ed|tagged|with (?:the|my) (?:label|tag)|getaggt als|mit dem etikett|etiquetad[oa]s? como|"
    r"étiquetée?s?|rotulad[oa]s? como|etichettat[oaie] come|märkta?)\s+(?:as\s+)?([^\W\d_][\w-]*)",
    re.IGNORECASE,
)
_VAGUE = frozenset("what that which so something anything as this it sound sounds one file clip sample".split())


def read_names(text: str, paths: Sequence[str], slots: dict[str, Json]) -> None:
    """Put `files`, `paths`, `folders` and `labels` into the slots; `files` are given ones that the question names."""
    files = [path for path in paths if _is_named(path, text)]
    quoted = [(match.group(1) or match.group(2)).strip() for match in _QUOTED.finditer(text)]
    written = [name for name in quoted if re.fullmatch(rf".*{_SUFFIX}", name, re.IGNORECASE)]
    plain = _QUOTED.sub(lambda match: " " if any(name in match.group() for name in written) else match.group(), text)
    written += [match.group().rstrip(".,;:!?") for match in _PATH.finditer(_QUOTED.sub(" ", plain))]
    folders = _read_folders(text, written)
    labels = (
        [name for name in quoted if name not in written and name not in folders] if _LABEL_VERB.search(text) else []
    )
    for pattern in (_LABELLING, _LABELLED):
        labels += [match.group(1).strip() for match in pattern.finditer(_QUOTED.sub(" ", text))]
    labels = [name for name in labels if name.casefold() not in _VAGUE]
    for key, found in (("files", files), ("paths", written), ("folders", folders), ("labels", labels)):
        if found:
            slots[key] = list(dict.fromkeys(found))


def _read_folders(text: str, written: Sequence[str]) -> list[str]:
    """Names of folders, without those that are written as paths."""
    found = []
    for match in re.finditer(
        rf"\b(?:{_FOLDER_WORD})\s+(?:(?:{_CALLED})\s+)?(?:{_QUOTED.pattern})", text, re.IGNORECASE
    ):
        found.append(match.group(1) or match.group(2))
    for pattern in (_FOLDER, _FOLDER_BEFORE):
        found += [match.group(1).rstrip(".,;:!?") for match in pattern.finditer(text)]
    return [name for name in found if name and name.casefold() not in _NO_NAME and name not in written]


def _is_named(path: str, text: str) -> bool:
    name = PurePath(path).name
    return bool(name) and name.lower() in text.lower()
