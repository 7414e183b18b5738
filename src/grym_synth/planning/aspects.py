"""Which side of a capability a question is about, in a fixed vocabulary: what an answer should dwell on.

Keywords in English, Spanish, German, French, Portuguese, Italian and Swedish, without accents; a keyword that ends
in "*" stands for every word that begins like it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .features import fold, shorten

#: Capability → aspect → keywords.
VOCABULARY: Mapping[str, Mapping[str, str]] = {
    "facts": {
        "format": (
            "format formato codec container encoding encoder encoded lossy lossless file_type filetype mp3_or_wav "
            "dateiformat filformat formaterat kodiert bitrate"
        ),
        "duration": (
            "duration long_is how_long length lenght minutes seconds_long dura duracion lang_ist wie_lang lange "
            "dauer duree combien_de_temps longueur quanto_tempo duracao durata hur_lang langd runtime longest "
            "shortest"
        ),
        "sample_rate": (
            "sample_rate samplerate sampling_rate sampel_rate sampling_frequency khz 44100 48000 "
            "frecuencia_de_muestreo abtastrate frequence_d_echantillonnage taxa_de_amostragem "
            "frequenza_di_campionamento samplingsfrekvens"
        ),
        "bit_depth": (
            "bit_depth bitdepth bits_deep bit 16bit 24bit 32bit bits profundidad_de_bits bittiefe profondeur "
            "profundidade_de_bits profondita bitdjup"
        ),
        "channels": (
            "channel channels mono multichannel canal canales kanal kanale kanaler canaux canais canali "
            "how_many_channels surround"
        ),
        "clipping": (
            "clip clips clipped clipping overs overload* distort* clipea recorte* ubersteuer* sature saturation "
            "satur* distorsion* klipp* klipper"
        ),
        "silence": (
            "silen* silence silent dead_air gap gaps pause pauses dropout* stille ruhe silenzio* tyst tystnad leerlauf"
        ),
        "dc_offset": "dc dc_offset offset bias gleichspannung* desplazamiento decalage",
        "balance": (
            "left right one_channel other_channel both_channels channel_balance stereo_balance left_channel "
            "right_channel links rechts gauche droite "
            "izquierd* derech* esquerd* direit* sinistr* destr* vanster hoger one_side dead_channel"
        ),
        "stereo": (
            "stereo estereo phase correlation mono_compat* width wide polarity collapse phas* breite correlacion "
            "correlazione korrelation bredd faas inverted"
        ),
        "tags": (
            "tag tags metadata id3 artist album title metadaten etiquetas metadatos metadonnees metadados "
            "metadati embedded"
        ),
        "fault": (
            "fault* wrong broken damage* corrupt* defect* problem problems faulty error errors fallo falla kaputt "
            "fehler defaut abime defeito guasto difett* fel trasig sanity qc ok_to_hand"
        ),
    },
    "loudness": {
        "integrated": (
            "lufs integrated loudness how_loud loud sonoridad lautheit wie_laut sonie volume volumen ljudstyrka "
            "r128 replaygain overall average_loudness programme louder loudest quieter quietest louder_than"
        ),
        "short_term": "short_term shortterm kurzzeit korttid loudest_part loudest_passage",
        "momentary": "momentary momentan momentanea loudest_moment",
        "range": "loudness_range lra",
        "true_peak": (
            "true_peak truepeak dbtp intersample inter_sample pico_real spitzenpegel crete_vraie pico_verdadeiro "
            "picco_reale sann_topp* peaks headroom"
        ),
        "dynamics": (
            "dynamic* crest plr compress* squash* limited limiter over_limited brickwall* dynamik* dinamic* "
            "dynamisk* punch*"
        ),
        "over_time": (
            "over_time towards_the_end louder_towards get_louder gets_louder get_quieter gets_quieter "
            "quieter_towards drop drops fade evolve* evolution the_end ending beginning loudest quietest "
            "throughout consistent leiser lauter final_mas plus_fort_a mot_slutet tystare cae baja baisse*"
        ),
        "target": (
            "target spotify youtube streaming apple_music tidal broadcast netflix podcast radio comply compliance "
            "objetivo ziel cible alvo obiettivo mal loud_enough too_quiet too_loud too_hot standard "
            "turn_this_down penalty"
        ),
    },
    "rhythm": {
        "tempo": (
            "tempo bpm fast faster fastest slow slower slowest how_fast speed quick pace beats_per_minute "
            "velocidad rapido schnell geschwindigkeit "
            "vitesse vite rapide andamento rapida veloce velocita snabb hastighet half_time double_time"
        ),
        "beats": (
            "beats beat first_beat beat_times pulse pulses beat_grid grid pulsos pulso schlage puls temps_des "
            "battements batidas "
            "battiti slag slagen"
        ),
        "onsets": (
            "onset onsets transient transients attack attacks hits hit_start each_hit ataques anschlage attaques "
            "attacchi anslag"
        ),
        "downbeats": (
            "downbeat downbeats bar bars measure measures the_one compases takte takt mesures barras "
            "compassos battute takter"
        ),
        "metre": (
            "metre meter time_signature 3/4 4/4 6/8 7/8 5/4 waltz compas taktart mesure compasso metro vals "
            "walzer valse odd_meter"
        ),
        "swing": "swing swung shuffle shuffled swingt swingen groove straight",
        "drift": (
            "drift drifts steady wander* constant speed_up speeds_up slow_down slows_down drag drags rush* stable "
            "click tempo_map timing tight acelera beschleunig* schneller accelere accelera okar change_tempo "
            "changes_tempo"
        ),
    },
    "tonality": {
        "key": (
            "key keys scale mode major minor tonic tonal tonality root dorian tonalidad tono tonart dur moll "
            "tonalite tonalita tom tonalidade escala gamme skala majeur mineur"
        ),
        "camelot": "camelot open_key harmonic_mixing dj_mixing",
        "tuning": (
            "tuning tuned tune 440 432 415 442 443 cents concert_pitch reference_pitch sharp flat a4 afinad* "
            "gestimmt verstimmt stimmung accorde accordee accordat* stamd ostamd intonation pitch_standard"
        ),
        "key_changes": (
            "modulat* modula moduliert key_change key_changes change_key changes_key changes_of_key modulation "
            "cambia_de_tono byter_tonart muda_de_tom"
        ),
    },
    "spectrum": {
        "peaks": (
            "peak peaks partials dominant strongest frequencies frequency frequencia* frecuencia* frequenz* "
            "frequence* frequenze frekvens* whistle whine tone ringing squeal beep harmonics pitido pfeif* "
            "sifflement apito fischio piper"
        ),
        "balance": (
            "balance tonal_balance bass low_end low_mid low_mids mud muddy bright dull harsh treble highs sub "
            "boomy graves bajos basses grave bassi boxy thin brightness brighter brightest dark darker darkest "
            "warm warmer dumpf sibilance air by_band "
            "bands eq"
        ),
        "hum": (
            "hum buzz ground_loop mains cycle zumbido brumm* netzbrumm* brummt ronflement ronzio natbrum brum "
            "electrical_noise"
        ),
        "resonances": (
            "resonan* reson* ring rings ringing notch feedback risuon* ressoam resuenan resonnent resonerar"
        ),
        "descriptors": (
            "bright brighter brightest dark darker darkest dull centroid "
            "rolloff roll_off flatness bandwidth slope tilt descriptor* brightness noise_like spread"
        ),
        "spectrogram": (
            "spectrogram spektrogramm spectrogramme espectrograma spettrogramma spektrogram sonogram waterfall "
            "frequency_content_over_time"
        ),
        "fft": "fft n_fft dft window_size points bins magnitude_spectrum",
    },
}


def read_aspects(question: str) -> tuple[str, ...]:
    """Aspects whose keywords stand in the question, as "capability.aspect", in the order in which they come up."""
    text = " ".join(re.findall(r"[a-z0-9/]+", fold(shorten(question))))
    found = ((match.start(), name) for name, pattern in _PATTERNS.items() if (match := pattern.search(text)))
    return tuple(name for _, name in sorted(found, key=lambda each: each[0]))


def _pattern(keywords: str) -> re.Pattern[str]:
    words = dict.fromkeys(keywords.split())
    parts = [
        re.escape(word.rstrip("*")).replace("_", " ") + ("[a-z0-9]*" if word.endswith("*") else "") for word in words
    ]
    return re.compile(rf"(?<![a-z0-9/])(?:{'|'.join(parts)})(?![a-z0-9/])")


_PATTERNS = {
    f"{capability}.{aspect}": _pattern(keywords)
    for capability, aspects in VOCABULARY.items()
    for aspect, keywords in aspects.items()
}

#: Every aspect, and every capability that has some, in the order in which the router weighs them.
ASPECTS: tuple[str, ...] = (*VOCABULARY, *_PATTERNS)
_PLACES = {name: place for place, name in enumerate(ASPECTS)}


def aspect_places(question: str) -> list[int]:
    """Places in ASPECTS of what the question names: each aspect, and once the capability it belongs to."""
    named = read_aspects(question)
    return [_PLACES[name] for name in {*named, *(name.partition(".")[0] for name in named)}]
