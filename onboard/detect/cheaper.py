"""A YOLOX graph that does the same work for less: it is rewritten before it is run.

- Its "focus" (four strided slices, a concatenation, a 3x3 convolution) is one 6x6 convolution of
  stride 2, since a pixel of the quarter picture (dy, dx) is pixel (2y + dy, 2x + dx) of the whole.
- Of its class scores only those that are wanted are computed: rows of three 1x1 convolutions.

A graph in which these patterns are not found stays as it is; whoever uses the result holds its
output against the original's once, on a small picture.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from onboard.detect.onnx_graph import Array, Graph, Node

QUARTERS = 4
ROWS_AXIS = 2
OTHER_NUMBERS = 5


def without_focus(graph: Graph) -> Graph:
    """The graph with its focus as one convolution; the same one where it has none."""
    made = {node.outputs[0]: node for node in graph.nodes}
    for conv in graph.nodes:
        if conv.kind != "Conv" or not _plain(conv):
            continue
        concat = made.get(conv.inputs[0])
        offsets = None if concat is None else _quarters(graph, made, concat)
        kernel = graph.weights.get(conv.inputs[1])
        if concat is not None and offsets is not None and kernel is not None:
            return _focused(graph, conv, concat, offsets, np.asarray(kernel, dtype=np.float32))
    return graph


def with_classes(graph: Graph, count: int, wanted: list[int]) -> Graph | None:
    """The graph with the wanted rows of its class scores only; None where they are not found."""
    weights = dict(graph.weights)
    made = {node.outputs[0]: node for node in graph.nodes}
    cut = 0
    for reshape in (node for node in graph.nodes if node.kind == "Reshape"):
        shape = graph.weights.get(reshape.inputs[1])
        if shape is None or shape.tolist() != [1, OTHER_NUMBERS + count, -1]:
            continue
        conv = _class_scores(made, reshape)
        if conv is None:
            return None
        for name in conv.inputs[1:]:
            weights[name] = graph.weights[name][wanted]
        weights[reshape.inputs[1]] = np.array([1, OTHER_NUMBERS + len(wanted), -1], dtype=np.int64)
        cut += 1
    return replace(graph, weights=weights) if cut else None


def _class_scores(made: dict[str, Node], reshape: Node) -> Node | None:
    """The convolution behind the last part of (box, objectness, classes)."""
    concat = made.get(reshape.inputs[0])
    if concat is None or concat.kind != "Concat" or len(concat.inputs) != 3:
        return None
    sigmoid = made.get(concat.inputs[2])
    conv = None if sigmoid is None or sigmoid.kind != "Sigmoid" else made.get(sigmoid.inputs[0])
    return conv if conv is not None and conv.kind == "Conv" else None


def _plain(conv: Node) -> bool:
    known = conv.attributes
    return (
        known.get("kernel_shape") == (3, 3)
        and known.get("pads") == (1, 1, 1, 1)
        and known.get("strides", (1, 1)) == (1, 1)
        and known.get("dilations", (1, 1)) == (1, 1)
        and known.get("group", 1) == 1
    )


def _quarters(graph: Graph, made: dict[str, Node], concat: Node) -> list[tuple[int, int]] | None:
    """Which (row, column) of every 2x2 pixels each concatenated part is."""
    if concat.kind != "Concat" or len(concat.inputs) != QUARTERS:
        return None
    offsets = []
    for name in concat.inputs:
        at, begun = {}, name
        while begun not in graph.inputs:
            node = made.get(begun)
            if node is None or node.kind != "Slice" or len(node.inputs) != 5:
                return None
            start, _, axis, step = (graph.weights.get(each) for each in node.inputs[1:])
            if start is None or axis is None or step is None or step.tolist() != [2]:
                return None
            at[int(axis[0])] = int(start[0])
            begun = node.inputs[0]
        if set(at) != {ROWS_AXIS, ROWS_AXIS + 1} or not set(at.values()) <= {0, 1}:
            return None
        offsets.append((at[ROWS_AXIS], at[ROWS_AXIS + 1]))
    return offsets if len(set(offsets)) == QUARTERS else None


def _focused(
    graph: Graph,
    conv: Node,
    concat: Node,
    offsets: list[tuple[int, int]],
    kernel: npt.NDArray[np.float32],
) -> Graph:
    made = {node.outputs[0]: node for node in graph.nodes}
    slices: set[str] = set()
    for name in concat.inputs:
        begun = name
        while begun not in graph.inputs:
            slices.add(begun)
            begun = made[begun].inputs[0]
    channels = kernel.shape[1] // QUARTERS
    whole = np.zeros((len(kernel), channels, 6, 6), dtype=np.float32)
    for part, (row, column) in enumerate(offsets):
        whole[:, :, row::2, column::2] = kernel[:, part * channels : (part + 1) * channels]
    name = f"{conv.inputs[1]}.focus"
    one = Node(
        kind="Conv",
        inputs=(begun, name, *conv.inputs[2:]),
        outputs=conv.outputs,
        attributes={"kernel_shape": (6, 6), "strides": (2, 2), "pads": (2, 2, 2, 2)},
    )
    gone = slices | {concat.outputs[0]}
    nodes = tuple(
        one if node is conv else node for node in graph.nodes if not gone & set(node.outputs)
    )
    weights: dict[str, Array] = {**graph.weights, name: whole}
    return replace(graph, nodes=nodes, weights=weights)
