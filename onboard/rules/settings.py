"""The table of all rules: what each is configured by, and which of them look."""

from pydantic import BaseModel, ConfigDict

from onboard.rules.animals_on_road import AnimalsOnRoad, AnimalsOnRoadSettings
from onboard.rules.crowd import Crowd, CrowdSettings
from onboard.rules.finding import Rule
from onboard.rules.intrusion import Intrusion, IntrusionSettings
from onboard.rules.sighting import Sighting, SightingSettings
from onboard.rules.vehicle_stopped import VehicleStopped, VehicleStoppedSettings


class RuleSettings(BaseModel):
    """One table for each rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crowd: CrowdSettings = CrowdSettings()
    vehicle_stopped: VehicleStoppedSettings = VehicleStoppedSettings()
    animals_on_road: AnimalsOnRoadSettings = AnimalsOnRoadSettings()
    intrusion: IntrusionSettings = IntrusionSettings()
    sighting: SightingSettings = SightingSettings()


def make_rules(settings: RuleSettings, *, stills: bool) -> list[Rule]:
    """The rules that are enabled; `stills` says that the source is a folder of pictures."""
    sightings = stills if settings.sighting.enabled is None else settings.sighting.enabled
    rules: list[tuple[bool, Rule]] = [
        (settings.intrusion.enabled, Intrusion(settings.intrusion)),
        (settings.animals_on_road.enabled, AnimalsOnRoad(settings.animals_on_road)),
        (settings.vehicle_stopped.enabled, VehicleStopped(settings.vehicle_stopped)),
        (settings.crowd.enabled, Crowd(settings.crowd)),
        (sightings, Sighting(settings.sighting)),
    ]
    return [rule for enabled, rule in rules if enabled]
