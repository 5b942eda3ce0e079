"""The network: a small backbone of depthwise blocks, three scales, YOLOX's outputs.

Written here after the description in Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv
2107.08430, of which this is a relative of the smallest size; no code or weights of it are used.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDES = (8, 16, 32)
WIDTHS = (24, 48, 96, 144, 192)
NECK = 72
PRIOR = 0.01


class Convolved(nn.Sequential):
    """Convolution, normalisation, SiLU."""

    def __init__(self, inside: int, outside: int, side: int, stride: int = 1, groups: int = 1):
        super().__init__(
            nn.Conv2d(inside, outside, side, stride, (side - 1) // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outside, eps=1e-3, momentum=0.03),
            nn.SiLU(inplace=True),
        )


class Depthwise(nn.Sequential):
    """A depthwise convolution and a pointwise one."""

    def __init__(self, inside: int, outside: int, side: int = 3, stride: int = 1):
        super().__init__(
            Convolved(inside, inside, side, stride, inside), Convolved(inside, outside, 1)
        )


class Residual(nn.Module):
    """Half of the channels through two depthwise blocks with a short cut, half round them."""

    def __init__(self, channels: int, depth: int, side: int):
        super().__init__()
        half = channels // 2
        self.through = Convolved(channels, half, 1)
        self.round = Convolved(channels, half, 1)
        self.blocks = nn.ModuleList(Depthwise(half, half, side) for _ in range(depth))
        self.joined = Convolved(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        inner = self.through(x)
        for block in self.blocks:
            inner = inner + block(inner)
        joined: Tensor = self.joined(torch.cat((inner, self.round(x)), dim=1))
        return joined


class Pooled(nn.Module):
    """Three poolings of growing reach beside the picture itself."""

    def __init__(self, channels: int):
        super().__init__()
        self.before = Convolved(channels, channels // 2, 1)
        self.pool = nn.MaxPool2d(5, 1, 2)
        self.after = Convolved(channels * 2, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        views = [self.before(x)]
        for _ in range(3):
            views.append(self.pool(views[-1]))
        after: Tensor = self.after(torch.cat(views, dim=1))
        return after


class Head(nn.Module):
    """Box and objectness on one branch, classes on another, as YOLOX has them."""

    def __init__(self, channels: int, classes: int):
        super().__init__()
        self.where = nn.Sequential(
            Depthwise(channels, channels, 5), Depthwise(channels, channels, 5)
        )
        self.what = nn.Sequential(
            Depthwise(channels, channels, 5), Depthwise(channels, channels, 5)
        )
        self.box = nn.Conv2d(channels, 4, 1)
        self.object = nn.Conv2d(channels, 1, 1)
        self.classes = nn.Conv2d(channels, classes, 1)
        for branch in (self.object, self.classes):
            nn.init.constant_(_bias(branch), -float(torch.log(torch.tensor((1 - PRIOR) / PRIOR))))

    def forward(self, x: Tensor) -> Tensor:
        """(n, 5 + classes, rows, columns): offsets, logarithms of sides, and logits."""
        where, what = self.where(x), self.what(x)
        return torch.cat((self.box(where), self.object(where), self.classes(what)), dim=1)


def _bias(layer: nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias


class Network(nn.Module):
    """Pictures (n, 3, height, width) BGR 0..255 to (n, cells of strides 8, 16, 32; 5 + classes)."""

    def __init__(self, classes: int):
        super().__init__()
        a, b, c, d, e = WIDTHS
        self.stem = Convolved(3, a, 6, 2)
        self.two = nn.Sequential(Depthwise(a, b, 3, 2), Residual(b, 1, 3))
        self.three = nn.Sequential(Depthwise(b, c, 3, 2), Residual(c, 2, 3))
        self.four = nn.Sequential(Depthwise(c, d, 3, 2), Residual(d, 3, 5))
        self.five = nn.Sequential(Depthwise(d, e, 3, 2), Pooled(e), Residual(e, 1, 5))
        self.level = nn.ModuleList(Convolved(wide, NECK, 1) for wide in (c, d, e))
        self.up = nn.ModuleList(Depthwise(NECK, NECK, 5) for _ in range(2))
        self.down = nn.ModuleList(Depthwise(NECK, NECK, 5, 2) for _ in range(2))
        self.mixed = nn.ModuleList(Depthwise(NECK, NECK, 5) for _ in range(2))
        self.heads = nn.ModuleList(Head(NECK, classes) for _ in STRIDES)

    def forward(self, pictures: Tensor) -> Tensor:
        """Raw outputs: objectness and classes as logits."""
        return torch.cat([each.flatten(2) for each in self.maps(pictures)], dim=2).transpose(1, 2)

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """The outputs of each stride, (n, 5 + classes, rows, columns)."""
        x = self.three(self.two(self.stem(pictures * (1.0 / 128.0) - 1.0)))
        y = self.four(x)
        z = self.five(y)
        fine, middle, coarse = (
            level(each) for level, each in zip(self.level, (x, y, z), strict=True)
        )
        middle = self.up[0](middle + _doubled(coarse))
        fine = self.up[1](fine + _doubled(middle))
        middle = self.mixed[0](middle + self.down[0](fine))
        coarse = self.mixed[1](coarse + self.down[1](middle))
        return [head(each) for head, each in zip(self.heads, (fine, middle, coarse), strict=True)]


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class Exported(nn.Module):
    """The network as a detector reads it: objectness and classes as probabilities."""

    def __init__(self, network: Network):
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> Tensor:
        """(1, cells, 5 + classes)."""
        maps = [
            torch.cat((each[:, :4], each[:, 4:].sigmoid()), dim=1).flatten(2)
            for each in self.network.maps(pictures)
        ]
        return torch.cat(maps, dim=2).transpose(1, 2)
