"""What the stages share: frames, spectra, pitch peaks and chroma of a stream, and where they are kept."""
