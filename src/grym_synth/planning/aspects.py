"""Which side of a capability a question is about, in a fixed vocabulary: what an answer should dwell on.

Keywords in English, Spanish, German, French, Portuguese, Italian and Swedish, without accents; a keyword that ends
in "*" stands for every word that begins like it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..regex import lazily
from .routing.features import fold, name_plainly

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
            "compassos battute takter die_eins el_uno l_uno ettan premier_temps primer_tiempo primeiro_tempo "
            "erste_schlag erste_zahlzeit"
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
            "gestimmt verstimmt stimmung accorde accordee accordat* stamd ostamd intonation pitch_standard crescente "
            "calante scordat* desafinad* stonat* ostamt falskt"
        ),
        "key_changes": (
            "modulat* modula moduliert key_change key_changes change_key changes_key changes_of_key modulation "
            "cambia_de_tono cambia_de_tonalidad byter_tonart muda_de_tom module moduler modulerar modulieren "
            "wechselt_die_tonart change_de_ton change_de_tonalite cambia_tonalita"
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
    "chords": {
        "progression": (
            "chord chords progression changes lead_sheet chart grille_d_accords harmony harmonies harmonic voicing "
            "acorde acordes accord* akkord* ackord* harmoni* accordi harmonie turnaround vamp loop_of_chords"
        ),
        "chord_rate": (
            "how_often_do_the_chords chord_changes chord_rhythm harmonic_rhythm chords_change chord_rate "
            "changes_per_minute wie_oft_wechsel* cambian_los_acordes mudam_os_acordes cambiano_gli_accordi "
            "changent_les_accords byter_ackord"
        ),
        "numerals": (
            "roman numeral numerals nashville degrees scale_degree function functional grados stufen degres graus "
            "gradi steg i_iv_v ii_v_i i_v_vi_iv"
        ),
        "chord_count": "how_many_chords different_chords distinct_chords cuantos_acordes wie_viele_akkorde",
        "inversion": "inversion inversions inverted slash_chord umkehrung* inversao inversione renversement omvandning",
        "sevenths": "seventh sevenths dominant_seventh diminished augmented suspended sus jazzy septima septieme",
    },
    "structure": {
        "form": (
            "form structure structured arrangement aaba abab abac aabb abca abaca abcd song_form "
            "binary ternary rondo strophic estructura "
            "struktur aufbau forme structuree estrutura forma struttura lange_form laten_form lats_form"
        ),
        "sections": (
            "section sections segment segments segment* part parts verse verses chorus choruses bridge bridges intro "
            "outro drop drops hook breakdown refrain refrains pre_chorus chapter chapters boundar* boundaries "
            "seccion secciones estribillo estrofa puente parte partes teil teile abschnitt* strophe bruecke brucke "
            "refrao verso ponte couplet pont section_change ritornello strofa sezione sezioni del delar vers "
            "refrang brygga stick"
        ),
        "section_bars": (
            "how_many_bars bars_per_section bars_is_each bars_in bars_long bars_does measures_long cuantos_compases "
            "wie_viele_takte combien_de_mesures quantos_compassos quante_battute hur_manga_takter"
        ),
        "repetition": "repeat repeats repeated repetition repite wiederhol* repete ripet* upprep* recurs same_section",
    },
    "notes": {
        "transcription": (
            "transcribe transcription transcri* midi notes note sheet_music score notate notation notas noten toene "
            "tone tones note_names pitches partition partitura spartito noter toner pianoroll piano_roll tablature tab"
        ),
        "melody": (
            "melody melodic the_tune topline top_line lead_line riff lick solo melodia melodie melodi hummed sung "
            "singing_melody bassline bass_line contour motif"
        ),
        "compass": (
            "lowest_note highest_note lowest highest vocal_range range_of_the_voice compass ambitus tessitura register "
            "tiefste hochste grave aguda mas_grave mas_alta nota_mais nota_piu lagsta hogsta note_range deepest"
        ),
        "pitch": (
            "f0 fundamental pitch pitch_curve pitch_track intonation vibrato sing_in_tune off_key off_pitch tonhohe "
            "hauteur altura altezza tonhojd grundton frequence_fondamentale frecuencia_fundamental"
        ),
        "note_count": "how_many_notes count_the_notes number_of_notes cuantas_notas wie_viele_noten hur_manga_toner",
    },
    "timbre": {
        "sound": (
            "what_kind_of_sound kind_of_sound what_sound what_is_this_sound sound_type classify drum snare kick clap "
            "rim rimshot hat hihat hi_hat tom cymbal cowbell shaker conga one_shot oneshot sample_type noise "
            "caja bombo kleine_trommel grosse_caisse caisse_claire rullante virvel bastrumma sonido klang geraeusch "
            "son som suono ljud identify recogni*"
        ),
        "instrument": (
            "instrument instruments guitar piano synth pad lead keys strings brass violin sax saxophone flute organ "
            "instrumento instrumentos instrumente strumento strumenti instrumentet vocal vocals voice voices singing "
            "singer choir gesang canta chant voz voce sang played_on acoustic electric"
        ),
        "sound_tags": (
            "genre genres style styles mood moods vibe sounds_like sound_like genero estilo stil stimmung ambiance "
            "umore atmosphere character feel adjectives describe describe_the_sound describe_this_sound"
        ),
        "mfcc": "mfcc mfccs cepstr* coefficients embedding vector vectors feature_vector",
        "envelope": (
            "attack_time decay decay_time envelope transient_shape sustain release how_long_does_it_ring harmonicity "
            "percussive tonal_or_noisy ausklang chute decaimento decadimento utklang"
        ),
    },
    "compare": {
        "difference": (
            "differ differs difference differences different compare compares comparison versus vs a_b changed "
            "diferencia* unterschied* vergleich* diferenca* differenz* skillnad* jamfor* compara* confront* same "
            "identical identique identisch igual uguale"
        ),
        "fit": (
            "fit fits match matches matching go_together goes_with work_together blend layer layered mashup mash_up "
            "mix_well crossfade passar passt zusammen encajan combina* vont_ensemble stanno_insieme harmonic_mixing "
            "beatmatch stretch stretched pitch_shift shift_it transpose"
        ),
        "masking": "mask masks masked masking clash clashes collide fight fighting compete mud verdeck* masque* colide",
        "alignment": (
            "align aligned alignment offset late early delay delayed in_sync out_of_sync sync shifted "
            "timing_difference versatz versetzt decalage desfase desfasad* defasad* sfasat* forskjut* lag lags"
        ),
        "polarity": "polarity phase inverted inverted_copy out_of_phase flipped verpolt polarite polaridad polarita",
        "null": "null null_test cancel cancels bit_identical identical copy duplicate residual subtract nulltest",
    },
}


def read_aspects(question: str) -> tuple[str, ...]:
    """Aspects whose keywords stand in the question, as "capability.aspect", in the order in which they come up."""
    text = " ".join(re.findall(r"[a-z0-9/]+", fold(name_plainly(question))))
    found = ((match.start(), name) for name, pattern in _PATTERNS.items() if (match := pattern.search(text)))
    return tuple(name for _, name in sorted(found, key=lambda each: each[0]))


def _pattern(keywords: str) -> re.Pattern[str]:
    words = dict.fromkeys(keywords.split())
    parts = [
        re.escape(word.rstrip("*")).replace("_", " ") + ("[a-z0-9]*" if word.endswith("*") else "") for word in words
    ]
    return lazily(rf"(?<![a-z0-9/])(?:{'|'.join(parts)})(?![a-z0-9/])")


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
