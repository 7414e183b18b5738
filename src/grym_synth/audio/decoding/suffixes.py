"""Which files of a folder are taken for recordings, by their endings alone: reading them tells what they are."""

AUDIO_SUFFIXES = frozenset(
    ".wav .wave .bwf .w64 .rf64 .aif .aiff .aifc .flac .ogg .oga .opus .mp3 .m4a .aac .mp4 .caf .au .wma".split()
)
