"""The course of a training: steps, their rate, the average of the weights, and how to go on."""

import json
import math
import time
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from torch import Tensor

from missions.errors import BadInput
from sim.training.classes import CLASSES
from sim.training.learning.loss import Loss, Truth, loss_of
from sim.training.learning.network import Network
from sim.training.render import VIEW_PX, TrainingView
from sim.training.stock import Renderers, Stock

CHECKPOINT = "checkpoint.pt"
LOG = "log.jsonl"
USUAL_STEPS = 30_000
WARM_UP = 300
# The last part of the steps, over which the rate falls to nothing.
FALLING = 0.25
DECAY = 0.05
MOST_GRADIENT = 20.0
AVERAGED_OVER = 2000.0
TOLD_EVERY, KEPT_EVERY_S = 20, 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a training is; `fresh` of each batch are new views, the others were used before."""

    seed: int = 1
    steps: int = USUAL_STEPS
    side_px: int = VIEW_PX
    batch: int = 8
    fresh: int = 2
    rate: float = 2e-3
    renderers: int = 1
    device: str = "cpu"

    def rate_at(self, step: int) -> float:
        """Rising, level, then falling to a hundredth as a cosine."""
        rising = min(1.0, (step + 1) / WARM_UP)
        begin = self.steps * (1.0 - FALLING)
        share = min(max((step - begin) / max(self.steps - begin, 1.0), 0.0), 1.0)
        return self.rate * rising * (0.01 + 0.99 * 0.5 * (1.0 + math.cos(math.pi * share)))


class Training:
    """A network that learns; what it is at any time is in its folder."""

    def __init__(self, course: Course, folder: Path) -> None:
        torch.manual_seed(course.seed)
        self.course, self.folder = course, folder
        self.device = torch.device(course.device)
        self.network = Network(len(CLASSES)).to(self.device, memory_format=torch.channels_last)
        self.average = deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(_groups(self.network), lr=course.rate)
        self.step, self.views, self.hours = 0, 0, 0.0

    def run(self) -> None:
        """Learn until the last step, keeping what is learnt every few minutes."""
        course, stock = self.course, Stock([])
        rng = np.random.default_rng((course.seed, 5, self.step))
        kept_s = began_s = time.monotonic()
        before = self.hours
        with Renderers(course.seed, self.views, course.side_px, count=course.renderers) as source:
            for _ in range(course.batch * 4):
                stock.put(source.take())
            while self.step < course.steps:
                for _ in range(course.fresh):
                    stock.put(source.take())
                loss = self._learn(stock.batch(rng, course.batch))
                now_s = time.monotonic()
                self.hours = before + (now_s - began_s) / 3600.0
                if self.step % TOLD_EVERY == 0:
                    self._tell(loss)
                if now_s - kept_s > KEPT_EVERY_S:
                    self.keep(stock.came)
                    kept_s = now_s
            self.keep(stock.came)

    def _learn(self, views: list[TrainingView]) -> Loss:
        for group in self.optimiser.param_groups:
            group["lr"] = self.course.rate_at(self.step)
        pictures, truth = tensors(views, self.device)
        loss = loss_of(self.network.train()(pictures), truth, self.course.side_px)
        self.optimiser.zero_grad()
        loss.total.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), MOST_GRADIENT)
        self.optimiser.step()
        self.step += 1
        share = 1.0 - min(1.0 / (1.0 + self.step / 10.0) + 1.0 / AVERAGED_OVER, 1.0)
        _follow(self.average, self.network, share)
        return loss

    def _tell(self, loss: Loss) -> None:
        row = {
            "step": self.step,
            "hours": round(self.hours, 3),
            "total": round(float(loss.total.detach()), 3),
            "box": round(loss.box, 3),
            "objectness": round(loss.objectness, 3),
            "classes": round(loss.classes, 3),
        }
        with (self.folder / LOG).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row) + "\n")

    def keep(self, came: int) -> None:
        """Write everything that going on wants; what was there stays until all is written."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "views": self.views + came,
            "hours": self.hours,
            "course": asdict(self.course),
        }
        new = self.folder / (CHECKPOINT + ".new")
        torch.save(state, new)
        new.replace(self.folder / CHECKPOINT)

    def go_on(self) -> None:
        """Take up what the folder holds."""
        state = read_checkpoint(self.folder, self.device)
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.views, self.hours = state["step"], state["views"], state["hours"]


def begun(course: Course, folder: Path) -> Training:
    """A training from nothing.

    Raises:
        BadInput: the folder holds one already.
    """
    if (folder / CHECKPOINT).exists():
        raise BadInput(where=str(folder), what="holds a training already: --resume goes on with it")
    return Training(course, folder)


def gone_on(folder: Path, *, steps: int | None, device: str, renderers: int) -> Training:
    """The training that a folder holds, to be ended at another step where one is told.

    Raises:
        BadInput: the folder holds none, or what it holds cannot be read.
    """
    kept = Course(**read_checkpoint(folder, torch.device("cpu"))["course"])
    course = replace(kept, steps=steps or kept.steps, device=device, renderers=renderers)
    training = Training(course, folder)
    training.go_on()
    return training


def read_checkpoint(folder: Path, device: torch.device) -> dict[str, Any]:
    """What a training has kept.

    Raises:
        BadInput: the folder holds none, or what it holds cannot be read.
    """
    file = folder / CHECKPOINT
    if not file.is_file():
        raise BadInput(where=str(folder), what="holds no training to go on with")
    try:
        state: dict[str, Any] = torch.load(file, map_location=device, weights_only=True)
    except (RuntimeError, UnpicklingError, EOFError) as error:
        raise BadInput(where=str(file), what="is no checkpoint of a training") from error
    return state


def tensors(views: list[TrainingView], device: torch.device) -> tuple[Tensor, Truth]:
    """Pictures (n, 3, side, side) and what is in them."""
    stack = np.stack([view.picture for view in views])
    pictures = torch.from_numpy(stack).permute(0, 3, 1, 2).float()
    truth = Truth(
        picture=_numbers([len(view.boxes) for view in views]).to(device),
        boxes=torch.from_numpy(np.concatenate([view.boxes for view in views])).to(device),
        classes=torch.from_numpy(np.concatenate([v.classes for v in views])).long().to(device),
        unclear_picture=_numbers([len(view.unclear) for view in views]).to(device),
        unclear=torch.from_numpy(np.concatenate([view.unclear for view in views])).to(device),
    )
    return pictures.to(device, memory_format=torch.channels_last), truth


def _numbers(counts: list[int]) -> Tensor:
    return torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))


def _groups(network: Network) -> list[dict[str, Any]]:
    """Weights of convolutions shrink; biases and normalisation do not."""
    shrink = [each for each in network.parameters() if each.ndim > 1]
    stay = [each for each in network.parameters() if each.ndim <= 1]
    return [{"params": shrink, "weight_decay": DECAY}, {"params": stay, "weight_decay": 0.0}]


@torch.no_grad()
def _follow(average: Network, network: Network, share: float) -> None:
    """Move the average towards the network; counters are taken as they are."""
    values = network.state_dict()
    for name, held in average.state_dict().items():
        if held.dtype.is_floating_point:
            held.mul_(share).add_(values[name], alpha=1.0 - share)
        else:
            held.copy_(values[name])
