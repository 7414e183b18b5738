"""Stories of true and false sentences: what the checker lets pass, and what it stops."""

from __future__ import annotations

import time

import pytest

from grym_synth.answering.check import check
from grym_synth.messages import Evidence, Source

from .made_evidence import everything, made

SUBJECTS = ("mix.wav", "b.wav")
MIX = everything()
OTHER = [
    made("rhythm.tempo_bpm", "tempo", 128.1, subject="b.wav"),
    made("loudness.integrated_lufs", "loudness", -16.22, subject="b.wav"),
    made("facts.duration_s", "duration", 91.2, subject="b.wav"),
    made("tonality.key", "musical_key", "F# minor", subject="b.wav"),
    made("spectrum.centroid_hz", "frequency", 2400.0, subject="b.wav"),
]


def cited(*names: str) -> list[Evidence]:
    """Findings by name: "tempo", "b:tempo" of the other recording, "tempo1" its alternative."""
    found = []
    for name in names:
        whose, _, word = name.rpartition(":")
        rank = int(word[-1]) if word[-1].isdigit() else 0
        word = word.rstrip("0123456789")
        pool = OTHER if whose else MIX
        matches = [item for item in pool if item.name.partition(".")[2].startswith(word) and item.rank == rank]
        assert matches, name
        found.append(matches[0])
    return found


