"""One way to open a neural net: from a file, on one thread, saying nothing to anybody."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ...errors import BadSetup, MissingDependency


def open_session(file: Path, inputs: tuple[str, ...]) -> Any:
    """An `onnxruntime.InferenceSession` whose inputs are those.

    Raises
    ------
    MissingDependency
        onnxruntime is not installed.
    BadSetup
        The file cannot be opened, or is another net.
    """
    # Some builds send usage events as soon as they are imported; their own switch after that is too late.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        import onnxruntime as ort
        from onnxruntime.capi import onnxruntime_pybind11_state as faults
    except ImportError as error:
        raise MissingDependency("neural nets need onnxruntime", hint="pip install 'grym-synth[models]'") from error
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False  # else the greatest block ever seen is kept
    try:
        session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except (
        faults.Fail,
        faults.InvalidProtobuf,
        faults.InvalidGraph,
        faults.NoSuchFile,
        faults.RuntimeException,
    ) as error:
        raise BadSetup(f"the model file {file} cannot be opened", hint="grym models verify") from error
    names = tuple(item.name for item in session.get_inputs())
    if names != inputs:
        raise BadSetup(f"the model file {file} takes {names}, expected {inputs}", hint="grym models verify")
    return session
