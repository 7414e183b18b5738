"""Orders for edits in seven languages, with what each should become: operations, a question back, or a refusal.

A line is `language | question | what`: operations as `grym edit` takes them, `ask: part of the question back`, or
`no: part of the refusal`. "{own}" is the tempo of the recording, measured; behind `@` stand the name of the new file or,
with "of=", what is edited. The recordings are song.wav, and b.wav where the line begins with a plus.
"""

PHRASES = """
en | fade the last 8 seconds | fade-out=8
en | fade out the last 8 seconds | fade-out=8
en | Please fade it out over the last ten seconds. | fade-out=10
en | fade in over 2 s | fade-in=2
en | add a 5 second fade out | fade-out=5
en | give it a fade-in of 50 ms | fade-in=0.05
en | fade in 2 s and out 5 s | fade-in=2 fade-out=5
en | fade in and out over 3 seconds | fade-in=3 fade-out=3
en | 2 s fades at both ends | fade-in=2 fade-out=2
en | a linear fade out of 4 s | fade-out=4/linear
en | fade out in 3 seconds | fade-out=3
en | fade the first two seconds | fade-in=2
en | let it fade away over half a minute | fade-out=30
en | fade out | ask: How long should the fade-out be
en | fade it | ask: Fade in at the start
en | stick a fade on the end | ask: How long should the fade-out be
en | fade it in and out | ask: How long should the fade-in be
en | fade in the last 8 seconds | ask: which of the two
en | cut the first 3 seconds | trim=3-
en | cut the first three seconds off | trim=3-
en | chop off the last 5 seconds | trim=0--5
en | cut the first 3 and the last 5 seconds | trim=3--5
en | trim 2 seconds off both ends | trim=2--2
en | remove 3 seconds at the start and 5 at the end | trim=3--5
en | take 4 s off the end | trim=0--4
en | keep 0:30 to 1:00 | trim=30-60
en | trim to 0:30-1:00 | trim=30-60
en | crop it to 1:10 - 1:40 | trim=70-100
en | give me 0:30 to 1:00 | trim=30-60
en | keep only the first minute | trim=0-60
en | just the last 8 seconds please | trim=-8
en | export only the first 30 seconds | trim=0-30
en | drop everything after 2:10 | trim=0-130
en | remove everything before 0:15 | trim=15-
en | keep everything but the last 5 seconds | trim=0--5
en | delete everything except 0:30-1:00 | trim=30-60
en | start it at 0:12 | trim=12-
en | end it at 2:30 | trim=0-150
en | keep from 1:05 to the end | trim=65-
en | save a version without the last 5 seconds | trim=0--5
en | keep between 12.5 and 20 s | trim=12.5-20
en | trim it to the first 30 s | trim=0-30
en | cut out 0:45 to 1:10 | no: out of the middle
en | cut 0:45 to 1:10 | ask: or take it out
en | shorten it to two minutes | ask: or stretch all of it
en | cut 3 seconds | ask: off which end
en | remove the silence at the start | no: find silence
en | remove the intro | no: a section by its name
en | remove the first bar | no: bars or beats
en | make it 100 bpm | stretch={own}->100bpm
en | stretch to 100 | stretch={own}->100bpm
en | stretch it from 126 to 100 bpm | stretch=126->100bpm
en | it is 126 bpm, stretch it to 100 | stretch=126->100bpm
en | slow it down to 90 | stretch={own}->90bpm
en | speed it up to 128 bpm without changing the pitch | stretch={own}->128bpm
en | conform this to 95 bpm | stretch={own}->95bpm
en | slow it down by 5 % | stretch=1.052632x
en | make it 5 percent faster | stretch=0.952381x
en | half speed | stretch=2x
en | play it at half speed | stretch=2x
en | double the tempo | stretch=0.5x
en | twice as fast | stretch=0.5x
en | make it twice as long | stretch=2x
en | at 80 % speed | stretch=1.25x
en | stretch it by a factor of 1.2 | stretch=1.2x
en | stretch it to exactly 30 seconds | stretch=30s
en | lengthen this to 20 seconds | stretch=20s
en | slow it down | ask: To which tempo
en | make it 10 bpm faster | ask: not by 10 BPM
en | pitch it up two semitones | shift=+2st
en | an octave down | shift=-12st
en | transpose down a fifth | shift=-7st
en | raise it by a major third | shift=+4st
en | shift the pitch by -50 cents | shift=-50ct
en | tune it up 30 cents | shift=+30ct
en | a half step down | shift=-1st
en | a whole tone higher | shift=+2st
en | transpose it by 3 semitones | shift=+3st
en | a third up | ask: a major third
en | transpose it | ask: By how much
en | transpose it to A minor | ask: not to a key
en | retune it from 440 to 432 Hz | shift=-31.77ct
en | normalise to -14 LUFS | normalise=-14LUFS
en | bring this to minus sixteen LUFS | normalise=-16LUFS
en | normalize to -1 dBTP | normalise=-1dBTP
en | bring the peak to -1 dB | normalise=-1dBTP
en | normalise the peaks to -1 | normalise=-1dBTP
en | normalise to -14 | normalise=-14LUFS
en | bring the peak down to -3 dBFS | normalise=-3dBFS
en | make it as loud as Spotify wants | normalise=-14LUFS
en | normalise it for a podcast | normalise=-16LUFS
en | make it louder by 3 dB | gain=+3dB
en | turn it down 6 dB | gain=-6dB
en | gain -2 dB | gain=-2dB
en | boost by 2 dB | gain=+2dB
en | normalise it | ask: To which level
en | make it louder | ask: How much louder
en | normalise to -14 dB | ask: its loudness (LUFS) or its peak
en | reverse it | reverse
en | play it backwards | reverse
en | chop it at the hits | slice=onsets
en | slice it at the transients | slice=onsets
en | cut it up at the onsets and save the slices as wav | slice=onsets convert=wav
en | split it into bars | no: not at bars
en | convert to 24-bit flac at 48k | convert=flac/48000/24
en | as mp3 | convert=mp3
en | give me an mp3 of it | convert=mp3
en | resample to 44.1 | resample=44100
en | change the sample rate to 48k | resample=48000
en | dither to 16 bit | convert=16
en | 32-bit float wav please | convert=wav/32f
en | save it as final.flac | convert=flac @final.flac
en | save as "my best take.wav" | convert=wav @my best take.wav
en | reverse it and call it upside down | reverse @upside down.wav
en | convert to m4a | no: cannot write M4A
en | make it mono | no: down to mono
en | mp3 at 320 kbps | no: no bit rate
en | convert it | ask: To which format
en | trim to 0:30-1:00, then fade out 2 s and export as mp3 | trim=30-60 fade-out=2 convert=mp3
en | reverse it, fade in 1 s, normalise to -1 dBTP and save as x.flac | reverse fade-in=1 normalise=-1dBTP convert=flac @x.flac
en | pitch down two semis and slow to 80 | shift=-2st stretch={own}->80bpm
en | keep the first 30 seconds with a 2 s fade out | trim=0-30 fade-out=2
en | reverse it but don't normalise it | reverse
en | overwrite the original with a fade out of 3 s | no: never change or delete
en | delete the file | no: never change or delete
en | undo the last edit | no: grym edit NAME undo
en | fade out 3 s and save as ../../etc/x.wav | no: without a folder
en | save it as /tmp/x.wav | no: without a folder
en | save it as song.wav | no: never write over one
en | remove the vocals | no: instruments or voices
en | add some reverb | no: add effects
en | high pass at 100 Hz | no: filter or equalise
en | join it with c.wav | ask: not among the files
en | stretch it to the tempo of the other | ask: Which other recording
+en | join it with b.wav | concatenate=b.wav @of=song.wav
+en | join these with a crossfade of 50 ms | concatenate=b.wav/0.05 @of=song.wav
+en | put b.wav before song.wav | concatenate=song.wav @of=b.wav
+en | stretch it to the tempo of the other | stretch={own}->{tempo}bpm @of=song.wav
+en | stretch song.wav to b.wav's tempo | stretch={own}->{tempo}bpm @of=song.wav
+en | match the loudness of b.wav | normalise={loudness}LUFS @of=song.wav
+en | make song.wav as loud as b.wav | normalise={loudness}LUFS @of=song.wav
+en | make it the same length as b.wav | stretch={length}s @of=song.wav
+en | convert these to flac | convert=flac @of=song.wav,b.wav
+en | convert b.wav to flac | convert=flac @of=b.wav
+en | convert them to flac and call it x | ask: One name
es | recorta los primeros diez segundos | trim=10-
es | quita los últimos 5 segundos | trim=0--5
es | quédate solo con los primeros 30 segundos | trim=0-30
es | conserva de 0:30 a 1:00 | trim=30-60
es | añade un fundido de salida de 5 segundos | fade-out=5
es | un fundido de entrada de dos segundos | fade-in=2
es | desvanece los últimos 8 segundos | fade-out=8
es | ponlo a 100 bpm | stretch={own}->100bpm
es | ralentízalo un 5 % | stretch=1.052632x
es | a mitad de velocidad | stretch=2x
es | súbelo dos semitonos | shift=+2st
es | una octava más abajo | shift=-12st
es | normaliza a -16 LUFS | normalise=-16LUFS
es | sube el volumen 3 dB | gain=+3dB
es | baja el pico a -1 dB | normalise=-1dBTP
es | ponlo al revés | reverse
es | córtalo en los golpes | slice=onsets
es | conviértelo a mp3 | convert=mp3
es | guárdalo como final.wav | convert=wav @final.wav
es | quita el silencio del principio | no: find silence
es | haz un fundido de salida | ask: How long should the fade-out be
es | recorta de 0:30 a 1:00, luego un fundido de salida de 2 s y guárdalo en mp3 | trim=30-60 fade-out=2 convert=mp3
es | borra el archivo | no: never change or delete
de | blende die letzten 8 Sekunden aus | fade-out=8
de | blende am Ende 5 Sekunden aus | fade-out=5
de | blende in 3 Sekunden aus | fade-out=3
de | in 2 Sekunden einblenden | fade-in=2
de | blende 2 s ein und 5 s aus | fade-in=2 fade-out=5
de | schneide die ersten zehn Sekunden weg | trim=10-
de | schneide die letzten 3 Sekunden raus | trim=0--3
de | entferne alles nach 2:10 | trim=0-130
de | behalte 0:30 bis 1:00 | trim=30-60
de | nur die erste Minute | trim=0-60
de | streck es auf 120 bpm | stretch={own}->120bpm
de | mach es 5 % langsamer | stretch=1.052632x
de | halbe Geschwindigkeit | stretch=2x
de | doppelt so schnell | stretch=0.5x
de | zwei Halbtöne höher bitte | shift=+2st
de | eine Quinte tiefer | shift=-7st
de | eine kleine Terz nach oben | shift=+3st
de | bring es auf -18 LUFS und speichere es | normalise=-18LUFS
de | mach es 3 dB leiser | gain=-3dB
de | die Spitzen auf -1 dB | normalise=-1dBTP
de | spiel es rückwärts | reverse
de | dreh die Aufnahme um | reverse
de | zerschneide es an den Anschlägen | slice=onsets
de | wandle das in mp3 um | convert=mp3
de | als 24-Bit-FLAC mit 48 kHz | convert=flac/48000/24
de | speichere es als fertig.wav | convert=wav @fertig.wav
de | entferne die Stille am Anfang | no: find silence
de | blende aus | ask: How long should the fade-out be
de | überschreibe das Original | no: never change or delete
+de | hänge b.wav an | concatenate=b.wav @of=song.wav
+de | füge die beiden mit einer Überblendung von 50 ms zusammen | concatenate=b.wav/0.05 @of=song.wav
fr | coupe les dix premières secondes | trim=10-
fr | enlève les 5 dernières secondes | trim=0--5
fr | garde de 0:30 à 1:00 | trim=30-60
fr | garde seulement la première minute | trim=0-60
fr | ajoute un fondu de sortie de 5 secondes | fade-out=5
fr | un fondu d'entrée de deux secondes | fade-in=2
fr | ralentis-le à 90 bpm | stretch={own}->90bpm
fr | accélère de 5 % | stretch=0.952381x
fr | deux fois plus lent | stretch=2x
fr | monte-le de deux demi-tons | shift=+2st
fr | une octave plus bas | shift=-12st
fr | normalise à -16 LUFS | normalise=-16LUFS
fr | baisse le volume de 3 dB | gain=-3dB
fr | inverse l'audio | reverse
fr | joue-le à l'envers | reverse
fr | découpe-le aux attaques | slice=onsets
fr | convertis-le en flac 24 bits | convert=flac/24
fr | enregistre-le sous final.wav | convert=wav @final.wav
fr | enlève le silence au début | no: find silence
fr | fais un fondu à la fin | ask: How long should the fade-out be
pt | corta os primeiros dez segundos | trim=10-
pt | tira os últimos 5 segundos | trim=0--5
pt | fica só com os primeiros 30 segundos | trim=0-30
pt | coloca um fade out de 5 segundos | fade-out=5
pt | um fade de entrada de 2 segundos | fade-in=2
pt | acelera para 128 bpm | stretch={own}->128bpm
pt | 5 % mais lento | stretch=1.052632x
pt | sobe dois semitons | shift=+2st
pt | uma oitava abaixo | shift=-12st
pt | normaliza para -16 LUFS | normalise=-16LUFS
pt | aumenta o volume 3 dB | gain=+3dB
pt | inverte o áudio | reverse
pt | ao contrário | reverse
pt | corta nos ataques | slice=onsets
pt | converte para mp3 | convert=mp3
pt | salva como final.wav | convert=wav @final.wav
pt | tira o silêncio do começo | no: find silence
it | taglia i primi dieci secondi | trim=10-
it | togli gli ultimi 5 secondi | trim=0--5
it | tieni da 0:30 a 1:00 | trim=30-60
it | aggiungi una dissolvenza finale di 5 secondi | fade-out=5
it | dissolvenza in entrata di 2 secondi | fade-in=2
it | portalo a 100 bpm | stretch={own}->100bpm
it | rallenta del 5 % | stretch=1.052632x
it | metà velocità | stretch=2x
it | alzalo di due semitoni | shift=+2st
it | un'ottava sotto | shift=-12st
it | normalizza a -16 LUFS | normalise=-16LUFS
it | abbassa il volume di 3 dB | gain=-3dB
it | inverti l'audio | reverse
it | al contrario | reverse
it | taglialo sugli attacchi | slice=onsets
it | convertilo in mp3 | convert=mp3
it | salvalo come finale.wav | convert=wav @finale.wav
it | togli il silenzio all'inizio | no: find silence
sv | klipp bort de första tio sekunderna | trim=10-
sv | ta bort de sista 5 sekunderna | trim=0--5
sv | behåll 0:30 till 1:00 | trim=30-60
sv | tona ut de sista 5 sekunderna | fade-out=5
sv | tona in på 2 sekunder | fade-in=2
sv | sänk tempot till 90 bpm | stretch={own}->90bpm
sv | 5 % snabbare | stretch=0.952381x
sv | halva hastigheten | stretch=2x
sv | höj två halvtoner | shift=+2st
sv | en oktav ner | shift=-12st
sv | normalisera till -16 LUFS | normalise=-16LUFS
sv | sänk nivån med 3 dB | gain=-3dB
sv | spela det baklänges | reverse
sv | klipp upp det vid anslagen | slice=onsets
sv | konvertera till mp3 | convert=mp3
sv | spara som klar.wav | convert=wav @klar.wav
sv | ta bort tystnaden i början | no: find silence
+sv | sätt ihop dem med en övertoning på 50 ms | concatenate=b.wav/0.05 @of=song.wav
"""
