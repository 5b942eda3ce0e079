"""Networks run by ONNX Runtime on the processor."""

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort

from onboard.detect.backends.network import NotLoadable, Values

# Its exceptions share no base but Exception.
RUNTIME_ERRORS = (
    ort.Fail,
    ort.InvalidArgument,
    ort.InvalidGraph,
    ort.InvalidProtobuf,
    ort.NoModel,
    ort.NotImplemented,
    ort.RuntimeException,
)
# What it fails with is told as one line of ours: ONNX Runtime prints nothing beside it.
FATAL_ONLY = 4


class OnnxRuntimeNetwork:
    """`threads` that wait do not spin: a spinning one burns as much as one that works. No plan of
    the memory is kept for each size of picture: sizes change, and the plans would add up.

    Raises:
        NotLoadable: the bytes are no ONNX model, or one that this runtime cannot run.
    """

    runtime = "ONNX Runtime"

    def __init__(self, model: bytes, *, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = FATAL_ONLY
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except RUNTIME_ERRORS as error:
            raise NotLoadable(_first_line(error)) from error
        self._outputs = [each.name for each in self._session.get_outputs()]
        self.inputs = {each.name: tuple(each.shape) for each in self._session.get_inputs()}

    def run(self, values: Values) -> dict[str, npt.NDArray[np.generic]]:
        """All outputs.

        Raises:
            NotLoadable: the network does not run on values of these shapes.
        """
        try:
            found = self._session.run(self._outputs, dict(values))
        except (*RUNTIME_ERRORS, ValueError) as error:
            raise NotLoadable(_first_line(error)) from error
        return dict(zip(self._outputs, found, strict=True))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
