"""`python -m grym_synth` is `grym`."""

from grym_synth.frontends.cli import main

main()
