"""Sentence vectors: the MiniLM pack, one thread, loaded when the first sentence comes.

References
----------
Reimers and Gurevych, "Sentence-BERT", 2019 (mean pooling); Wang et al., "MiniLM", 2020.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import BadSetup, MissingDependency
from .wordpiece import load_vocabulary, token_ids

FloatArray = npt.NDArray[np.float32]

#: Length of a vector.
WIDTH = 384

#: A question says what it wants in its first words; 96 pieces take 30 ms.
_MOST_PIECES = 96
#: Sentences whose vectors are kept: a question is routed with and without the files that it may speak of.
_KEPT = 64


class SentenceEncoder:
    """Turns a sentence into a unit vector of 384 numbers; similar meanings have a high inner product.

    Parameters
    ----------
    file : Path
        The ONNX file of all-MiniLM-L6-v2 (see `packs.py`). It is opened by the first `encode`.

    Raises
    ------
    MissingDependency
        `onnxruntime` is not installed.
    """

    def __init__(self, file: Path) -> None:
        if find_spec("onnxruntime") is None:
            raise MissingDependency("sentence vectors need onnxruntime", hint="pip install 'grym-synth[models]'")
        self._file = file
        self._session: Any = None
        self._latest = lru_cache(maxsize=_KEPT)(self._encode)

    def encode(self, text: str) -> FloatArray:
        """Unit vector of `text`, shape (384,); not to be changed, for who asks again gets the same.

        Raises
        ------
        BadSetup
            The model file cannot be opened or is not the declared model.
        """
        return self._latest(text)

    def _encode(self, text: str) -> FloatArray:
        ids = np.array([token_ids(text, load_vocabulary(), limit=_MOST_PIECES)], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        if self._session is None:
            self._session = _open_session(self._file)
        hidden = self._session.run(["last_hidden_state"], feed)[0][0]
        mean: FloatArray = hidden.mean(axis=0, dtype=np.float32)
        norm = float(np.linalg.norm(mean))
        return mean / np.float32(norm) if norm > 0.0 else mean


def _open_session(file: Path) -> Any:
    """An ONNX session on one thread.

    The basic graph optimisations load as fast as any level that runs a sentence in single milliseconds; without
    them loading is .15 s shorter and each sentence takes ten times as long.
    """
    # Some builds send usage events and write a device id below the home as soon as they are imported. We promise to
    # work offline and to leave nothing behind, so this must be said first; their own switch after import is too late.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime as ort  # 0.1 s: only when a sentence is there
    from onnxruntime.capi import onnxruntime_pybind11_state as faults

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 4
    try:
        return ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except (
        faults.Fail,
        faults.InvalidProtobuf,
        faults.InvalidGraph,
        faults.InvalidArgument,
        faults.NoSuchFile,
    ) as error:
        raise BadSetup(
            f"the sentence model {file} cannot be opened ({type(error).__name__})",
            hint="grym models verify, then grym models add minilm",
        ) from error