TRUE: list[tuple[str, str, str]] = [
    ("It is not in C major.", "key", ""),
    ("mix.wav and b.wav are not both in A minor.", "key b:key", ""),
    # sentence, cited, question
    ('The loudest frequency is 55 Hz, an A1, at -12.1 dBFS.', 'peaks', ''),
    ('The second strongest peak, 440 Hz, sits at -18.4 dBFS.', 'peaks', ''),
    ('55 Hz (A1) is the strongest peak and 1318.5 Hz (E6) the weakest.', 'peaks', ''),
    ('The three strongest peaks are 55 Hz, 440 Hz and 1.32 kHz.', 'peaks', ''),
    ('Bass is the strongest band at -2.1 dB, followed by the low mids.', 'bands', ''),
    ('The strongest bands are bass and low mids.', 'bands', ''),
    ('Brilliance is its weakest band.', 'bands', ''),
    ('Most of the power is in the bass.', 'bands', ''),
    ('Second file: 128.1 BPM.', 'b:tempo', ''),
    ('The second recording runs at 128.1 BPM, the first at 126 BPM.', 'tempo b:tempo', ''),
    ('According to its title tag it is called "Night Drive 2".', 'tags', ''),
    ('It was recorded at 44.1 kHz.', 'sample_rate', ''),
    ('It was mixed to -14.1 LUFS.', 'integrated', ''),
    ('The peaks come from an FFT with a Hann window of 8,192 points.', 'n_fft window peaks', ''),
    ('It pulls to the right by 2.1 dB.', 'balance', ''),
    ('b.wav, by contrast, is in F# minor.', 'b:key', ''),
    ('Yes: it runs at 126 BPM.', 'tempo', ''),
    ('No: the left channel is 2.1 dB quieter than the right.', 'balance', ''),
    ('The beats begin at 0.5 s.', 'beats', ''),
    ('I measured -14.1 LUFS (ITU-R BS.1770-4).', 'integrated', ''),
    ('Camelot: 8A.', 'camelot', ''),
    ('For DJs: A minor, 8A.', 'key camelot', ''),
    ('mix.wav is 3:02 long; b.wav is half that.', 'duration b:duration', ''),
    ('The tempo of mix is 126 BPM and that of b.wav 128.1 BPM.', 'tempo b:tempo', ''),
    ('The higher tempo is that of b.wav.', 'tempo b:tempo', ''),
    ('Its loudest third is the last, at -12.1 LUFS.', 'thirds', ''),
    ('In the beginning it is at -18.2 LUFS, in the middle at -15 LUFS, at the end at -12.1 LUFS.', 'thirds', ''),
    ('It goes from -18.2 LUFS to -12.1 LUFS.', 'thirds', ''),
    ('Played back at 44.1 kHz, it is stereo.', 'sample_rate channels', ''),
    ('Es läuft mit 126 BPM und ist in A minor.', 'tempo key', ''),
    ("It runs at 126 BPM.", "tempo", ""),
    ("It runs at 126.0 BPM.", "tempo", ""),
    ("The tempo is 126.", "tempo", ""),
    ("The tempo is one hundred and twenty-six BPM.", "tempo", ""),
    ("At 126 beats per minute it moves along.", "tempo", ""),
    ("About 126 BPM.", "tempo", ""),
    ("It runs at １２６ BPM.", "tempo", ""),
    ("Most likely 126 BPM; 63 if you feel it in half time.", "tempo tempo1", ""),
    ("126 BPM, or 63 BPM.", "tempo tempo1", ""),
    ("Not sure: perhaps 126 BPM, or 63.", "tempo tempo1", ""),
    ("I am 95 % sure that it runs at 126 BPM.", "tempo", ""),
    ("The alternative is 63 BPM.", "tempo1", ""),
    ("Its integrated loudness is -14.1 LUFS.", "integrated", ""),
    ("Its integrated loudness is −14.1 LUFS.", "integrated", ""),
    ("Its integrated loudness is –14,1 LUFS.", "integrated", ""),
    ("It measures minus fourteen point one LUFS.", "integrated", ""),
    ("-14.12 LUFS overall.", "integrated", ""),
    ("It is at -14.1 LUFS integrated and -9.8 LUFS short-term.", "integrated short_term", ""),
    ("The short-term maximum is -9.8 LUFS at 1:12.", "short_term", ""),
    ("The loudest moment, -8.1 LUFS momentary, comes at 1:13.", "momentary", ""),
    ("It sits 0.1 LU below the -14 LUFS you asked for.", "integrated", "is it at -14 LUFS?"),
    ("Your target of -14 LUFS is missed by 0.1 LU: it is at -14.1 LUFS, below.", "integrated", "is it at -14 LUFS?"),
    ("The true peak is 0.4 dBTP.", "true_peak", ""),
    ("The true peak is +0.4 dBTP.", "true_peak", ""),
    ("The range is 6.2 LU.", "range", ""),
    ("PLR 13.3 dB, crest factor 15.1 dB.", "plr crest", ""),
    ("It lasts 3:02.", "duration", ""),
    ("It lasts 3 min 2 s.", "duration", ""),
    ("It lasts 182.4 seconds.", "duration", ""),
    ("It lasts 182 seconds.", "duration", ""),
    ("It is about 3 minutes long.", "duration", ""),
    ("It is just over 3 minutes long.", "duration", ""),
    ("It is sampled at 44.1 kHz.", "sample_rate", ""),
    ("It is sampled at 44,100 Hz.", "sample_rate", ""),
    ("It is sampled at 44 100 Hz.", "sample_rate", ""),
    ("A 16-bit file with two channels.", "bit_depth channels", ""),
    ("It is stereo.", "channels", ""),
    ("It clips: 12 samples.", "clipped", ""),
    ("There are 12 clipped samples.", "clipped", ""),
    ("There are a dozen clipped samples.", "clipped", ""),
    ("I count 1,204 onsets.", "onset_count", ""),
    ("I count 1204 onsets and 380 beats.", "onset_count beat_count", ""),
    ("The first beat is at 0.50 s.", "beats", ""),
    ("The 3rd beat lies at 1.45 s.", "beats", ""),
    ("It is silent from 0 s to 0.4 s and from 1:40 to 1:43.", "silence", ""),
    ("There is a DC offset of 0.53 %.", "dc_offset", ""),
    ("There is a DC offset of 0.5 percent.", "dc_offset", ""),
    ("The left channel is 2.1 dB quieter than the right.", "balance", ""),
    ("The right channel is 2.1 dB louder.", "balance", ""),
    ("Left is at -18.4 dBFS RMS, right at -16.3 dBFS.", "channel_levels", ""),
    ("The sides differ by 2.1 dB.", "balance", ""),
    ("It gets louder towards the end.", "thirds", ""),
    ("It does not get quieter towards the end.", "thirds", ""),
    ("It rises from -18.2 LUFS in the first third to -12.1 LUFS in the last, 6.1 LU louder.", "thirds", ""),
    ("The end is 6.1 LU louder than the beginning.", "thirds", ""),
    ("The last third is the loudest.", "thirds", ""),
    ("It is in A minor (8A).", "key camelot", ""),
    ("It is in A min.", "key", ""),
    ("The key is Am.", "key", ""),
    ("Most likely A minor, or else C major.", "key key1", ""),
    ("A minor; C major is also possible.", "key key1", ""),
    ("It is A minor, not C major as you asked.", "key", "is it in C major?"),
    ("It is 8 cents flat of A440.", "tuning", ""),
    ("The tuning is -8 cents.", "tuning", ""),
    ("It is about 8 cents below A440, which puts A4 at 437.9 Hz.", "tuning reference", ""),
    ("The peaks are 440 Hz (A4) at -18.4 dBFS and 55 Hz (A1) at -12.1 dBFS.", "peaks", ""),
    ("A4 sounds at 440.2 Hz, 0.8 cents sharp.", "peaks", ""),
    ("The bass holds -2.1 dB of the power, the low mids -7.5 dB.", "bands", ""),
    ("The centroid is 1.43 kHz and the roll-off 3.21 kHz.", "centroid rolloff", ""),
    ("There is a hum at 50 Hz, 14.2 dB out.", "hum_hz hum_level", ""),
    ("There is a resonance at 312 Hz (D♯4).", "resonances", ""),
    ("The correlation is 0.83.", "correlation", ""),
    ('Its title is "Night Drive 2".', "tags", ""),
    ("The tag says 128 BPM, but I hear 126 BPM.", "tags tempo", ""),
    ("mix.wav runs at 126 BPM, b.wav at 128.1 BPM.", "tempo b:tempo", ""),
    ("126 BPM in mix.wav, 128.1 BPM in b.wav.", "tempo b:tempo", ""),
    ("mix.wav and b.wav run at 126 and 128.1 BPM respectively.", "tempo b:tempo", ""),
    ("b.wav is faster than mix.wav.", "tempo b:tempo", ""),
    ("mix.wav is slower than b.wav by 2.1 BPM.", "tempo b:tempo", ""),
    ("mix.wav is 2.1 LU louder than b.wav.", "integrated b:integrated", ""),
    ("The loudest is mix.wav, 2.1 LU above b.wav.", "integrated b:integrated", ""),
    ("b.wav is the quietest.", "integrated b:integrated", ""),
    ("mix.wav is twice as long as b.wav.", "duration b:duration", ""),
    ("b.wav is half as long as mix.wav.", "duration b:duration", ""),
    ("b.wav is brighter than mix.wav.", "centroid b:centroid", ""),
    ("mix.wav is in A minor and b.wav in F# minor.", "key b:key", ""),
    ("b.wav is in G flat minor.", "b:key", ""),
    ("'mix.wav' runs at 126 BPM.", "tempo", ""),
    ("It runs 6 BPM above the 120 BPM you asked about.", "tempo", "is it 120 BPM?"),
    ("It is faster than 120 BPM.", "tempo", "is it faster than 120 BPM?"),
    ("It is measured by EBU R128, 4 times oversampled: 0.4 dBTP.", "true_peak", ""),
    ('The tempo of mix.wav is 126 BPM.', 'tempo', ''),
    ('mix.wav has a tempo of 126 BPM and is in A minor.', 'tempo key', ''),
    ('The track is 126 BPM, in the key of A minor.', 'tempo key', ''),
    ('At -14.1 LUFS, mix.wav is louder than b.wav at -16.2 LUFS.', 'integrated b:integrated', ''),
    ('b.wav (-16.2 LUFS) is quieter than mix.wav (-14.1 LUFS).', 'integrated b:integrated', ''),
    ('Compared with b.wav, mix.wav is 2.1 LU louder.', 'integrated b:integrated', ''),
    ('The difference between mix.wav and b.wav is 2.1 LU.', 'integrated b:integrated', ''),
    ('mix.wav is the louder of the two.', 'integrated b:integrated', ''),
    ('The quieter file is b.wav.', 'integrated b:integrated', ''),
    ('Of the two, b.wav is faster.', 'tempo b:tempo', ''),
    ('The recording is 3 minutes and 2 seconds long.', 'duration', ''),
    ('Its length is 182.4 s.', 'duration', ''),
    ('It is roughly three minutes long.', 'duration', ''),
    ('Its dynamic range (LRA) is 6.2 LU.', 'range', ''),
    ('Peak: 0.4 dBTP.', 'true_peak', ''),
    ('The true peak exceeds 0 dBTP at 0.4 dBTP.', 'true_peak', 'does it exceed 0 dBTP?'),
    ('The true peak of 0.4 dBTP is above your -1 dBTP limit.', 'true_peak', 'is it below -1 dBTP'),
    ('The right channel is stronger by 2.1 dB.', 'balance', ''),
    ("There's a 2.1 dB imbalance between left and right.", 'balance', ''),
    ('The tuning is 8 cents below A440.', 'tuning', ''),
    ('A4 sits at about 438 Hz.', 'reference', ''),
    ("It's tuned slightly flat, 8 cents.", 'tuning', ''),
    ("The song's key is most likely A minor (Camelot 8A).", 'key camelot', ''),
    ('The strongest frequency is 55 Hz, which is A1.', 'peaks', ''),
    ('The lowest peak lies at 55.0 Hz.', 'peaks', ''),
    ('12 samples are clipped.', 'clipped', ''),
    ('The first third is at -18.2 LUFS and the last third at -12.1 LUFS.', 'thirds', ''),
    ('Loudness climbs from -18.2 to -12.1 LUFS.', 'thirds', ''),
    ('It is 6.1 LU louder at the end than at the start.', 'thirds', ''),
    ("It's a stereo WAV at 44.1 kHz and 16 bits.", 'container channels sample_rate bit_depth', ''),
    ("It's 16-bit PCM.", 'codec', ''),
    ('Hum at 50 Hz (14.2 dB).', 'hum_hz hum_level', ''),
    ('Half of that would be 63 BPM.', 'tempo tempo1', ''),
    ('The tempo doubles to 126 BPM if not 63.', 'tempo tempo1', ''),
    ('It contains 380 beats in 182.4 s.', 'beat_count duration', ''),
    ('The beat is at 126 BPM with 95 % confidence.', 'tempo', ''),
    ('Confidence is 95 %.', 'tempo', ''),
    ('Die Lautheit beträgt -14,1 LUFS.', 'integrated', ''),
    ('El tempo es de 126 BPM.', 'tempo', ''),
    ('At 30 s the strongest peak is 55 Hz.', 'peaks', 'strongest peak at 0:30?'),
    ('A spectrum of 8,192 points shows a peak at 440 Hz.', 'peaks n_fft', ''),
    ("The title is 'Night Drive 2'.", 'tags', ''),
    ('It stays below 3.3 kHz for most of its energy: roll-off 3.21 kHz.', 'rolloff', 'is it below 3.3 kHz?'),
    ('The loudest file is mix.wav at -14.1 LUFS.', 'integrated b:integrated', ''),
    ('No, it gets louder.', 'thirds', ''),
    ('Between 0:00 and 0:00.4 it is silent.', 'silence', ''),
    ('The 44.1 kHz file is 182.4 s long.', 'sample_rate duration', ''),
]  # fmt: skip

