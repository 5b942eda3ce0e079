"""What the network is told: which cells answer for an object, and how far off they are.

The assignment is SimOTA's (Ge et al., arXiv 2107.08430, section 2.1) over the nine cells around an
object's middle in each stride that suits its size: those of the least cost, as many as the boxes
already overlap it.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from sim.training.learning.network import STRIDES

# Which sides, pixels, each stride answers for; they overlap.
SUITED = ((0.0, 96.0), (24.0, 192.0), (64.0, float("inf")))
TOP_OVERLAPS = 10
BOX_WEIGHT, SIDES_WEIGHT = 5.0, 0.5
IMPOSSIBLE = 1e6


@dataclass(frozen=True, slots=True)
class Truth:
    """A batch's objects in one: `picture` (n,), `boxes` (n, 4) corners px, `classes` (n,); and
    `unclear_picture` (m,), `unclear` (m, 4) of what is not to be held against the network."""

    picture: Tensor
    boxes: Tensor
    classes: Tensor
    unclear_picture: Tensor
    unclear: Tensor


@dataclass(frozen=True, slots=True)
class Loss:
    """The sum to be made small, and its parts for the log."""

    total: Tensor
    box: float
    objectness: float
    classes: float


def cells(side_px: int, device: torch.device) -> Tensor:
    """(cells, 3): column, row and stride of each, in the order of the outputs."""
    grids = []
    for stride in STRIDES:
        steps = torch.arange(side_px // stride, device=device)
        rows, columns = torch.meshgrid(steps, steps, indexing="ij")
        flat = (columns.flatten(), rows.flatten(), torch.full_like(rows.flatten(), stride))
        grids.append(torch.stack(flat, dim=1))
    return torch.cat(grids).float()


def decoded(raw: Tensor, places: Tensor) -> Tensor:
    """Corners (..., 4) px of raw box outputs (..., 4+) at places (..., 3)."""
    stride = places[..., 2:]
    middle = (raw[..., :2] + places[..., :2]) * stride
    half = raw[..., 2:4].clamp(max=8.0).exp() * stride / 2.0
    return torch.cat((middle - half, middle + half), dim=-1)


def overlap(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Intersection over union of boxes (..., 4), and the generalised one."""
    low, high = torch.maximum(a[..., :2], b[..., :2]), torch.minimum(a[..., 2:], b[..., 2:])
    shared = (high - low).clamp(min=0).prod(dim=-1)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - shared
    around_low = torch.minimum(a[..., :2], b[..., :2])
    around = (torch.maximum(a[..., 2:], b[..., 2:]) - around_low).prod(dim=-1)
    ratio = shared / (union + 1e-9)
    return ratio, ratio - (around - union) / (around + 1e-9)


def loss_of(raw: Tensor, truth: Truth, side_px: int) -> Loss:
    """The loss of outputs (n, cells, 5 + classes) of square pictures."""
    places = cells(side_px, raw.device)
    wanted = torch.zeros(raw.shape[:2], device=raw.device)
    asked = _asked(truth, places, raw)
    if len(truth.boxes) == 0:
        entropy = functional.binary_cross_entropy_with_logits(
            raw[..., 4], wanted, weight=asked, reduction="sum"
        )
        return Loss(entropy + 0.0 * raw.sum(), 0.0, float(entropy.detach()), 0.0)
    objects, chosen = _assigned(raw.detach(), truth, places, side_px)
    pictures = truth.picture[objects]
    wanted[pictures, chosen] = 1.0
    asked[pictures, chosen] = 1.0
    count = max(1, len(chosen))
    found, target = raw[pictures, chosen], truth.boxes[objects]
    ratio, general = overlap(decoded(found, places[chosen]), target)
    sides = ((target[:, 2:] - target[:, :2]) / places[chosen, 2:]).clamp(min=1e-3).log()
    box = (1.0 - general).sum() + SIDES_WEIGHT * (found[:, 2:4] - sides).abs().sum()
    kinds = functional.one_hot(truth.classes[objects], raw.shape[2] - 5).float()
    classes = functional.binary_cross_entropy_with_logits(
        found[:, 5:], kinds * ratio.detach().clamp(min=0.3)[:, None], reduction="sum"
    )
    objectness = functional.binary_cross_entropy_with_logits(
        raw[..., 4], wanted, weight=asked, reduction="sum"
    )
    total = (BOX_WEIGHT * box + objectness + classes) / count
    parts = (float(part.detach()) / count for part in (box, objectness, classes))
    return Loss(total, *parts)


