"""Words with which a language model may say what it was given, since they claim nothing that the checker does not read.

Judgements ("steady", "good", "too"), genres, moods and instruments are not among them, nor what moves a finding
elsewhere ("the first half", "the bass", "begins"), nor limits ("over"): those stand only where a sentence of ours about
the same finding has them. Other languages do not stand at all: the checker reads English.
"""

from __future__ import annotations

_SMALL = """
a an the it its itself this that these those there here they them their i me my we our us you your he she one ones
is are was were be been being am has have had having does do did doing done will would can could may might and or
but as at by for from in into of off on onto out per than then to until upon with within when where which what how
if also both all each every either neither nor other same only just still yet even about around approximately
roughly some any such own so single whole overall total entire altogether together respectively between among across
along against toward towards near close although though however whereas not no none without nothing cannot isn't
aren't doesn't don't wasn't won't can't it's that's there's i'm well following thus through perhaps maybe possibly
likely likeliest probably unsure sure uncertain certainty confidence confident possible possibility alternative
alternatively alternate
"""
_VERBS = """
run runs running go goes going move moves moving sit sits lie lies stand stands come comes coming measure measures
measured measuring hear heard hearing find finds found show shows shown showing reach reaches reached reaching
lasting give gives given put puts placed read reads reading say says said report reports reported tell tells seem
seems appear appears estimate estimated detect detects detected identify identified register registers registering
hold holds contain contains containing include includes including carry carries use uses used using state stated
count counts counted counting feel feels felt feeling tuning span spans take takes taken taking listed list asked
ask bring brings brought
"""
_THINGS = """
track tracks song songs recording recordings file files piece pieces audio music value values figure number numbers
measurement result results estimate difference gap unit
"""

HARMLESS = frozenset("\n".join((_SMALL, _VERBS, _THINGS)).split())

_COMPARED = "louder quieter softer faster slower longer shorter higher lower brighter darker stronger weaker"
#: By the beginning of a finding's name: the words that speak of it, and of no other.
TOPICS = {
    name: frozenset(words.split())
    for name, words in {
        "facts.": "format container codec bit bits depth sample samples rate channel channels resolution sampled",
        "facts.duration": "duration length long longer longest shorter shortest seconds minutes minute hours hour",
        "facts.clipped": "clipping clipped clips clip full scale",
        "facts.peak": "peak peaks level", "facts.rms": "rms level average averages", "facts.correlation": "correlation",
        "facts.balance": "balance louder quieter", "facts.channel_levels": "balance louder quieter level levels",
        "facts.dc_offset": "dc offset full scale", "facts.silence": "silence silent",
        "loudness.": "loudness loudnesses level levels lufs",
        "loudness.integrated": "integrated average averages louder loudest quieter quietest softer softest target",
        "loudness.short_term": "short-term short term maximum max window loudest",
        "loudness.momentary": "momentary maximum max loudest", "loudness.range": "range ranges lra",
        "loudness.thirds": "third thirds",
        "loudness.true_peak": "true peak peaks", "loudness.sample_peak": "sample peak peaks highest",
        "loudness.plr": "ratio plr peak", "loudness.crest": "crest factor",
        "rhythm.tempo": "tempo tempos tempi pulse beat beats bpm rate speed time faster fastest slower slowest",
        "rhythm.beat": "beat beats pulse", "rhythm.onset": "onset onsets hit hits", "rhythm.swing": "swing",
        "rhythm.downbeat": "downbeat downbeats bar bars", "rhythm.drift": "drift drifts",
        "rhythm.metre": "metre meter time signature bar bars beat beats",
        "tonality.key": "key keys tonality tonal tonic mode centre center root scale",
        "tonality.camelot": "camelot code wheel",
        "tonality.tuning": "tuning tuned cents cent reference standard concert pitch",
        "tonality.reference": "tuning tuned reference standard concert pitch",
        "chords.": "chord chords progression numeral numerals change changes",
        "spectrum.": "spectrum spectral frequency frequencies",
        "spectrum.centroid": "centroid centre center brighter brightest darker darkest",
        "spectrum.bandwidth": "bandwidth", "spectrum.rolloff": "rolloff roll rolls off", "spectrum.hum": "hum mains",
        "spectrum.flatness": "flatness", "spectrum.resonances": "resonance resonances strongest",
        "spectrum.peaks": "peak peaks partial partials tone tones note notes strongest loudest",
        "spectrum.bands": "band bands strongest weakest power energy", "spectrum.n_fft": "fft size points window",
        "spectrum.window": "fft window", "structure.": "form section sections part parts bar bars",
        "timbre.": "sound sounds like",
        "notes.": "note notes melody lowest highest range compass",
        "compare.": f"{_COMPARED} difference distance",
        "theory.": "note notes chord chords key scale interval frequency",
    }.items()
}  # fmt: skip

#: Kinds of findings whose number does not say by itself what it is: "440 Hz" may be anything.
UNTOLD = frozenset(
    ("frequency", "ratio", "level", "share", "count", "number", "time", "bits", "sample_rate", "spectrum")
)

#: The checker reads comparisons of findings; advice ("turn it down") and order it does not always.
OPPOSITES = (
    ("up", "down"), ("before", "after"), ("above", "below"), ("over", "under"), ("higher", "lower"), ("more", "less"),
    ("most", "least"), ("first", "last"), ("earlier", "later"), ("half", "double"), ("highest", "lowest"),
    ("left", "right"), ("sharp", "flat"), ("starts", "ends"), ("begins", "ends"), ("high", "low"), ("all", "none"),
    ("in", "out"), ("on", "off"), ("longer", "shorter"), ("short", "long"),
)  # fmt: skip