FALSE: list[tuple[str, str, str]] = [
    ("It is not in A minor.", "key", ""),
    ("mix.wav isn't in A minor.", "key", ""),
    ("It does not run at 126 BPM.", "tempo", ""),
    ("The flatness is 0.", "flatness", ""),
    ('The loudest frequency is 440 Hz, an A4.', 'peaks', ''),
    ('The strongest peak is at 1318.5 Hz.', 'peaks', ''),
    ('55 Hz (A4) is the strongest peak.', 'peaks', ''),
    ('440 Hz, the note E6, stands out most.', 'peaks', ''),
    ('Presence is the strongest band.', 'bands', ''),
    ('The low mids are the strongest band.', 'bands', ''),
    ('Most of the power is in the presence range.', 'bands', ''),
    ('The weakest band is the sub.', 'bands', ''),
    ('The first file runs at 128.1 BPM.', 'tempo b:tempo', ''),
    ('The second recording runs at 126 BPM.', 'tempo b:tempo', ''),
    ('It is by Nova Hale, and called "Night Drive 2".', 'tags', ''),
    ('Its artist is "Night Drive 2".', 'tags', ''),
    ('It was recorded in Berlin at 126 BPM.', 'tempo', ''),
    ('Kevin Parker plays at 126 BPM.', 'tempo', ''),
    ('At 126 BPM it was produced by a friend of the band.', 'tempo', ''),
    ('It runs at 126 BPM, like everything from Detroit.', 'tempo', ''),
    ('The peaks come from an FFT with a Blackman window of 8,192 points.', 'n_fft window peaks', ''),
    ('It pulls to the left by 2.1 dB.', 'balance', ''),
    ('The beats begin at 1.45 s.', 'beats', ''),
    ('Its loudest third is the first, at -18.2 LUFS.', 'thirds', ''),
    ('It goes from -12.1 LUFS to -18.2 LUFS.', 'thirds', ''),
    ('The third file runs at 126 BPM.', 'tempo', ''),
    ('The tempo of mix is 128.1 BPM.', 'tempo b:tempo', ''),
    ('It sounds like the Beatles at 126 BPM.', 'tempo', ''),
    ('It was mastered for vinyl.', 'tempo', ''),
    ('Compared with mix.wav, b.wav is twice as long.', 'duration b:duration', ''),
    ('The resonance is 440 Hz (D#4).', 'resonances', ''),
    ('Tempo: 126 BPM, made with Ableton Live.', 'tempo', ''),
    ('Es läuft mit 126 BPM und ist von Brian Eno.', 'tempo', ''),
    ("It runs at 127 BPM.", "tempo", ""),
    ("It runs at 126.3 BPM.", "tempo", ""),
    ("It runs at 126 LUFS.", "tempo", ""),
    ("It runs at 126 Hz.", "tempo", ""),
    ("It runs at -126 BPM.", "tempo", ""),
    ("It runs at 130 BPM.", "tempo", ""),
    ("About 130 BPM.", "tempo", ""),
    ("It has 126 bars.", "tempo", ""),
    ("It has 126 wonderful phrases.", "tempo", ""),
    ("The tempo is one hundred and twenty-seven BPM.", "tempo", ""),
    ("The tempo is one hundred BPM.", "tempo", ""),
    ("BPM126 or BPM128.", "tempo", ""),
    ("It runs at 128 BPM.", "tempo", "is it 128 BPM?"),
    ("It runs at 63 BPM.", "tempo tempo1", ""),
    ("Most likely 63 BPM; 126 in double time.", "tempo tempo1", ""),
    ("63 BPM, or 126 BPM.", "tempo tempo1", ""),
    ("I am 97 % sure that it runs at 126 BPM.", "tempo", ""),
    ("It takes 95 % of the time.", "tempo", ""),
    ("Its integrated loudness is 14.1 LUFS.", "integrated", ""),
    ("Its integrated loudness is -14 LUFS.", "integrated", ""),
    ("Its integrated loudness is -14.2 LUFS.", "integrated", ""),
    ("Its integrated loudness is -14.1 dBTP.", "integrated", ""),
    ("Its integrated loudness is -14.1 LU.", "integrated", ""),
    ("It measures minus fifteen point one LUFS.", "integrated", ""),
    ("Its momentary maximum is -14.1 LUFS.", "integrated", ""),
    ("It is at -9.8 LUFS integrated and -14.1 LUFS short-term.", "integrated short_term", ""),
    ("The short-term maximum is -9.8 LUFS at 2:12.", "short_term", ""),
    ("It is at -14 LUFS.", "integrated", "is it at -14 LUFS?"),
    ("It sits 0.1 LU above the -14 LUFS you asked for.", "integrated", "is it at -14 LUFS?"),
    ("It sits 1.1 LU below the -14 LUFS you asked for.", "integrated", "is it at -14 LUFS?"),
    ("The true peak is -0.4 dBTP.", "true_peak", ""),
    ("The true peak is 0.4 dBFS.", "true_peak", ""),
    ("PLR 15.1 dB, crest factor 13.3 dB.", "plr crest", ""),
    ("It lasts 3:04.", "duration", ""),
    ("It lasts 3 minutes.", "duration", ""),
    ("It lasts 184 seconds.", "duration", ""),
    ("It lasts 182.4 minutes.", "duration", ""),
    ("It lasts 182.4 ms.", "duration", ""),
    ("It is just under 3 minutes long.", "duration", ""),
    ("It is about 4 minutes long.", "duration", ""),
    ("It is sampled at 48 kHz.", "sample_rate", ""),
    ("It is sampled at 44 kHz.", "sample_rate", ""),
    ("A 24-bit file with two channels.", "bit_depth channels", ""),
    ("A 16-bit file with three channels.", "bit_depth channels", ""),
    ("It is mono.", "channels", ""),
    ("It does not clip.", "clipped", ""),
    ("There is no clipping.", "clipped", ""),
    ("There are 13 clipped samples.", "clipped", ""),
    ("There are two dozen clipped samples.", "clipped", ""),
    ("I count 380 onsets and 1204 beats.", "onset_count beat_count", ""),
    ("I count about 1,300 onsets.", "onset_count", ""),
    ("The 4th beat lies at 1.45 s.", "beats", ""),
    ("There is no silence in it.", "silence", ""),
    ("It is silent from 1:40 to 1:50.", "silence", ""),
    ("There is a DC offset of 5.3 %.", "dc_offset", ""),
    ("There is no DC offset.", "dc_offset", ""),
    ("The left channel is 2.1 dB louder than the right.", "balance", ""),
    ("The right channel is 2.1 dB quieter than the left.", "balance", ""),
    ("The left channel is 2.1 LU quieter than the right.", "balance", ""),
    ("Left is at -16.3 dBFS RMS, right at -18.4 dBFS.", "channel_levels", ""),
    ("It gets quieter towards the end.", "thirds", ""),
    ("It does not get louder towards the end.", "thirds", ""),
    ("It falls towards the end.", "thirds", ""),
    ("It rises from -12.1 LUFS in the first third to -18.2 LUFS in the last.", "thirds", ""),
    ("The beginning is 6.1 LU louder than the end.", "thirds", ""),
    ("The first third is the loudest.", "thirds", ""),
    ("It is in C major.", "key key1", ""),
    ("Most likely C major, or else A minor.", "key key1", ""),
    ("It is in A major.", "key", ""),
    ("It is in B minor (8A).", "key camelot", ""),
    ("It is in A minor (9A).", "key camelot", ""),
    ("It is in A minor (8B).", "key camelot", ""),
    ("It is in C major.", "key", "is it in C major?"),
    ("It is in a major key, A minor aside: major.", "key", ""),
    ("It is 8 cents sharp of A440.", "tuning", ""),
    ("It is 8 cents above A440.", "tuning", ""),
    ("It is 8 semitones flat.", "tuning", ""),
    ("It is in tune.", "tuning", ""),
    ("The peaks are 440 Hz (A4) at -12.1 dBFS and 55 Hz (A1) at -18.4 dBFS.", "peaks", ""),
    ("The strongest peak is 440 Hz (A5).", "peaks", ""),
    ("The strongest peak is 450 Hz.", "peaks", ""),
    ("The strongest peak is 440 kHz.", "peaks", ""),
    ("The bass holds -7.5 dB of the power, the low mids -2.1 dB.", "bands", ""),
    ("The centroid is 3.21 kHz and the roll-off 1.43 kHz.", "centroid rolloff", ""),
    ("There is no hum.", "hum_hz", ""),
    ("There is a hum at 60 Hz.", "hum_hz", ""),
    ("The correlation is 0.38.", "correlation", ""),
    ('Its title is "Night Drive 3".', "tags", ""),
    ('Its title is "Drive Night 2".', "tags", ""),
    ("The tag says 126 BPM, but I hear 128 BPM.", "tags tempo", ""),
    ("mix.wav runs at 128.1 BPM, b.wav at 126 BPM.", "tempo b:tempo", ""),
    ("b.wav runs at 126 BPM.", "tempo b:tempo", ""),
    ("b.wav runs at 126 BPM.", "tempo", ""),
    ("c.wav runs at 126 BPM.", "tempo", ""),
    ("mix.mp3 runs at 126 BPM.", "tempo", ""),
    ("'my mix' runs at 126 BPM.", "tempo", ""),
    ("128.1 BPM in mix.wav, 126 BPM in b.wav.", "tempo b:tempo", ""),
    ("mix.wav and b.wav run at 128.1 and 126 BPM respectively.", "tempo b:tempo", ""),
    ("mix.wav and b.wav both run at 126 BPM.", "tempo b:tempo", ""),
    ("mix.wav is faster than b.wav.", "tempo b:tempo", ""),
    ("b.wav is slower than mix.wav by 2.1 BPM.", "tempo b:tempo", ""),
    ("b.wav is 2.1 LU louder than mix.wav.", "integrated b:integrated", ""),
    ("mix.wav is 3.1 LU louder than b.wav.", "integrated b:integrated", ""),
    ("The loudest is b.wav.", "integrated b:integrated", ""),
    ("b.wav is 2.1 LU above mix.wav.", "integrated b:integrated", ""),
    ("mix.wav is the quietest.", "integrated b:integrated", ""),
    ("mix.wav is louder than b.wav.", "integrated", ""),
    ("b.wav is twice as long as mix.wav.", "duration b:duration", ""),
    ("mix.wav is three times as long as b.wav.", "duration b:duration", ""),
    ("mix.wav is brighter than b.wav.", "centroid b:centroid", ""),
    ("mix.wav is in F# minor and b.wav in A minor.", "key b:key", ""),
    ("They have the same tempo.", "tempo b:tempo", ""),
    ("They have the same key.", "key b:key", ""),
    ("It runs 6 BPM below the 120 BPM you asked about.", "tempo", "is it 120 BPM?"),
    ("It is slower than 120 BPM.", "tempo", "is it slower than 120 BPM?"),
    ("It is an MP3.", "container codec", ""),
    ("It runs at 126 BPM [e99].", "tempo", ""),
    ('mix.wav has a tempo of 126 BPM and is in C minor.', 'tempo key', ''),
    ('At -16.2 LUFS, mix.wav is louder than b.wav at -14.1 LUFS.', 'integrated b:integrated', ''),
    ('Compared with mix.wav, b.wav is 2.1 LU louder.', 'integrated b:integrated', ''),
    ('b.wav is the louder of the two.', 'integrated b:integrated', ''),
    ('The louder file is b.wav.', 'integrated b:integrated', ''),
    ('The difference between mix.wav and b.wav is 1.2 LU.', 'integrated b:integrated', ''),
    ('It is at 126 BPM, twice the 64 BPM of the chorus.', 'tempo', ''),
    ('The tempo is a hundred and thirty.', 'tempo', ''),
    ('The tempo is 125.', 'tempo', ''),
    ('126 BPM or 252 BPM.', 'tempo', ''),
    ('It is at 440 Hz.', 'tempo', ''),
    ('The left channel is stronger by 2.1 dB.', 'balance', ''),
    ('The stronger channel is the left.', 'balance', ''),
    ('It is 3 LU louder at the end than at the start.', 'thirds', ''),
    ('It climbs to -9.1 LUFS.', 'thirds', ''),
    ('It is 24 bits.', 'bit_depth', ''),
    ('b.wav runs 2.1 BPM slower than mix.wav (128.1 vs 126 BPM).', 'tempo b:tempo', ''),
    ('The chords are Am, F, C and G.', 'key', ''),
    ('It modulates to E minor.', 'key', ''),
    ('It lasts half an hour.', 'duration', ''),
    ('It lasts an hour.', 'duration', ''),
    ('The peak at 440 Hz is an A5.', 'peaks', ''),
    ('The bass is louder than the brilliance by 30 dB.', 'bands', ''),
    ('The true peak of 0.4 dBTP is below your -1 dBTP limit.', 'true_peak', 'is it below -1 dBTP'),
    ('It is over 3:10 long.', 'duration', ''),
    ('It has more than 2,000 onsets.', 'onset_count', ''),
    ('It has fewer than 300 beats.', 'beat_count', ''),
    ('Tempo: CXXVII BPM.', 'tempo', ''),
    ('mix.wav is 126 BPM and so is b.wav.', 'tempo b:tempo', ''),
    ('Both run at 126 BPM.', 'tempo b:tempo', ''),
    ('mix.wav is not louder than b.wav.', 'integrated b:integrated', ''),
    ('It is 8 cents away from A442.', 'tuning', ''),
    ('It is 8 cents flat of 442 Hz.', 'tuning', ''),
    ('The stereo file has 6 channels.', 'channels', ''),
    ('It was made in 1998.', 'tempo', ''),
    ('It is 126 years old.', 'tempo', ''),
    ('Artist: "Drexciya".', 'tags', ''),
    ('It runs at 12 6 BPM.', 'tempo', ''),
    ('126 BPM, give or take 20.', 'tempo', ''),
    ('It runs at 1.26e2 kHz.', 'tempo', ''),
    ('The tempo is 126 per cent.', 'tempo', ''),
    ('The tempo is ten times that.', 'tempo', ''),
    ('I am certain: C major, 5 % likely.', 'key key1', ''),
    ('Its tempo is 126 BPM, its tempo 127 BPM.', 'tempo', ''),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "names", "question"), TRUE, ids=[row[0][:60] for row in TRUE])
