"""What words mean to an edit, in English, Spanish, German, French, Portuguese, Italian and Swedish.

Words are folded (lower case, no accents); `_` joins those of a phrase, `*` stands for any ending. One word may mean
several things ("final" is the last of something, or its end); what is read around it decides.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Concept → its words.
CONCEPTS: Mapping[str, str] = {
    "FADE": """
        fade fades fading faded fadeout fadein fadeouts fadeins fader fundido fundidos desvanec* difumin*
        desvanecido blende blenden blend ausblend* einblend* abblend* ausgeblendet eingeblendet uberblend* ausfad*
        einfad* auszublenden einzublenden ausklingen abklingen fondu fondus estomp* esmaec* desvane* dissolvenz*
        dissolv* sfum* sfumat* tona tonas tonar toning toningar fada fadas fadar uttoning* intoning* uttonad intonad
        nedtoning* attenua_progressivamente diminui_progressivamente
    """,
    "FADE_OUT": """
        fadeout fadeouts ausblend* ausfad* abblend* auszublenden ausklingen abklingen ausgeblendet uttoning* uttonad
        nedtoning*
    """,
    "FADE_IN": "fadein fadeins einblend* einfad* einzublenden eingeblendet intoning* intonad",
    "CROSSFADE": """
        crossfade* cross_fade cross_fades crossfad* uberblend* fundido_cruzado fundido_encadenado fundidos_cruzados
        fondu_enchaine fondus_enchaines fondu_croise dissolvenza_incrociata dissolvenze_incrociate overtoning*
        korstoning* korstona overtona fade_cruzado transicao_cruzada
    """,
    "OUT": "out away sortant sortante aus ut salida saida sortie uscita fermeture cierre chiusura",
    "IN": "in ein entrant entrante entrada entree entrata ingresso ouverture apertura abertura",
    "CUT": """
        cut cuts cutting remove removes removing delete drop lose discard strip shave lop chop skip ditch trim clip
        snip minus get_rid_of take_off take_out take_away off leave_out leave_off throw_away knock_off nuke kill
        erase corta corte cortar cortale recorta* quita quitar quitale quite elimina eliminar elimine suprim* borra
        borrar saca sacale schneid* abschneid* wegschneid* rausschneid* herausschneid* entfern* losch* kurz* kappe
        kappen wegnehmen abgeschnitten beschneid* weglassen lass_weg streich* coupe* couper coupez supprim* enlev*
        retir* ote otez vire virez tronque* rogne* tira tirar tire remov* apaga apagar exclu* retira taglia tagliare
        tagliami togli togliere rimuov* elimin* leva levare accorcia* scarta klipp klippa kapa kapar skar skara
        ta_bort tar_bort klipp_bort klippa_bort skar_bort radera avlags* stryk ta_av weg abschneiden
    """,
    "CUT_OUT": """
        cut_out cut_out_of take_out rausschneid* herausschneid* ausschneid* raus heraus remove delete entfern*
        losch* elimina eliminar quita quitar supprim* enlev* remov* rimuov* elimin* togli ta_bort klipp_bort
        klippa_bort skar_bort
    """,
    "CROP": """
        trim crop crops cropped recorta recortar rogne rogner beschneid* zuschneid* recortalo recorte beskar beskara
    """,
    "KEEP": """
        keep keeps extract excerpt leave retain preserve isolate snippet cut_down_to conserva* manten* mantem
        mantenha deja dejar dejame extrae* fica fique extrai* extraer extrait quedate behalt* behalte extrahier*
        herausnehmen ausschnitt garde garder gardez conserv* extrais extraire ne_garde deixa deixar fica_com
        fique_com tieni tenere tienimi estrai estrarre lascia mantieni behall behalla extrahera utdrag
    """,
    "ONLY": "only just solo solamente nur seulement uniquement apenas soltanto bara endast somente",
    "GIVE": """
        give want need export save render bounce send take get make create produce dame quiero necesito exporta*
        guarda* haz hazme hacer toma crea gib mach mache machen nimm exportier* speicher* erstell* brauche will
        mochte donne* veux exporte* enregistre* sauvegarde* fais faire prends cree quero salva salve salvar faz faca
        pega crie dammi voglio esporta* salva* fai fammi prendi ge vill spara exportera gor skapa like hatte gern
        aimerais voudrais gustaria quisiera vorrei gostaria grab pull
    """,
    "EXCEPT": "but except excluding besides salvo excepto ausser sauf exceto tranne eccetto utom forutom menos",
    "EVERYTHING": """
        everything all rest anything todo tudo tout alles allt tutto lo_que_sigue le_reste den_rest resten
    """,
    "WITHOUT": "without ohne sin sans sem senza utan minus",
    "NORMALISE": """
        normali* level leveling leveln auspegel* pegel* pegle nivel* niveau_a niva normera* aussteuern master
    """,
    "LOUDNESS": """
        loudness lautheit lautstarke volume volumen sonoridad sonoridade volum ljudstyrka volym ljudniva lufs loud
        intensita sonorite
    """,
    "AS_LOUD": """
        as_loud_as same_loudness same_level same_volume equally_loud so_laut_wie gleich_laut genauso_laut
        tan_fuerte_como aussi_fort_que tao_alto_quanto cosi_forte_come lika_hog lika_hogt lika_starkt mismo_volumen
        meme_volume mesmo_volume stesso_volume samma_volym gleiche_lautstarke gleiche_lautheit
    """,
    "PEAK": """
        peak peaks spitze spitzen spitzenpegel pico picos crete cretes picco picchi topp toppar toppniva toppvarde
        true_peak
    """,
    "LOUDER": """
        louder boost lauter amplify amplifica* anheb* verstark* mas_fuerte mas_alto_de_volumen plus_fort
        mais_alto_o_volume piu_forte hogre_volym starkare turn_up turn_it_up crank sube_el_volumen
        augmente_le_volume monte_le_volume aumenta_o_volume aumenta_il_volume alza_il_volume hoj_volymen hoj_nivan
        lat_starkare monte_le_son hotter
    """,
    "SOFTER": """
        softer quieter attenuate leiser absenk* dampf* mas_bajo_de_volumen mas_suave moins_fort plus_doux
        mais_baixo_o_volume piu_piano piu_basso_di_volume tystare lagre_volym turn_down turn_it_down baja_el_volumen
        baisse_le_volume baisse_le_son diminue_le_volume diminui_o_volume abaixa_o_volume baixa_o_volume
        abbassa_il_volume sank_volymen sank_nivan svagare menos_fuerte mais_suave
    """,
    "GAIN": """
        gain ganancia verstarkung ganho guadagno forstarkning gan gagne level nivel niveau livello niva pegel volume
        volumen volym
    """,
    "STRETCH": """
        stretch* timestretch* time_stretch* warp conform estira* estirar alarga* estica* streck* dehn* gedehnt etir*
        etend* allung* dilata* stira tanj tanja strack strack_ut stracka stracka_ut elonga* lengthen longer_to
        extend prolong* verlanger* rallong* forlang* beatmatch
    """,
    "LENGTHEN": """
        lengthen extend longer verlanger* rallong* alarga* allung* prolong* forlang* elonga* dehn* langer plus_long
        mas_largo mais_longo piu_lungo langre
    """,
    "SHORTEN": """
        shorten shorter kurz* verkurz* acorta* raccourci* encurta* accorcia* forkort* korta korta_ner kuerz*
        plus_court mas_corto mais_curto piu_corto kortare
    """,
    "LONG": """
        long length lang lange dauer lunga lungo largo longo longue duree duracion duracao durata lasting langd_pa
    """,
    "LENGTH": """
        length duration lange dauer longitud duracion longueur duree comprimento duracao lunghezza durata langd
        speltid
    """,
    "SLOWER": """
        slow slower slows slowly slowed slow_down slow_it_down langsam* verlangsam* mas_lento lento lenta despacio
        mas_despacio ralentiz* frena ralent* plus_lent plus_lente lentement moins_vite devagar mais_lento
        mais_devagar desaceler* rallent* piu_lento piu_lenta langsamm* langsammare sakta sakta_ner bromsa lente lent
        abbrems*
    """,
    "FASTER": """
        speed_up speed_it_up faster fast quick quicker accelerate* schneller schnell beschleunig* mas_rapido rapido
        rapida aceler* acceler* plus_vite plus_rapide vite rapide mais_rapido mais_rapida veloc* piu_veloce
        piu_rapido velocizza* snabb* snabbare fortare fort snabba_upp oka_tempot
    """,
    "SPEED": """
        speed tempo bpm tempos pace geschwindigkeit velocidad velocidade vitesse velocita hastighet hastigheten
        tempot playback_rate speeds half_time double_time half_tempo double_tempo
    """,
    "PITCH": """
        pitch pitched pitching transpose* transposed transpon* transponer tonhohe tonlage stimm* verstimm* altura
        tono afina* hauteur accord* transposer altezza intona* traspon* trasponi tonhojd transponera semitones
        detune retune tune pitcha pitchen
    """,
    "SHIFT": "shift shifts shifting verschieb* desplaz* decal* desloc* spost* skifta flytta move",
    "UP": """
        up higher raise raised hoher hoch rauf herauf hinauf nach_oben sube subir subelo subele sube_el arriba
        mas_alto mas_alta mas_agudo mas_aguda aumenta* monte* monter plus_haut plus_haute plus_aigu vers_le_haut
        augmente* acima sobe suba mais_alto mais_alta mais_agudo mais_aguda para_cima su in_su alza alzalo alzala
        piu_alto piu_alta piu_acuto sopra verso_l_alto upp upat hogre hoj hoja uppat erhoh* anheb* sharper rehauss*
        hausse* eleva*
    """,
    "DOWN": """
        down lower lowered tiefer runter herunter hinunter nach_unten baja bajar bajalo bajale abajo mas_bajo
        mas_baja mas_grave hacia_abajo baisse* baisser descend* plus_bas plus_basse plus_grave vers_le_bas abaixo
        baixa baixar desce descer mais_baixo mais_baixa mais_grave para_baixo giu in_giu abbassa* scendi scendere
        sotto piu_basso piu_bassa piu_grave verso_il_basso ner nedat abaixa* sank sanka lagre drop reduce reduz*
        senk* herab verringer* diminu* dimin* flatter
    """,
    "REVERSE": """
        reverse reversed backwards backward reversing ruckwarts rueckwaerts umdreh* umkehr* umgekehrt al_reves
        hacia_atras revierte reproducelo_al_reves inviert* invertir invertido a_l_envers inverse* inverser
        ao_contrario de_tras_para_frente de_tras_para_a_frente inverte* inverter al_contrario invert* inverti
        rovescia* a_rovescio all_indietro all_inverso baklanges baklang* bakifran omvand vand vanda vand_pa
        turn_around turn_it_around back_to_front da_dietro invers kehr_um dale_la_vuelta da_la_vuelta dar_la_vuelta
        retourne retourner retournez
    """,
    "POLARITY": "polarity phase polaritat phasenlage polaridad fase polarite polaridade polarita polaritet fas",
    "SLICE": """
        slice slices slicing sliced chop chops split splits dice zerschneid* zerleg* zerhack* zerteil* aufteil*
        teil* trocea* rebana* divide* dividi* decoup* decoupe* tranch* fatia* pica affetta* suddivid* skiva skivor
        hacka dela chop_up cut_up cut_it_up chop_it_up klipp_upp klippa_upp slica split_up
    """,
    "HITS": """
        hits hit samples onsets onset transients transient attacks attack one_shots one_shot oneshots oneshot
        strikes drum_hits anschlag* einsatz* transient* schlage schlagen golpe golpes ataque ataques transitorio*
        inicio_de_nota attaque attaques coup coups frappe frappes transitoire* batida batidas transiente* attacco
        attacchi colpo colpi transienti anslag anslagen slag slagen transienter transienterna
    """,
    "RATE": """
        resample* sample_rate sampling_rate samplerate downsample* upsample* abtastrate samplingrate
        frecuencia_de_muestreo remuestre* echantillonn* frequence_d_echantillonnage taxa_de_amostragem reamostr*
        frequenza_di_campionamento ricampion* samplingsfrekvens* resampla omsampla sampla_om resampling
    """,
    "CONVERT": """
        convert* export* save saves render bounce encode transcode resave dump write output turn_into turn_it_into
        turn_this_into wandle wandeln umwandeln umgewandelt konvertier* exportier* speicher* speichern rechne
        guarda* guardalo convierte* converti* exporta* pasalo pasa enregistre* exporte* sauvegarde* transforme*
        encode* salva* salve salvar converte* transforma* esporta* trasforma* salvalo spara exportera konvertera
        gor_om omvandla rendera dither
    """,
    "FLOAT": "float floating fliesskomma gleitkomma flotante flottant flutuante flyttal",
    "JOIN": """
        join joins concatenate* concat append attach glue stick_together put_together combine merge together
        string_together back_to_back end_to_end stitch splice unir juntar junta juntalo concatena* pega pegar
        une_estos une_estas une_los une_las encadena* combina* enlaza anade_al_final zusammenfug* fug* zusammen
        verbind* hang* anhang* aneinander hintereinander klebe* kombinier* joindre colle coller assemble* concaten*
        enchain* bout_a_bout rattache* raccord* fusionne* fusiona* fundir emenda* cola colar une-os unisci* unire
        attacca* incolla* accoda* metti_insieme combin* satt_ihop satta_ihop foga_ihop klistra_ihop sla_ihop
         ihop hang_pa koppla_ihop lagg_till fog_samman samman
    """,
    "ADD_TO": """
        add put stick place anade anadir agrega pon setze hange fuge ajoute* mets adiciona* coloca poe aggiungi*
        metti lagg satt append attach pack packe klatsch tack slap pop
    """,
    "BEHIND": """
        after behind onto following despues detras hinter dahinter hintan apres derriere depois atras dopo dietro
        efter bakom dran hintendran hinten
    """,
    "BEFORE": """
        before in_front ahead_of prepend prepends preceding antes_de delante vor davor avant devant antes prima_di
        davanti fore innan framfor
    """,
    "FIRST": """
        first initial opening primer primero primera primeros primeras erste ersten erster erstes premier premiere
        premiers premieres primeiro primeira primeiros primeiras primo prima primi prime forsta inledande
    """,
    "LAST": """
        last final closing ultimo ultima ultimos ultimas letzte letzten letzter letztes dernier derniere derniers
        dernieres ultimi ultime finali sista avslutande
    """,
    "START": """
        start beginning begin front head top opening anfang beginn principio inicio comienzo debut commencement
        comeco inizio borjan starten starts begins begynnelse empez* empiez* comienz* arranc* demarr* commenc* partire
        inizi* comec* borj* beginn* anfang* start_at begin_at starting_at starts_at begins_at starting_from
        beginning_at
    """,
    "END": """
        end ending tail finish close ende schluss final fin cola fine finale fim slut slutet anden end_of_it ends
        finishes termin* finiss* finish* endet acabe acaba slutar finire
    """,
    "BOTH": "both ambos ambas beide beiden beiderseits deux entrambi entrambe bada either ends_of",
    "AFTER": """
        after following nach ab despues_de despues a_partir_de apres a_partir_du apres_la depois_de depois dopo
        dopo_i dopo_il efter from_on past beyond
    """,
    "UNTO_BEFORE": "before up_until vor antes_de antes avant prima_di prima innan fore",
    "UNTIL": "until till up_to up_until bis hasta jusqu_a jusque ate fino_a fram_till",
    "SINCE": """
        from starting_at starting_from beginning_at start_at begin_at starts_at begins_at von ab desde a_partir_de
        depuis da dal fran
    """,
    "STOP": """
        stop end_it ending_at end_at finish_at stops aufhoren stopp termina terminar acaba arrete arreter finis
        ferma finisci sluta slutar avsluta
    """,
    "AT": "at bei an en a um vid alle",
    "BETWEEN": "between from zwischen von entre de desde tra fra da dal mellan fran",
    "TO": "to into at bis auf a al hasta en a_la au aux vers para ate ao em para_o till pa zu down_to ner_till",
    "BY": "by um por de par di del med per con durch of",
    "FROM": "from von de desde da dal du depuis fran its at_present currently",
    "RANGE_TO": "to till til until through thru bis a al hasta ate ao jusqu_a fino_a fino_al fino ->",
    "AND": "and y e und et och &",
    "HALF": """
        half halves halve halved halb halbe halben halbier* mitad la_mitad moitie metade meta halva halften halv
        dimezza* halvera* metad demi demie
    """,
    "DOUBLE": """
        double doubled twice doppelt doppelte doppelten verdoppel* doble duplica* dobla doubler dobro dobra doppio
        doppia raddoppia* dubbel dubbelt dubbla dubblera* dubbelt_sa
    """,
    "FACTOR": "factor faktor facteur fator fattore",
    "LINEAR": "linear lineal lineaire lineare linjar linjart linealmente straight_line",
    "EQUAL_POWER": "equal_power constant_power",
    "MAJOR": "major grosse grossen mayor majeure maior maggiore stor",
    "MINOR": "minor kleine kleinen menor mineure minore liten",
    "QUALITY": "perfect reine reinen justa juste perfecta perfeita giusta ren",
    "OTHER": """
        other another otro otra otros andere anderen anderes autre autres outro outra altro altra andra other_one
    """,
    "THIS": """
        this it este esta ese dies dieses diese diesen ce cette cet esse essa isso questo questa den_har denna
        det_har
    """,
    "LIKE": """
        like same match matches matching as wie gleich gleiche gleichen anpass* angepasst passend angleich* como
        igual mismo misma iguala* comme meme pareil adapte* aligne* come stesso stessa uguale som samma matcha*
        anpassa* likadan adapta* ajusta* mesmo mesma tao
    """,
    "OF": "of von vom der des de del de_la du d da do dello della dell av fran s di",
    "OVERWRITE": """
        overwrite overwrites overwriting uberschreib* sobrescrib* sobreescrib* ecras* sobrescrev* sovrascriv*
        skriv_over skriva_over in_place in_situ save_over write_over over_the_original replace_the_original
        replace_original replace_the_file ersetz* reemplaza* remplace* substitui* sostitui* ersatt*
    """,
    "ORIGINAL": "original originale originaldatei originals originalet quelldatei source_file originalfil originalen",
    "DELETE": """
        delete erase losch* borra borrar elimina* supprim* apaga apagar cancella* radera exclui* remove trash wipe
        destroy rm unlink
    """,
    "THE_FILE": """
        file files datei dateien archivo archivos fichier fichiers arquivo arquivos ficheiro file_audio fil filen
        filer recording aufnahme grabacion enregistrement gravacao registrazione inspelning inspelningen folder
        ordner carpeta dossier pasta cartella mapp mappen it
    """,
    "UNDO": """
        undo ruckgangig deshaz deshacer annule annuler desfaz desfazer annulla angra revert take_it_back
        take_that_back
    """,
    "THEN": """
        then afterwards afterward next finally also after_that luego entonces despues tambien por_ultimo dann danach
        anschliessend ausserdem schliesslich zuletzt puis ensuite apres aussi enfin alors depois entao tambem
        por_fim poi quindi dopo anche infine sedan darefter ocksa dessutom slutligen but pero aber ma men plus
    """,
    "MAKE": """
        make add put turn set bring apply do haz pon anade agrega mach mache fuge setze fais mets ajoute faz coloca
        adiciona poe fai metti aggiungi gor satt lagg ge
    """,
    "BE": "is it's was currently at_present ist es el_tempo_es tiene est a_un_tempo_de tem ha har ar",
    "PLEASE": """
        please thanks thank you cheers mate hi hey hello yo ok okay yes now so well sorry quick question bitte danke
        hallo por favor gracias hola merci bonjour salut plait obrigado obrigada ola grazie ciao tack hej snalla
    """,
    "NOT": """
        not never don no nicht kein keine keinen nunca pas nao non inte ingen inget
    """,
    "NAME": """
        name named call called naming nenne nennen namens llama* llamalo nombre nomme* appelle* nom chama* nome
        chiama* kalla* dop namn
    """,
    "SAVE": """
        save saves export exporta* write guarda* speicher* speichere abspeichern exportier* enregistre* sauvegarde*
        exporte* salva* salve salvar esporta* spara exportera render bounce output guardalo
    """,
    "AS": "as to into als unter como en comme sous em come in som till call it",
}

#: Verbs in two parts: the first word → what may follow later, and what both mean.
SPLIT_VERBS: Mapping[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(("dreh", "drehe", "kehr", "kehre"), (("um", "REVERSE"),)),
    "turn": (("up", "LOUDER"), ("down", "SOFTER"), ("around", "REVERSE"), ("round", "REVERSE"), ("into", "CONVERT")),
    **dict.fromkeys(
        ("take", "knock", "shave", "get"), (("off", "CUT"), ("out", "CUT_OUT"), ("away", "CUT"), ("rid", "CUT"))
    ),
    **dict.fromkeys(("lass", "nimm", "mach", "schmeiss", "wirf"), (("weg", "CUT"), ("raus", "CUT"))),
    **dict.fromkeys(("cut", "chop", "slice"), (("up", "SLICE"), ("into", "SLICE"), ("out", "CUT_OUT"))),
    **dict.fromkeys(("klipp", "klippa", "dela", "hacka"), (("upp", "SLICE"), ("bort", "CUT"))),
    **dict.fromkeys(("schneide", "schneid"), (("raus", "CUT_OUT"), ("heraus", "CUT_OUT"))),
    "ta": (("bort", "CUT"),), "skar": (("bort", "CUT"),), "vand": (("pa", "REVERSE"),),
    "speed": (("up", "FASTER"),), "slow": (("down", "SLOWER"),),
    "leave": (("out", "CUT"), ("off", "CUT")), "bring": (("up", "UP"),), "play": (("backwards", "REVERSE"),),
}  # fmt: skip

#: Unit → its words; what is behind the slash is how many of it one of them is.
UNITS: Mapping[str, str] = {
    "s": """
        s sec secs second seconds seg segs segundo segundos sek sekunde sekunden sekund sekunder sekunderna seconde
        secondes secondo secondi
    """,
    "s/0.001": """
        ms msec millisecond milliseconds milisegundo milisegundos milissegundo milissegundos millisekunde
        millisekunden millisekund millisekunder milliseconde millisecondes millisecondo millisecondi
    """,
    "s/60": "m min mins minute minutes minuto minutos minuten minuti minut minuter minuterna",
    "bpm": """
        bpm beats_per_minute beats_a_minute schlage_pro_minute pulsaciones_por_minuto golpes_por_minuto
        battements_par_minute batidas_por_minuto battiti_al_minuto slag_per_minut slag_i_minuten
    """,
    "lufs": "lufs lkfs luf",
    "dbtp": "dbtp db_tp db_true_peak",
    "dbfs": "dbfs db_fs",
    "db": "db dbs decibel decibels dezibel decibelio decibelios decibeis decibelis lu",
    "st": """
        st semitone semitones semi semis semitono semitonos semitoni semitom semitons semitone_s halbton halbtone
        halbtonen halbtonschritt halbtonschritte demi_ton demi_tons demitons half_step half_steps half_tone
        half_tones halftone halvton halvtoner halvtonssteg semi_ton semi_tons
    """,
    "st/2": """
        whole_step whole_steps whole_tone whole_tones tone tones ganzton ganztone tono tonos ton tons tom toni
        helton heltoner hela_tonsteg helt_tonsteg
    """,
    "st/12": "octave octaves octava octavas oktave oktaven oitava oitavas ottava ottave oktav oktaver",
    "st/7": "fifth quinta quinte quint kvint fifths quinten",
    "st/5": "fourth cuarta quarte quart quarta kvart quarten",
    "st/6": "tritone tritono tritonus tritom triton",
    "third": "third thirds tercera terz tierce terca terza ters",
    "sixth": "sixth sexta sexte sixte sesta sext",
    "seventh": "seventh septima septime septieme setima settima",
    "ct": "cent cents ct centesimo centesimi centieme centiemes centavos",
    "%": "% percent per_cent prozent por_ciento pourcent pour_cent pourcents por_cento per_cento procent pct",
    "x": "x times mal fois veces vezes vez volte ganger fach fache",
    "khz": "khz kilohertz k kiloherz",
    "hz": "hz hertz",
    "bit": "bit bits bitar bitars bitig",
    "kbps": "kbps kbit kbits kb kbit_s",
    "bar": """
        bar bars measure measures takt takte takten takter compas compases mesure mesures compasso compassos battuta
        battute beat beats
    """,
}

#: Formats by their names; an empty one cannot be written.
FORMATS: Mapping[str, str] = {
    "wav": "wav", "wave": "wav", "flac": "flac", "aiff": "aiff", "aif": "aiff", "ogg": "ogg", "oga": "ogg",
    "vorbis": "ogg", "mp3": "mp3", "m4a": "", "aac": "", "alac": "", "opus": "", "wma": "", "mp4": "", "midi": "",
    "caf": "", "ape": "", "wavpack": "", "ac3": "", "dsd": "",
}  # fmt: skip

#: Levels that go by a name, in LUFS.
TARGETS: Mapping[str, float] = {
    **dict.fromkeys("spotify youtube tidal streaming soundcloud amazon deezer apple itunes bandcamp".split(), -14.0),
    **dict.fromkeys("podcast podcasts audiobook horbuch".split(), -16.0),
    **dict.fromkeys("broadcast broadcasting ebu r128 rundfunk fernsehen television tv radio".split(), -23.0),
    **dict.fromkeys("club clubs".split(), -9.0),
}

#: What cannot be done: words that say so by themselves → what it is, behind "I cannot ... yet".
CANNOT: tuple[tuple[str, str], ...] = (
    (
        """mono monophonic downmix monaural""",
        "mix channels down to mono",
    ),
    (
        """polarity phase polaritat polaridad polarite polaridade polarita polaritet""",
        "invert the polarity",
    ),
    (
        """hum denoise* noise hiss click clicks pops brumm* zumbido ronflement ronzio brum rauschen ruido bruit
        rumore rumble declick dehum restore* crackle""",
        "clean up noise, hum or clicks",
    ),
    (
        """eq equalise* equalize* highpass lowpass high_pass low_pass bandpass notch filter* hochpass tiefpass
        filtra* filtre* treble bass_boost""",
        "filter or equalise",
    ),
    (
        """reverb delay echo chorus_effect flanger phaser distort* distortion compress compressor compression
        limiter limit saturate* saturation autotune hall hallraum reverberation reverbero autotuning warmth
        overdrive kompressor komprimier*""",
        "add effects",
    ),
    (
        """silence silences silent silencio stille silenzio tystnad tystnaden pause pausa pausen gap luecke leerlauf""",
        "find silence and cut it by itself; ask me where it is silent, and name the times",
    ),
    (
        """intro outro verse chorus bridge refrain hook breakdown count_in countin strophe estribillo couplet refrao
        ritornello refrang brygga loudest verso strofa""",
        "find a section by its name; ask me for its form, and name the times",
    ),
    (
        """loop_it loop_this looped repeat repeats repite wiederhol* repete ripet* upprep* make_a_loop a_loop_of
        loop_of""",
        "repeat or loop it",
    ),
    (
        """pan panning swap_left swap_the_channels left_channel right_channel left_and_right linke_kanal
        linken_kanal rechten_kanal canal_izquierdo canal_derecho canal_gauche canal_droit canal_esquerdo
        canal_direito canale_sinistro canale_destro vanster_kanal hoger_kanal vansterkanal* hogerkanal* stereo_width
        widen links_und_rechts stereo_file_into""",
        "move sound between left and right, or take channels apart",
    ),
    (
        """quantise quantize quantisier*""",
        "move beats",
    ),
    (
        """metadata tags id3""",
        "write tags",
    ),
    (
        """dc_offset dc""",
        "remove a DC offset",
    ),
    (
        """overlay on_top_of layer mashup superpon* superpos* uberlager*""",
        "mix recordings on top of each other",
    ),
)
#: Instruments and such: cannot be taken apart, where they stand with a word for removing or for more and less of it.
PARTS = """
    vocals vocal voice voices singer drums drum bass guitar piano kick snare stem stems instrumental acapella
    karaoke voz voces stimme gesang schlagzeug voix batterie bateria vozes voce voci batteria rost sang trummor
    treble highs lows mids instrument instruments
"""
