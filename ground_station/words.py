"""A text in the three languages of the operations centre."""

from pydantic import BaseModel, ConfigDict


class Words(BaseModel):
    """One text in Kazakh, Russian and English."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kk: str
    ru: str
    en: str