def _asked(truth: Truth, places: Tensor, raw: Tensor) -> Tensor:
    """1 for each cell that is asked for, 0 in what is unclear."""
    asked = torch.ones(raw.shape[:2], device=raw.device)
    if len(truth.unclear):
        middle = (places[:, :2] + 0.5) * places[:, 2:]
        low = (middle[None] > truth.unclear[:, None, :2]).all(dim=-1)
        inside = low & (middle[None] < truth.unclear[:, None, 2:]).all(dim=-1)
        of, cell = inside.nonzero(as_tuple=True)
        asked[truth.unclear_picture[of], cell] = 0.0
    return asked


def _assigned(raw: Tensor, truth: Truth, places: Tensor, side_px: int) -> tuple[Tensor, Tensor]:
    """Numbers of objects and of the cells that answer for them, (k,) each."""
    candidates, possible = _candidates(truth.boxes, side_px)
    found = raw[truth.picture[:, None], candidates]
    ratio, _ = overlap(decoded(found, places[candidates]), truth.boxes[:, None])
    ratio = torch.where(possible, ratio, torch.zeros_like(ratio))
    kinds = functional.one_hot(truth.classes, raw.shape[2] - 5).float()
    sure = (found[..., 5:].sigmoid() * found[..., 4:5].sigmoid()).sqrt()
    told = kinds[:, None].expand_as(sure)
    doubt = functional.binary_cross_entropy(sure, told, reduction="none").sum(dim=-1)
    cost = doubt - 3.0 * (ratio + 1e-6).log()
    cost = torch.where(possible, cost, torch.full_like(cost, IMPOSSIBLE))
    most = min(TOP_OVERLAPS, ratio.shape[1])
    count = ratio.topk(most, dim=1).values.sum(dim=1).int().clamp(min=1)
    rank = cost.argsort(dim=1).argsort(dim=1)
    objects, column = ((rank < count[:, None]) & possible).nonzero(as_tuple=True)
    return _undisputed(objects, candidates[objects, column], cost[objects, column], truth, raw)


def _candidates(boxes: Tensor, side_px: int) -> tuple[Tensor, Tensor]:
    """(n, 27) numbers of cells around each middle, and which of them there are."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    size = (boxes[:, 2:] - boxes[:, :2]).max(dim=1).values
    steps = torch.tensor([-1, 0, 1], device=boxes.device)
    numbers, possible, before = [], [], 0
    for stride, (low, high) in zip(STRIDES, SUITED, strict=True):
        wide = side_px // stride
        cell = (middle / stride).floor().long()
        columns = (cell[:, :1] + steps)[:, None, :].expand(-1, 3, -1).flatten(1)
        rows = (cell[:, 1:] + steps)[:, :, None].expand(-1, -1, 3).flatten(1)
        inside = (columns >= 0) & (columns < wide) & (rows >= 0) & (rows < wide)
        possible.append(inside & ((size >= low) & (size < high))[:, None])
        numbers.append(before + rows.clamp(0, wide - 1) * wide + columns.clamp(0, wide - 1))
        before += wide * wide
    return torch.cat(numbers, dim=1), torch.cat(possible, dim=1)


def _undisputed(
    objects: Tensor, chosen: Tensor, cost: Tensor, truth: Truth, raw: Tensor
) -> tuple[Tensor, Tensor]:
    """A cell that two objects want answers for the cheaper one."""
    key = truth.picture[objects] * raw.shape[1] + chosen
    least = torch.full((raw.shape[0] * raw.shape[1],), IMPOSSIBLE, device=raw.device)
    least.scatter_reduce_(0, key, cost, reduce="amin")
    keep = cost <= least[key]
    return objects[keep], chosen[keep]
