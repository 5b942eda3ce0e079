"""What counting is told of the detector and of how things behave."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

Side = tuple[float, float]


class CountSettings(BaseModel):
    """`recall` is the share of objects that one look finds, `false_share` that of found objects
    that are none; each is as sure as if it had been measured on so many objects (`_worth`). Where
    they depend on size, `_by_side_px` holds pairs of (root of the box's area, share), by size.

    An interval holds the truth with `probability`. A look lasts `least_look_s` and ends when the
    place was out of the picture for `new_look_after_s`. People within `crowd_m` of another are one
    crowd, animals within `herd_m` one herd, from `least_gathering` on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    recall: float = Field(default=0.95, gt=0, lt=1)
    recall_worth: float = Field(default=10.0, gt=0)
    recall_by_side_px: tuple[Side, ...] = ()
    false_share: float = Field(default=0.01, gt=0, lt=1)
    false_worth: float = Field(default=50.0, gt=0)
    false_by_side_px: tuple[Side, ...] = ()
    probability: float = Field(default=0.9, gt=0, lt=1)
    least_look_s: float = Field(default=1.5, gt=0)
    new_look_after_s: float = Field(default=5.0, gt=0)
    remember_s: float = Field(default=3600.0, gt=0)
    remember_at_most: int = Field(default=3_000, ge=1)
    crowd_m: float = Field(default=4.0, gt=0)
    herd_m: float = Field(default=15.0, gt=0)
    least_gathering: int = Field(default=5, ge=2)

    @model_validator(mode="after")
    def _tables_by_size(self) -> "CountSettings":
        for table in (self.recall_by_side_px, self.false_by_side_px):
            sides = [side for side, _ in table]
            if sides != sorted(sides) or not all(0.0 < share < 1.0 for _, share in table):
                raise ValueError("pairs of (side_px, share) by growing side, shares within 0 and 1")
        return self
