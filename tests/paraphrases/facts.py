"""Duration, format, channels, clipping, silence, offset and tags in many words."""

from __future__ import annotations

from random import Random

from . import numbers as say
from .scene import Scene


def duration(rng: Random) -> Scene:
    s = Scene(rng, "duration")
    seconds = round(rng.uniform(65, 520), 2)
    s.found("facts.duration_s", "duration", seconds, confidence=1.0)
    false = say.away(seconds, rng, 4 + 0.03 * seconds, 90) if seconds > 160 else seconds + rng.uniform(9, 90)
    s.tell(
        """
        {It} <lasts|runs|runs for|is|takes|plays for> {t}<| in total>.
        {Its} <length|duration|running time|run time|runtime|playing time> is {t}.
        {It} is {t} long.
        Duration: {t}
        {It} <ends|is over|finishes> after {t}.
        It takes {t} to play<| from start to end>.
        With a length of {t}, {it} is <done|over> soon enough.
        You will be listening for {t}.
        {It} has a <length|duration> of {t}.
        It clocks in at {t}.
        """,
        {"t": say.lasting(seconds, rng)},
        {"wrong number": {"t": say.lasting(false, rng)}},
    )
    minutes = round(seconds / 60)
    if abs(seconds - 60 * minutes) < 0.025 * seconds:
        s.tell(
            """
            {It} <lasts|runs> <about|roughly|around|approximately> {m} minutes.
            {It} is <some|about> {m} minutes long.
            """,
            {"m": rng.choice([str(minutes), say.words(minutes)])},
            {"wrong number": {"m": rng.choice([str(minutes + 1), say.words(minutes + 2)])}},
        )
    if minutes > 1 and (sided := say.under_or_over(seconds, 60, rng)):
        right, wrong, near = sided
        s.tell(
            "{It} <lasts|runs> {hedge} {m} minutes.\n{It} is {hedge} {m} minutes long.",
            {"hedge": right, "m": rng.choice([f"{near / 60:.0f}", say.words(round(near / 60))])},
            {"wrong side": {"hedge": wrong}},
        )
    floor = int(seconds // 60)
    s.tell(
        "{It} <lasts|is> <longer|more> than {low} minutes.\n{It} lasts between {low} and {high} minutes.",
        {"low": str(floor), "high": str(floor + 1)},
        {"wrong range": {"low": str(floor + 2), "high": str(floor + 4)}},
    )
    s.lie("wrong unit", "{It} lasts {n} minutes.\nIt is {n} <hours|milliseconds> long.", {"n": say.plain(seconds)})
    return s


def file_format(rng: Random) -> Scene:
    s = Scene(rng, "format")
    rate, bits, channels = rng.choice([44100, 48000, 96000, 88200]), rng.choice([16, 24]), rng.choice([1, 2])
    container = rng.choice(["WAV", "FLAC"])
    s.found("facts.container", "label", container, confidence=1.0)
    s.found("facts.sample_rate_hz", "sample_rate", rate, confidence=1.0)
    s.found("facts.bit_depth", "bits", bits, confidence=1.0)
    s.found("facts.channels", "count", channels, confidence=1.0)
    forms = [
        f"{say.kilo(rate, 1)} kHz",
        f"{say.kilo(rate, 1)} kHz",
        f"{say.kilo(rate, 1)}kHz",
        f"{rate:,} Hz",
        f"{rate} Hz",
    ]
    false_rate = rng.choice([each for each in (22050, 32000, 44100, 48000, 96000, 192000) if each != rate])
    kinds = {1: "mono", 2: "stereo"}
    slots = {
        "r": rng.choice(forms), "b": rng.choice([f"{bits}-bit", f"{bits} bit"]), "n": str(bits),
        "ch": kinds[channels], "w": "one channel" if channels == 1 else "two channels", "f": container,
    }  # fmt: skip
    false_bits = rng.choice([each for each in (8, 16, 20, 24, 32) if each != bits])
    false_kind = kinds[3 - channels]
    lies = {
        "wrong number": {"r": rng.choice([f"{say.kilo(false_rate, 2)} kHz", f"{false_rate} Hz"])},
        "wrong bit depth": {"b": f"{false_bits}-bit", "n": str(false_bits)},
        "wrong channels": {
            "ch": false_kind,
            "w": rng.choice(["two channels" if channels == 1 else "one channel", "six channels", "4 channels"]),
        },
        "wrong format": {"f": rng.choice([each for each in ("WAV", "FLAC", "MP3", "OGG") if each != container])},
    }
    s.tell(
        """
        {It} is a {ch} {f} file at {r}<|, {b}>.
        {Its} <sample rate|sampling rate|sampling frequency> is {r}.
        {It} is <sampled|recorded> at {r}.
        {It} is a {f} file<| in {ch}>.
        Format: {f}, {r}, {b}, {ch}.
        {It} is {ch}<|, {b}|, at {r}>.
        {It} has {w}.
        It is {b}, {r}.
        {It} has a <bit depth|word length> of {n}<| bits>.
        The bit depth is {n}<| bits>.
        The file is <stored|saved|encoded> as {f}, {b}/{r}.
        {It} comes as a {b}, {r} {f}.
        """,
        slots,
        lies,
    )
    s.lie(
        "wrong unit",
        "{It} is sampled at {x}.",
        {"x": rng.choice([f"{say.kilo(rate, 1)} Hz", f"{rate} kHz", f"{rate} dB"])},
    )
    s.lie("negated truth", "{It} is not {ch}.\n{It} <isn't|is not> a {f} file.\n{It} is not sampled at {r}.", slots)
    return s


def clipping(rng: Random) -> Scene:
    s = Scene(rng, "clipping")
    n = rng.choice([0, 0, rng.randrange(3, 20), rng.randrange(21, 9000)])
    peak = 0.0 if n else round(rng.uniform(-9, -0.3), 2)
    s.found("facts.clipped_samples", "count", n, confidence=1.0)
    s.found("facts.peak_dbfs", "level", peak, confidence=1.0)
    none = """
        There is no clipping<| in {it}>.
        {It} <does not|doesn't> clip.
        Nothing <is clipped|clips>.
        {It} is free of clipping.
        {It} has no clipped samples.
        Not a single sample is clipped.
        No clipping was <found|detected>.
        I found no clipping.
        It never clips.
        {It} is clean: zero clipped samples.
        """
    some = """
        {It} <clips|is clipped>.
        <There is|I found|I see> clipping in {it}.
        {It} is clipped in {n} samples.
        There are {n} clipped samples<| in {it}>.
        {n} samples <are clipped|clip|hit full scale|reach full scale>.
        {It} <contains|has> {n} clipped samples.
        Clipping affects {n} samples.
        {Its} clipping amounts to {n} samples.
        """
    if n:
        false = say.counted(round(say.off(n, rng, low=0.2)) if n > 20 else n + rng.choice([4, 9, 30]), rng)
        s.tell(some, {"n": say.counted(n, rng)}, {"wrong count": {"n": false}})
        s.lie("negated truth", none)
    else:
        slots = {"p": say.signed(peak, rng)}
        s.tell(none, {})
        s.tell(
            """
            Nothing clips; the <peak|highest sample> is at {p} dBFS.
            {It} peaks at {p} dBFS.
            <The highest peak|The sample peak> is {p} dBFS, so there is no clipping.
            The peak level is {p}<| dBFS>.
            """,
            slots,
            {"wrong number": {"p": say.signed(peak - rng.uniform(1, 6), rng)}},
        )
        s.lie("negated truth", some, {"n": say.counted(rng.randrange(3, 400), rng)})
        s.lie("wrong unit", "{It} peaks at {p} <LUFS|Hz|cents>.", slots)
    return s


def silence(rng: Random) -> Scene:
    s = Scene(rng, "silence")
    length = round(rng.uniform(90, 300), 1)
    lead, gap = round(rng.uniform(0.4, 4.8), 1), round(rng.uniform(1.5, 8), 1)
    start = round(rng.uniform(20, 60), 1)
    spans = [[0.0, lead], [start, round(start + gap, 1)]]
    s.found("facts.silence_s", "time", spans, confidence=1.0)  # type: ignore[arg-type]
    s.found("facts.duration_s", "duration", length, confidence=1.0)
    slots = {
        "lead": rng.choice([f"{lead:.1f} s", f"{lead:.1f} seconds", f"{round(1000 * lead)} ms"]), "gap": f"{gap:.1f}",
        "t": say.clock(start), "u": say.clock(start + gap), "w": rng.choice(["2", "two"]),
    }  # fmt: skip
    s.tell(
        """
        {It} <starts|opens|begins> with {lead} of silence.
        There are {lead} of silence at the <start|beginning>.
        There are {w} silent <passages|stretches|spots|parts>.
        It <goes|falls|is> silent <from {t} to {u}|between {t} and {u}|at {t}>.
        From {t} to {u} there is silence.
        There is a gap of {gap} seconds at {t}.
        There is silence in {w} places<|: at the start and at {t}>.
        The silence at {t} lasts {gap} s.
        The first {lead} are silent.
        """,
        slots,
        {
            "wrong number": {"lead": f"{lead + rng.uniform(0.6, 4):.1f} s", "gap": f"{gap + rng.uniform(0.7, 5):.1f}"},
            "wrong time": {
                "t": say.clock(start + gap + rng.uniform(4, 20)),
                "u": say.clock(start + gap + rng.uniform(25, 50)),
            },
            "wrong count": {"w": rng.choice(["3", "three", "four", "seven"])},
        },
    )
    s.lie(
        "negated truth",
        "There is no silence<| in {it}>.\n{It} is never silent.\nNo silent passages were found.\n{It} has no gaps.",
    )
    s.lie("fact not in evidence", "{It} ends with {x} of silence.\nThe last {x} are silent.", {"x": f"{lead:.1f} s"})
    return s


def balance(rng: Random) -> Scene:
    s = Scene(rng, "balance")
    db = round(rng.choice([-1, 1]) * rng.uniform(0.8, 6), 2)
    left = round(rng.uniform(-24, -14), 2)
    correlation, offset = round(rng.uniform(0.1, 0.98), 3), round(rng.uniform(0.2, 2.5), 2)
    s.found("facts.channel_levels_dbfs", "level", [left, round(left - db, 2)], confidence=1.0)
    s.found("facts.balance_db", "ratio", db, confidence=1.0)
    s.found("facts.correlation", "number", correlation, confidence=1.0)
    s.found("facts.dc_offset_percent", "share", offset, confidence=1.0)
    loud, soft = ("left", "right") if db > 0 else ("right", "left")
    slots = {
        "n": say.plain(abs(db), 1),
        "a": loud,
        "b": soft,
        "l": say.signed(left, rng),
        "r": say.signed(left - db, rng),
    }
    s.tell(
        """
        The {a} channel is {n} dB <louder|hotter> than the {b}<| one>.
        The {b} <channel|side> is {n} dB <quieter|softer|lower> than the {a}.
        The {a} side is <louder|hotter> by {n} dB.
        {It} <leans|tilts|pulls> {n} dB to the {a}.
        The balance <leans|is off> <to the {a} by {n} dB|{n} dB to the {a}>.
        {It} is {n} dB heavier on the {a}.
        The left channel is at {l} dBFS, the right at {r}<| dBFS>.
        Left and right differ by {n} dB.
        """,
        slots,
        {
            "wrong direction": {"a": soft, "b": loud},
            "wrong number": {"n": say.plain(abs(db) + rng.uniform(0.4, 3), 1)},
            "swapped channels": {"l": slots["r"], "r": slots["l"]},
        },
    )
    s.lie("negated truth", "Left and right are <perfectly|exactly> balanced.\nBoth channels have the same level.")
    s.tell(
        """
        The <stereo correlation|correlation of left and right|correlation between the channels> is {c}.
        Left and right correlate at {c}.
        Correlation: {c}
        {It} has a <DC offset|constant offset> of {o}<%| %| percent>.
        The DC offset <is|amounts to> {o}<%| %| per cent><| of full scale>.
        """,
        {"c": say.plain(correlation, 2), "o": say.plain(offset, 1)},
        {
            "wrong number": {"c": say.plain(say.share_off(correlation, rng), 2)},
            "wrong percentage": {"o": say.plain(offset + rng.uniform(0.5, 4), 1)},
            "wrong sign": {"c": f"-{say.plain(correlation, 2)}"},
        },
    )
    return s


TITLES = ("Night Drive", "Paper Boats", "Low Tide", "Summer in Oslo", "Fifth Floor", "Granite", "The Long Way Round")
ARTISTS = ("Ana Sol", "The Quiet Cars", "Mara Lind", "DJ Fjord", "Tom Okafor", "Kestrel")


def tags(rng: Random) -> Scene:
    s = Scene(rng, "tags")
    title, other_title = rng.sample(TITLES, 2)
    artist, other_artist = rng.sample(ARTISTS, 2)
    genre, other_genre = rng.sample(["House", "Folk", "Ambient", "Drum and Bass", "Jazz", "Indie Rock"], 2)
    year = rng.randrange(1968, 2024)
    s.found("facts.tags", "tag", {"title": title, "artist": artist, "genre": genre, "date": str(year)}, confidence=1.0)
    s.tell(
        """
        The title tag <reads|says|is> "{title}".
        {It} is tagged as "{title}" by {artist}.
        The <metadata|tags> <credit|credits|name|names> {artist} as the artist.
        According to <its|the> tags, {it} is "{title}" by {artist}.
        The artist is given as "{artist}".
        <Title|Title tag>: "{title}", artist: "{artist}".
        The genre tag says "{genre}".
        It is tagged as {genre}.
        The <date|year> in the tags is {year}.
        The tags say "{title}", by "{artist}", from {year}.
        The <tags give|metadata gives> the title as “{title}” and the genre as “{genre}”.
        """,
        {"title": title, "artist": artist, "genre": genre, "year": str(year)},
        {
            "invented quotation": {"title": other_title},
            "invented name": {"artist": other_artist},
            "wrong tag": {"genre": other_genre},
            "wrong number": {"year": str(year + rng.choice([-7, -1, 2, 10]))},
            "swapped tags": {"title": artist, "artist": title},
        },
    )
    s.lie(
        "fact not in evidence",
        """
        The album tag reads "{x}".
        The composer is given as {y}.
        It was released on {x} Records.
        The comment tag says "{x}".
        It was produced by {y}.
        """,
        {"x": other_title, "y": other_artist},
    )
    return s


def tag_against_ear(rng: Random) -> Scene:
    s = Scene(rng, "tag against ear")
    bpm = round(rng.uniform(80, 150), 1)
    stated = round(bpm * rng.choice([0.5, 2, 1.1, 0.9]))
    s.found("facts.tags", "tag", {"bpm": str(stated)}, confidence=1.0)
    s.found("rhythm.tempo_bpm", "tempo", bpm, confidence=0.96)
    n, tagged = say.plain(bpm), str(stated)
    s.tell(
        """
        The tag says {tagged} <BPM|>, but I <hear|measure> {n}<| BPM>.
        {It} is tagged at {tagged} BPM but <runs at|measures> {n}<| BPM>.
        The BPM tag reads "{tagged}", whereas the measured tempo is {n} BPM.
        Tag and ear disagree: {tagged} against {n} BPM.
        I measure {n} BPM, although the tag claims {tagged}.
        The tags <state|give> {tagged} BPM; what I hear is {n}<| BPM>.
        """,
        {"n": n, "tagged": tagged},
        {
            "swapped sources": {"n": tagged, "tagged": n},
            "wrong number": {
                "n": say.plain(say.off(bpm, rng, stated, low=0.04)),
                "tagged": str(round(say.off(stated, rng, bpm))),
            },
        },
    )
    s.lie(
        "negated truth",
        "Tag and measurement agree on {n} BPM.\nThe tag also says {n} BPM.\nThe tag confirms the {n} BPM.",
        {"n": n},
    )
    return s


TOPICS = (duration, file_format, clipping, silence, balance, tags, tag_against_ear)
