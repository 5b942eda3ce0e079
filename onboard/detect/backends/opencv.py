"""Networks run by OpenCV's own runtime: slower, and there wherever OpenCV is."""

import cv2
import numpy as np
import numpy.typing as npt

from onboard.detect.backends.network import NotLoadable, Values
from onboard.detect.onnx_graph import Graph, declared_shape
from onboard.detect.protobuf import NotProtobuf


class OpencvNetwork:
    """Reads an ONNX model with `cv2.dnn`; `threads` is OpenCV's for the whole process.

    Raises:
        NotLoadable: the bytes are no ONNX model, or one that OpenCV cannot run.
    """

    runtime = "OpenCV"

    def __init__(self, model: bytes, *, threads: int = 1) -> None:
        cv2.setNumThreads(threads)
        try:
            graph = Graph.of_model(model)
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model, dtype=np.uint8))
        except (NotProtobuf, cv2.error) as error:
            raise NotLoadable(_one_line(error)) from error
        if self._net.empty():
            raise NotLoadable("holds no network")
        self._outputs = list(graph.outputs)
        self.inputs = {
            name: declared_shape(info)
            for name, info in graph.inputs.items()
            if name not in graph.weights
        }

    def run(self, values: Values) -> dict[str, npt.NDArray[np.generic]]:
        """All outputs.

        Raises:
            NotLoadable: the network does not run on values of these shapes.
        """
        try:
            for name, each in values.items():
                self._net.setInput(np.asarray(each, dtype=np.float32), name)
            found = self._net.forward(self._outputs)
        except cv2.error as error:
            raise NotLoadable(_one_line(error)) from error
        return {name: np.asarray(each) for name, each in zip(self._outputs, found, strict=True)}


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
