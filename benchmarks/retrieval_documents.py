"""Documentation that the packages of the development lock ship, as Markdown files with sections: what is searched."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType

#: One document for each: what its public functions and classes say of themselves. Versions are those of the lock.
MODULES: tuple[str, ...] = (
    "mir_eval.alignment", "mir_eval.beat", "mir_eval.chord", "mir_eval.hierarchy", "mir_eval.io", "mir_eval.key",
    "mir_eval.melody", "mir_eval.multipitch", "mir_eval.onset", "mir_eval.pattern", "mir_eval.segment",
    "mir_eval.separation", "mir_eval.tempo", "mir_eval.transcription", "mir_eval.transcription_velocity",
    "mir_eval.util", "soundfile", "mido", "numpy.fft", "numpy.linalg", "numpy.random", "numpy.polynomial",
    "numpy.polynomial.chebyshev", "numpy.testing", "scipy.cluster.hierarchy", "scipy.cluster.vq", "scipy.fft",
    "scipy.integrate", "scipy.interpolate", "scipy.io", "scipy.io.wavfile", "scipy.ndimage", "scipy.signal",
    "scipy.signal.windows", "scipy.sparse", "scipy.spatial", "scipy.spatial.distance", "scipy.special",
    "matplotlib.animation", "matplotlib.cm", "matplotlib.colors", "matplotlib.dates", "matplotlib.figure",
    "matplotlib.mlab", "matplotlib.ticker", "hypothesis", "packaging.version",
)  # fmt: skip

#: Sessions at a prompt, which are no text.
_EXAMPLES = re.compile(r"(?m)^Examples?\n-{3,}$")
#: The same table of array libraries, in hundreds of places.
_BACKENDS = re.compile(r"(?ms)^\*\*Array API Standard Support\*\*.*?for more information\.\n?")


def documents() -> Iterator[tuple[str, str]]:
    """Each document's name and its Markdown."""
    for name in MODULES:
        yield name, _page(importlib.import_module(name))


def _page(module: ModuleType) -> str:
    parts = [f"# {module.__name__}\n\n{inspect.cleandoc(module.__doc__ or '')}"]
    parts += [f"## {name}\n\n{text}" for name, text in _members(module)]
    return "\n\n".join(parts) + "\n"


def _members(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Every public function and class of a module that has a few words to say, by name; each text once."""
    seen = set[str]()
    package = module.__name__.partition(".")[0]
    for name, member in sorted(vars(module).items()):
        own = (getattr(member, "__module__", "") or "").startswith(package)
        if name.startswith("_") or not callable(member) or not own:
            continue
        text = _BACKENDS.sub("", _EXAMPLES.split(inspect.getdoc(member) or "")[0]).rstrip()
        if len(text.split()) >= 12 and text not in seen:
            seen.add(text)
            yield name, text
