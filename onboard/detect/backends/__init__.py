"""What can run a network: ONNX Runtime, and OpenCV where that is not at hand."""

from onboard.detect.backends.network import Network, NotLoadable

__all__ = ["Network", "NotLoadable"]