def test_a_true_sentence_passes(sentence: str, names: str, question: str) -> None:
    assert check(sentence, cited(*names.split()), question=question, subjects=SUBJECTS) == ()


@pytest.mark.parametrize(("sentence", "names", "question"), FALSE, ids=[row[0][:60] for row in FALSE])
def test_a_false_sentence_is_stopped(sentence: str, names: str, question: str) -> None:
    assert check(sentence, cited(*names.split()), question=question, subjects=SUBJECTS) != ()


def test_an_ambiguous_file_name_is_stopped() -> None:
    found = [made("rhythm.tempo_bpm", "tempo", 126.0, subject="a/kick.wav")]
    subjects = ("a/kick.wav", "b/kick.wav")
    assert check("kick.wav runs at 126 BPM.", found, question="", subjects=subjects)
    assert not check("a/kick.wav runs at 126 BPM.", found, question="", subjects=subjects)
    assert check("b/kick.wav runs at 126 BPM.", found, question="", subjects=subjects)


def test_digits_of_a_file_name_are_no_numbers() -> None:
    found = [made("rhythm.tempo_bpm", "tempo", 90.0, subject="loop 120bpm.wav")]
    assert not check("loop 120bpm.wav runs at 90 BPM.", found, question="", subjects=("loop 120bpm.wav",))
    assert check("loop 120bpm.wav runs at 120 BPM.", found, question="", subjects=("loop 120bpm.wav",))


