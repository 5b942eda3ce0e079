"""Light and heat: which hour it is, and what each face of a mesh then looks like."""

import math
from dataclasses import dataclass

import numpy as np

from sim.training.mesh import Array, Mesh, cross

HOURS = ("day", "dusk", "night", "thermal")
SHARES = (0.62, 0.13, 0.07, 0.18)


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """`toward_sun` (3,); `sun`, `sky` (3,) BGR strengths; `shade` how dark a shadow is, 0..1."""

    hour: str
    toward_sun: Array
    sun: Array
    sky: Array
    shade: float
    softness_m: float

    @property
    def thermal(self) -> bool:
        """Whether the camera sees heat."""
        return self.hour == "thermal"


def chosen(rng: np.random.Generator, hour: str) -> Light:
    """Light of an hour: clear or overcast by day, low and warm at dusk, lamps at night."""
    overcast = hour == "night" or rng.random() < 0.45
    rise = math.radians(rng.uniform(55, 90) if overcast else rng.uniform(14, 68))
    if hour == "dusk":
        rise = math.radians(rng.uniform(4, 18))
    turn = rng.uniform(0, 2 * math.pi)
    toward = np.array(
        [math.cos(turn) * math.cos(rise), math.sin(turn) * math.cos(rise), math.sin(rise)]
    )
    warm = np.array([0.86, 0.97, 1.05]) if hour != "dusk" else np.array([0.55, 0.8, 1.1])
    share = rng.uniform(0.05, 0.3) if overcast else rng.uniform(0.5, 0.8)
    strength = rng.uniform(0.85, 1.3) * {"dusk": 0.55, "night": 0.25}.get(hour, 1.0)
    sky = np.array([1.1, 1.0, 0.94]) * strength * (1.0 - share)
    return Light(
        hour=hour,
        toward_sun=toward,
        sun=warm * strength * share / max(math.sin(rise), 0.35),
        sky=sky,
        shade=(rng.uniform(0.12, 0.4) if overcast else rng.uniform(0.45, 0.75)),
        softness_m=rng.uniform(0.3, 0.8) if overcast else rng.uniform(0.02, 0.1),
    )


def shaded(mesh: Mesh, light: Light, camera: Array) -> Array:
    """What each face of a mesh sends to a camera at (3,): BGR (n, 3), or warmth (n, 1)."""
    sides = mesh.corners
    normal = cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-12)[:, None]
    toward = camera - sides.mean(axis=1)
    toward /= np.linalg.norm(toward, axis=1)[:, None]
    normal *= np.sign((normal * toward).sum(axis=1) + 1e-12)[:, None]
    if light.thermal:  # What faces the sky is cooler by night and warmer by day.
        return np.asarray((mesh.warmth + light.shade * 0.10 * (normal[:, 2] - 0.3))[:, None])
    sun = np.clip(normal @ light.toward_sun, 0.0, 1.0)[:, None] * light.sun
    sky = (0.62 + 0.38 * normal[:, 2:]) * light.sky
    lit = mesh.colours * (sun + sky)
    mirrored = 2.0 * (normal * toward).sum(axis=1)[:, None] * normal - toward
    bright = np.clip(mirrored[:, 2:], 0.0, 1.0) * 0.55 * light.sky
    glint = np.clip(mirrored @ light.toward_sun, 0.0, 1.0)[:, None] ** 40 * light.sun
    return np.asarray(lit + mesh.gloss[:, None] * (bright + glint))
