"""The words that questions about a library are made of, folded, in English, German, Spanish, French, Portuguese,
Italian and Swedish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_DRUMS = ("kick", "snare", "rim", "clap", "hat_closed", "hat_open", "tom", "cymbal", "cowbell", "shaker", "conga")

#: Words for classes of sounds, singular; a plural in s, es, n, en or e is read as well.
CLASSES: Mapping[str, tuple[str, ...]] = {
    "kick": ("kick",), "kick drum": ("kick",), "bass drum": ("kick",), "bassdrum": ("kick",), "bd": ("kick",),
    "grosse caisse": ("kick",), "grosses caisses": ("kick",), "bombo": ("kick",), "cassa": ("kick",), "bumbo": ("kick",), "bastrumma": ("kick",),
    "bastrummor": ("kick",), "grosse trommel": ("kick",),
    "snare": ("snare",), "snare drum": ("snare",), "sd": ("snare",), "caisse claire": ("snare",), "caisses claires": ("snare",), "caja": ("snare",),
    "rullante": ("snare",), "caixa": ("snare",), "virveltrumma": ("snare",), "virveltrummor": ("snare",),
    "kleine trommel": ("snare",),
    "rim": ("rim",), "rimshot": ("rim",), "rim shot": ("rim",), "sidestick": ("rim",), "side stick": ("rim",),
    "clap": ("clap",), "handclap": ("clap",), "hand clap": ("clap",), "palma": ("clap",), "klatscher": ("clap",),
    "handklapp": ("clap",),
    "hat": ("hat_closed", "hat_open"), "hi-hat": ("hat_closed", "hat_open"), "hihat": ("hat_closed", "hat_open"),
    "hi hat": ("hat_closed", "hat_open"), "hh": ("hat_closed", "hat_open"), "charleston": ("hat_closed", "hat_open"),
    "closed hat": ("hat_closed",), "closed hi-hat": ("hat_closed",), "closed hihat": ("hat_closed",),
    "closed hi hat": ("hat_closed",), "geschlossene hihat": ("hat_closed",),
    "open hat": ("hat_open",), "open hi-hat": ("hat_open",), "open hihat": ("hat_open",), "open hi hat": ("hat_open",),
    "offene hihat": ("hat_open",),
    "tom": ("tom",), "tom-tom": ("tom",), "tom tom": ("tom",), "timbal": ("tom",),
    "cymbal": ("cymbal",), "crash": ("cymbal",), "ride": ("cymbal",), "becken": ("cymbal",), "platillo": ("cymbal",),
    "cymbale": ("cymbal",), "piatto": ("cymbal",), "piatti": ("cymbal",), "prato": ("cymbal",), "cymbaler": ("cymbal",),
    "cowbell": ("cowbell",), "cow bell": ("cowbell",), "kuhglocke": ("cowbell",), "cencerro": ("cowbell",),
    "shaker": ("shaker",), "maraca": ("shaker",), "tambourine": ("shaker",), "conga": ("conga",), "bongo": ("conga",),
    "drum": _DRUMS, "drum hit": _DRUMS, "drum sound": _DRUMS, "drum sample": _DRUMS, "percussion": _DRUMS,
    "percussion hit": _DRUMS, "trommel": _DRUMS, "percusion": _DRUMS, "tambor": _DRUMS, "batteria": _DRUMS,
    "batterie": _DRUMS, "trumma": _DRUMS, "trummor": _DRUMS,
    "bass note": ("bass",), "bass": ("bass",), "bassline": ("bass",), "basse": ("bass",), "bajo": ("bass",),
    "basso": ("bass",), "baixo": ("bass",), "bas": ("bass",),
    "pad": ("pad",), "flache": ("pad",), "lead": ("lead",), "lead synth": ("lead",),
    "keys sound": ("keys",), "fx": ("fx",), "sfx": ("fx",), "sound effect": ("fx",), "effekt": ("fx",),
    "efecto": ("fx",), "effet": ("fx",), "effetto": ("fx",), "effetti": ("fx",), "efeito": ("fx",),
}  # fmt: skip

#: Words that also say what a whole piece has in it: the class, or a tag that means the same.
SOUNDS: Mapping[str, tuple[str, ...]] = {
    "vocal": ("vocal", "vocals", "voice", "singing", "female vocal", "male vocal", "female voice", "male voice"),
    "guitar": ("guitar",), "piano": ("piano",), "strings": ("strings",), "synth": ("synth",), "brass": ("brass",),
    "violin": ("violin",), "flute": ("flute",), "cello": ("cello",), "choir": ("choir", "choral"), "drums": ("drums", *_DRUMS),
}  # fmt: skip

#: Other words for the names above.
SAME_SOUND: Mapping[str, str] = {
    "vocals": "vocal", "voice": "vocal", "voices": "vocal", "singing": "vocal", "singer": "vocal", "vox": "vocal",
    "gesang": "vocal", "stimme": "vocal", "stimmen": "vocal", "voz": "vocal", "voces": "vocal", "voix": "vocal",
    "chant": "vocal", "voce": "vocal", "voci": "vocal", "vozes": "vocal", "sang": "vocal", "sång": "vocal",
    "vocales": "vocal",
    "guitars": "guitar", "gitarre": "guitar", "gitarren": "guitar", "guitarra": "guitar", "guitarras": "guitar",
    "guitare": "guitar", "guitares": "guitar", "chitarra": "guitar", "chitarre": "guitar", "gitarr": "guitar",
    "pianos": "piano", "klavier": "piano", "pianoforte": "piano", "string": "strings", "streicher": "strings",
    "cuerdas": "strings", "cordes": "strings", "archi": "strings", "cordas": "strings", "strakar": "strings",
    "synths": "synth", "synthesizer": "synth", "sintetizador": "synth", "synthe": "synth", "brasses": "brass",
    "blaser": "brass", "horns": "brass", "geige": "violin", "violine": "violin", "violin": "violin",
    "flote": "flute", "chor": "choir", "coro": "choir", "choeur": "choir", "schlagzeug": "drums", "bateria": "drums",
}  # fmt: skip

#: Words for the shape of a recording.
SHAPES: Mapping[str, str] = {
    "loop": "loop", "bucle": "loop", "boucle": "loop", "schleife": "loop", "loopar": "loop",
    "one-shot": "one-shot", "one shot": "one-shot", "oneshot": "one-shot", "single hit": "one-shot",
    "einzelschlag": "one-shot", "song": "song", "full track": "song", "lied": "song", "lieder": "song",
    "cancion": "song", "canciones": "song", "chanson": "song", "canzone": "song", "canzoni": "song",
    "lat": "song", "latar": "song",
}  # fmt: skip

#: The English adjective that a stem means; up to three letters may follow.
ADJECTIVES: Mapping[str, str] = {
    "dunkl": "dark", "dunkel": "dark", "dunkelst": "dark", "oscur": "dark", "escur": "dark", "sombre": "dark",
    "scur": "dark", "cup": "dark", "mork": "dark", "hell": "bright", "helle": "bright", "heller": "bright", "brillant": "bright", "brilhant": "bright",
    "ljus": "bright", "warm": "warm", "calid": "warm", "chaud": "warm", "cald": "warm", "quent": "warm",
    "varm": "warm", "chaleureu": "warm", "harsch": "harsh", "asper": "harsh", "aspr": "harsh", "dur": "harsh",
    "laut": "loud", "fuert": "loud", "fort": "loud", "hogljudd": "loud", "leis": "quiet",
    "silencios": "quiet", "silencieu": "quiet", "tyst": "quiet", "tranquil": "calm", "ruhig": "calm", "lugn": "calm",
    "schnell": "fast", "rapid": "fast", "veloc": "fast", "snabb": "fast", "langsam": "slow", "lent": "slow",
    "langsamt": "slow", "kurz": "short", "cort": "short", "court": "short", "curt": "short", "kort": "short",
    "lang": "long", "larga": "long", "largo": "long", "long": "long", "lung": "long", "dicht": "dense", "dens": "dense", "tat": "dense",
    "breit": "wide", "ampl": "wide", "bred": "wide", "schmal": "narrow", "estrech": "narrow", "etroit": "narrow",
    "strett": "narrow", "estreit": "narrow", "smal": "narrow", "rauschig": "noisy", "ruidos": "noisy",
    "bruyant": "noisy", "rumoros": "noisy", "brusig": "noisy", "trocken": "dry", "sec": "dry", "secc": "dry",
    "asciutt": "dry", "torr": "dry", "tief": "deep", "profund": "deep", "profond": "deep", "djup": "deep",
    "dunn": "thin", "delgad": "thin", "sottil": "thin", "tunn": "thin", "weich": "soft",
    "suav": "soft", "doux": "soft", "douce": "soft", "douces": "soft", "morbid": "soft", "mjuk": "soft", "druckvoll": "punchy", "leuchtend": "bright",
    "lumineu": "bright", "luminos": "bright",
}  # fmt: skip

#: Superlatives and what they sort by: the figure, and whether its largest comes first.
SUPERLATIVES: Mapping[str, tuple[str, bool]] = {
    "longest": ("duration_s", True), "shortest": ("duration_s", False), "fastest": ("tempo_bpm", True),
    "slowest": ("tempo_bpm", False), "loudest": ("integrated_lufs", True), "quietest": ("integrated_lufs", False),
    "softest": ("integrated_lufs", False), "newest": ("changed", True), "latest": ("changed", True),
    "most recent": ("changed", True), "recent": ("changed", True), "new": ("changed", True), "last": ("changed", True), "oldest": ("changed", False), "brightest": ("centroid_hz", True),
    "darkest": ("centroid_hz", False), "widest": ("correlation", False), "narrowest": ("correlation", True),
    "busiest": ("onsets_per_s", True), "densest": ("onsets_per_s", True), "sparsest": ("onsets_per_s", False),
    "noisiest": ("harmonicity", False), "punchiest": ("punch_db", True), "warmest": ("warmth_db", True),
    "harshest": ("harshness_db", True), "deepest": ("band_sub_db", True), "boomiest": ("band_bass_db", True),
    "thinnest": ("body_db", False), "most dynamic": ("range_lu", True), "least dynamic": ("range_lu", False),
    "driest": ("decay_s", False), "biggest": ("size_mb", True), "largest": ("size_mb", True),
    "smallest": ("size_mb", False), "groste": ("size_mb", True), "grosten": ("size_mb", True),
    "kleinste": ("size_mb", False), "kleinsten": ("size_mb", False),
    "langste": ("duration_s", True), "langsten": ("duration_s", True), "kurzeste": ("duration_s", False),
    "kurzesten": ("duration_s", False), "lauteste": ("integrated_lufs", True), "lautesten": ("integrated_lufs", True),
    "leiseste": ("integrated_lufs", False), "leisesten": ("integrated_lufs", False),
    "schnellste": ("tempo_bpm", True), "schnellsten": ("tempo_bpm", True), "langsamste": ("tempo_bpm", False),
    "langsamsten": ("tempo_bpm", False), "dunkelste": ("centroid_hz", False), "dunkelsten": ("centroid_hz", False),
    "hellste": ("centroid_hz", True), "hellsten": ("centroid_hz", True), "neueste": ("changed", True),
    "neuesten": ("changed", True), "alteste": ("changed", False), "altesten": ("changed", False),
    "mas largo": ("duration_s", True), "mas larga": ("duration_s", True), "mas largos": ("duration_s", True),
    "mas corto": ("duration_s", False), "mas cortos": ("duration_s", False), "mas rapido": ("tempo_bpm", True),
    "mas rapidos": ("tempo_bpm", True), "mas lento": ("tempo_bpm", False), "mas fuertes": ("integrated_lufs", True),
    "plus long": ("duration_s", True), "plus longs": ("duration_s", True), "plus longue": ("duration_s", True),
    "plus longues": ("duration_s", True), "plus court": ("duration_s", False), "plus courts": ("duration_s", False),
    "plus rapide": ("tempo_bpm", True), "plus rapides": ("tempo_bpm", True), "plus fort": ("integrated_lufs", True),
    "plus forts": ("integrated_lufs", True), "plus lent": ("tempo_bpm", False), "plus lents": ("tempo_bpm", False),
    "piu lungo": ("duration_s", True), "piu lunghi": ("duration_s", True), "piu lunghe": ("duration_s", True),
    "piu corto": ("duration_s", False), "piu corti": ("duration_s", False), "piu veloce": ("tempo_bpm", True),
    "piu veloci": ("tempo_bpm", True), "piu lento": ("tempo_bpm", False), "piu forte": ("integrated_lufs", True),
    "piu forti": ("integrated_lufs", True), "mais longo": ("duration_s", True), "mais longos": ("duration_s", True),
    "mais longas": ("duration_s", True), "mais curto": ("duration_s", False), "mais rapido": ("tempo_bpm", True),
    "mais rapidos": ("tempo_bpm", True), "mais lento": ("tempo_bpm", False), "langsta": ("duration_s", True),
    "kortaste": ("duration_s", False), "snabbaste": ("tempo_bpm", True), "langsammaste": ("tempo_bpm", False),
    "hogsta": ("integrated_lufs", True), "tystaste": ("integrated_lufs", False), "nyaste": ("changed", True),
}  # fmt: skip

#: What figures are called in questions.
FIGURES: Mapping[str, str] = {
    "tempo": "tempo_bpm", "tempos": "tempo_bpm", "tempi": "tempo_bpm", "bpm": "tempo_bpm", "bpms": "tempo_bpm",
    "speed": "tempo_bpm", "geschwindigkeit": "tempo_bpm", "vitesse": "tempo_bpm", "velocidad": "tempo_bpm",
    "length": "duration_s", "lengths": "duration_s", "duration": "duration_s", "durations": "duration_s",
    "lange": "duration_s", "dauer": "duration_s", "duracion": "duration_s", "duree": "duration_s",
    "durata": "duration_s", "duracao": "duration_s", "langd": "duration_s",
    "loudness": "integrated_lufs", "lufs": "integrated_lufs", "lautheit": "integrated_lufs",
    "lautstarke": "integrated_lufs", "volume": "integrated_lufs", "sonoridad": "integrated_lufs",
    "volym": "integrated_lufs", "true peak": "true_peak_dbtp", "true peaks": "true_peak_dbtp",
    "loudness range": "range_lu", "dynamic range": "range_lu", "brightness": "centroid_hz", "centroid": "centroid_hz",
    "spectral centroid": "centroid_hz", "crest": "crest_db", "crest factor": "crest_db", "swing": "swing",
    "tuning": "tuning_cents", "width": "correlation", "file size": "size_mb", "file sizes": "size_mb", "size": "size_mb",
    "sizes": "size_mb",
}  # fmt: skip

#: What words of a recording are called.
WORDS: Mapping[str, str] = {
    "key": "key", "keys": "key", "tonart": "key", "tonarten": "key", "tonalidad": "key", "tonalidades": "key",
    "tonalite": "key", "tonalites": "key", "tonalita": "key", "tonalidade": "key", "tonart er": "key",
    "class": "class", "classes": "class", "kinds of sounds": "class", "kind of sounds": "class", "kinds": "class",
    "sorts of sounds": "class", "sounds do i have": "class", "format": "codec", "formats": "codec", "codecs": "codec",
    "formaten": "codec", "genre": "genre", "genres": "genre", "artist": "artist", "artists": "artist",
    "metres": "metre", "time signatures": "metre", "sample rates": "sample_rate_hz", "bit depths": "bit_depth",
    "folders": "folder", "directories": "folder", "carpetas": "folder", "dossiers": "folder", "cartelle": "folder",
    "pastas": "folder", "mappar": "folder",
}  # fmt: skip

#: Moods, which are measured of nothing, and what is nearest to each that is.
MOODS: Mapping[str, str] = {
    **dict.fromkeys(("sad", "melancholic", "melancholy", "gloomy", "traurig", "triste"), "slow ones in a minor key"),
    **dict.fromkeys(("happy", "cheerful", "joyful", "uplifting", "frohlich", "alegre"), "fast ones in a major key"),
    **dict.fromkeys(("chill", "chilled", "chillout", "relaxed", "relaxing", "entspannt"), "calm slow ones"),
    **dict.fromkeys(("clean", "pure", "sauber", "limpio"), "tonal ones, not clipped"),
    **dict.fromkeys(("dirty", "gritty", "distorted", "crunchy", "verzerrt"), "harsh compressed ones"),
    **dict.fromkeys(("aggressive", "angry", "aggressiv"), "loud harsh ones"),
    **dict.fromkeys(("energetic", "driving"), "fast busy ones"),
    **dict.fromkeys(("dreamy", "ethereal", "peaceful"), "soft airy ones"),
    **dict.fromkeys(("scary", "creepy", "spooky", "eerie", "ominous"), "dark atonal ones"),
    **dict.fromkeys(("groovy", "funky"), "swung ones"),
}  # fmt: skip

FORMATS: Mapping[str, str] = {
    "wav": "wav", "wave": "wav", "wavs": "wav", "flac": "flac", "flacs": "flac", "mp3": "mp3", "mp3s": "mp3",
    "ogg": "ogg", "vorbis": "ogg", "aiff": "aiff", "aif": "aiff", "m4a": "m4a", "aac": "m4a", "opus": "opus",
    "alac": "m4a",
}  # fmt: skip
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "wav": ("wav", "wave"), "flac": ("flac",), "mp3": ("mp3",), "ogg": ("ogg", "oga"), "aiff": ("aif", "aiff", "aifc"),
    "m4a": ("m4a", "aac", "mp4"), "opus": ("opus",),
}  # fmt: skip

NUMBERS: Mapping[str, float] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "half a": 0.5, "a hundred": 100,
    "eine": 1, "einer": 1, "einen": 1, "ein": 1, "zwei": 2, "drei": 3, "vier": 4, "funf": 5, "sechs": 6, "zehn": 10,
    "un": 1, "una": 1, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "diez": 10, "une": 1, "deux": 2,
    "trois": 3, "quatre": 4, "cinq": 5, "dix": 10, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "dieci": 10,
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "quatro": 4, "dez": 10, "en": 1, "ett": 1, "tva": 2, "fyra": 4, "fem": 5,
    "tio": 10, "couple of": 2,
}  # fmt: skip

#: What turns the next condition around.
NOT = (
    "not", "no", "without", "except", "excluding", "but not", "isn't", "aren't", "non", "other than", "apart from",
    "nicht", "kein", "keine", "keinen", "ohne", "ausser", "sin", "excepto", "pas", "pas de", "sans", "sauf", "senza",
    "tranne", "sem", "exceto", "nao", "utan", "inte", "inga", "ej", "minus", "don't have", "do not have",
)  # fmt: skip
OR = ("or", "oder", "o", "ou", "oppure", "eller", "nor", "and/or", "noch")
VERY = (
    "very", "really", "extremely", "super", "ultra", "most", "sehr", "extrem", "ganz", "muy", "tres", "molto", "muito",
    "mycket", "valdigt", "vraiment",
)  # fmt: skip
SLIGHTLY = (
    "slightly", "a bit", "a little", "somewhat", "rather", "fairly", "leicht", "etwas", "ein bisschen", "un poco",
    "un peu", "legerement", "un po'", "leggermente", "um pouco", "lite", "nagot", "quite",
)  # fmt: skip

#: Words that ask, join or point, and select nothing by themselves.
FILLERS = frozenset(
    """
    i me my mine we us our you your it its they them their this that these those there here what which who whose where
    how is are was were be been do does did have has had having got get can could would will shall should may might
    want need like looking look find search show list give tell pick choose play see please some any all every each
    of in on at to for from by with into and then also too just only both a an the one ones thing things stuff file
    files recording recordings sound sounds sample samples audio track tracks item items piece pieces library
    collection folder folders something anything everything as so than but recording's out up me hi hey ok okay about
    add artist different go goes sort kind kinds sorts type types named called name word words tagged labelled labeled label labels tag
    tags key keys tempo bpm sounding sounds were well really good nice sorted ordered order first more less length
    long-ish hits hit instrument instruments music musical songs' whose been made added recorded changed seconds second hours hour minutes minute class classes
    alle alles ich mir mich mein meine meinen meiner meinem wir uns du dir ihr es sie er das die der den dem des ein
    eine einen einem einer und mit von aus im in am an auf bei fur zu zum zur ist sind hat haben habe gibt zeig zeige
    finde such suche bitte welche welcher welches was wie wo viele viel nur auch aufnahmen aufnahme dateien datei
    ordner klange klang sounds stucke stuck tonart tempo schlage pro
    yo mi mis me mio tengo tiene tienen hay que cual cuales como donde el la los las un una unos unas de del en con y e
    a al por para muestra muestrame busca buscar encuentra encontrar quiero dame todos todas archivo archivos
    grabacion grabaciones sonido sonidos carpeta pista pistas son es
    je j'ai ai mon ma mes le la les l un une des du de d en dans avec et a au aux pour par sur quel quelle quels
    quelles qui que quoi ou combien est sont il y trouve trouver cherche chercher montre montrer donne moi tous toutes
    fichier fichiers enregistrement enregistrements sons son dossier morceau morceaux
    io mio mia miei mie ho ha hanno c'e ci sono il lo la i gli le un uno una di del della dei delle da in nel nella con
    e ed a al alla per su che quale quali come dove trova trovare cerca cercare mostra mostrami dammi tutti tutte file
    registrazione registrazioni suono suoni cartella brano brani
    eu meu minha meus minhas tenho tem ha o a os as um uma de do da dos das em no na nos nas com e por para que qual
    quais como onde encontra encontrar procura procurar mostra mostre todos todas arquivo arquivos gravacao gravacoes
    som sons pasta faixa faixas
    jag mig min mina mitt vi har finns det den de en ett och med av fran i pa till for som vilka vilken vilket vad hur
    var hitta sok visa ge alla filer fil inspelningar inspelning ljud mapp mappen spar ar
    """.split()
)


#: Words that ask for all there is, where nothing else is asked for.
EVERYTHING = frozenset(
    "all everything anything alle alles todo todos todas tout tous toutes tutto tutti tutte tudo allt alla have".split()
)


def words_with_plurals(names: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each name with its usual plurals, as (what is written, the name)."""
    for name in names:
        yield name, name
        if not name.endswith("s"):
            for ending in ("s", "es", "n", "en", "e"):
                if f"{name}{ending}" not in names:
                    yield f"{name}{ending}", name
        else:
            yield f"{name}es", name