def test_a_computed_difference_keeps_its_direction() -> None:
    loud = made("loudness.integrated_lufs", "loudness", -14.9, id="e1")
    source = Source("hub", "1", "e1 - (-14 LUFS asked)")
    away = made("loudness.target_difference_lu", "loudness_difference", -0.9, id="e2", source=source)
    question = "is it loud enough for -14 LUFS"
    assert not check("It is 0.9 LU below your target of -14 LUFS.", [loud, away], question=question, subjects=())
    assert check("It is 0.9 LU above your target of -14 LUFS.", [loud, away], question=question, subjects=())
    assert check("It is 0.9 LU below your target of -16 LUFS.", [loud, away], question=question, subjects=())


HOSTILE = [
    "", " ", "\x00\x07\x1b[31m126 BPM", "It runs at 1\u200b2\u200b6 BPM.", "\u202e126 BPM\u202c", "1" * 10_000,
    "1," * 9_000, "-" * 19_000, "[e" * 5_000, '"' * 19_999, "'" * 19_999, "A" * 19_000 + " minor", "1:00 " * 3_000,
    "126 BPM " * 2_000,
    "louder than " * 1_500, "mix.wav " * 2_000, "½ of it", "𝟏𝟐𝟕 BPM", "\ud800 127", "١٢٧ BPM", "²⁶ BPM", "1e999 BPM",
    "9" * 400 + " BPM", "." * 19_000, "a." * 9_000, "one " * 4_000, " and" * 4_000, "no " * 6_000 + "clipping",
    "#" * 19_000,
    "strongest band " * 1_300, "recorded at Abbey Road " * 800, "the first file " * 1_300, "from 1 to 2 LUFS " * 1_100,
    "the strongest peak is 440 Hz (A4) " * 12, 'artist "x" by ' * 1_400, "The Peaks " * 1_900,
    "not in A minor " * 1_300, "starts at 0.5 s " * 390, "as fast as " * 1_800, "leans to the left " * 1_100,
    "\ufdfa" * 2_000, "(" * 19_000, " " * 19_999, "about " * 3_000 + "126 BPM", "e1" * 9_000,
]  # fmt: skip


@pytest.mark.parametrize("sentence", HOSTILE, ids=[str(at) for at in range(len(HOSTILE))])
def test_hostile_text_never_crashes_and_is_read_quickly(sentence: str) -> None:
    started = time.perf_counter()
    check(sentence, MIX, question=sentence, subjects=SUBJECTS)
    assert time.perf_counter() - started < 30.0  # a bound against patterns that explode


def test_a_megabyte_is_refused_at_once() -> None:
    started = time.perf_counter()
    assert check("It runs at 126 BPM. " * 50_000, MIX, question="x" * 1_000_000, subjects=SUBJECTS)
    assert time.perf_counter() - started < 10.0  # as above


def test_invisible_and_wide_digits_are_read_as_digits() -> None:
    tempo = cited("tempo")
    assert not check("It runs at １２\u200b６ BPM.", tempo, question="", subjects=SUBJECTS)
    assert check("It runs at １２\u200b７ BPM.", tempo, question="", subjects=SUBJECTS)
    assert check("It runs at \u202e127\u202c BPM.", tempo, question="", subjects=SUBJECTS)
    assert check("It runs at ١٢٧ BPM.", tempo, question="", subjects=SUBJECTS)
