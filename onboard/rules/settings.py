"""The table of all rules: what each is configured by, and which of them look."""

from pydantic import BaseModel, ConfigDict

from onboard.rules.abandoned import AbandonedObject, AbandonedSettings
from onboard.rules.accident import Accident, AccidentSettings
from onboard.rules.animals_on_road import AnimalsOnRoad, AnimalsOnRoadSettings
from onboard.rules.change import ChangeSettings, ChangeSinceVisit
from onboard.rules.closed_water import ClosedWater, ClosedWaterSettings
from onboard.rules.congestion import Congestion, CongestionSettings
from onboard.rules.crowd import Crowd, CrowdSettings, DenseCrowd, DenseCrowdSettings
from onboard.rules.finding import Rule
from onboard.rules.herd_left import HerdLeft, HerdLeftSettings
from onboard.rules.in_water import InWater, InWaterSettings
from onboard.rules.intrusion import Intrusion, IntrusionSettings
from onboard.rules.lights import Fire, FireSettings, LightAtNight, LightSettings
from onboard.rules.loitering import Loitering, LoiteringSettings
from onboard.rules.not_yielding import NotYielding, NotYieldingSettings
from onboard.rules.off_road import OffRoad, OffRoadSettings
from onboard.rules.person_down import PersonDown, PersonDownSettings
from onboard.rules.sighting import Sighting, SightingSettings
from onboard.rules.speeding import Speeding, SpeedingSettings
from onboard.rules.sudden import Gathering, GatheringSettings, Scattering, ScatteringSettings
from onboard.rules.unattended_livestock import UnattendedLivestock, UnattendedLivestockSettings
from onboard.rules.vehicle_stopped import VehicleStopped, VehicleStoppedSettings
from onboard.rules.wrong_way import WrongWay, WrongWaySettings


class RuleSettings(BaseModel):
    """One table for each rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crowd: CrowdSettings = CrowdSettings()
    vehicle_stopped: VehicleStoppedSettings = VehicleStoppedSettings()
    animals_on_road: AnimalsOnRoadSettings = AnimalsOnRoadSettings()
    intrusion: IntrusionSettings = IntrusionSettings()
    loitering: LoiteringSettings = LoiteringSettings()
    person_down: PersonDownSettings = PersonDownSettings()
    speeding: SpeedingSettings = SpeedingSettings()
    wrong_way: WrongWaySettings = WrongWaySettings()
    not_yielding: NotYieldingSettings = NotYieldingSettings()
    off_road_vehicle: OffRoadSettings = OffRoadSettings()
    unattended_livestock: UnattendedLivestockSettings = UnattendedLivestockSettings()
    herd_left_pasture: HerdLeftSettings = HerdLeftSettings()
    boat_in_closed_water: ClosedWaterSettings = ClosedWaterSettings()
    dense_crowd: DenseCrowdSettings = DenseCrowdSettings()
    sudden_gathering: GatheringSettings = GatheringSettings()
    sudden_scattering: ScatteringSettings = ScatteringSettings()
    person_in_water: InWaterSettings = InWaterSettings()
    congestion: CongestionSettings = CongestionSettings()
    accident: AccidentSettings = AccidentSettings()
    abandoned_object: AbandonedSettings = AbandonedSettings()
    light_at_night: LightSettings = LightSettings()
    fire: FireSettings = FireSettings()
    change_since_visit: ChangeSettings = ChangeSettings()
    sighting: SightingSettings = SightingSettings()


def make_rules(settings: RuleSettings, *, stills: bool) -> list[Rule]:
    """The rules that are enabled; `stills` says that the source is a folder of pictures."""
    sightings = stills if settings.sighting.enabled is None else settings.sighting.enabled
    rules: list[tuple[bool, Rule]] = [
        (settings.intrusion.enabled, Intrusion(settings.intrusion)),
        (settings.animals_on_road.enabled, AnimalsOnRoad(settings.animals_on_road)),
        (settings.vehicle_stopped.enabled, VehicleStopped(settings.vehicle_stopped)),
        (settings.crowd.enabled, Crowd(settings.crowd)),
        (settings.loitering.enabled, Loitering(settings.loitering)),
        (settings.person_down.enabled, PersonDown(settings.person_down)),
        (settings.speeding.enabled, Speeding(settings.speeding)),
        (settings.wrong_way.enabled, WrongWay(settings.wrong_way)),
        (settings.not_yielding.enabled, NotYielding(settings.not_yielding)),
        (settings.off_road_vehicle.enabled, OffRoad(settings.off_road_vehicle)),
        (settings.unattended_livestock.enabled, UnattendedLivestock(settings.unattended_livestock)),
        (settings.herd_left_pasture.enabled, HerdLeft(settings.herd_left_pasture)),
        (settings.boat_in_closed_water.enabled, ClosedWater(settings.boat_in_closed_water)),
        (settings.dense_crowd.enabled, DenseCrowd(settings.dense_crowd)),
        (settings.sudden_gathering.enabled, Gathering(settings.sudden_gathering)),
        (settings.sudden_scattering.enabled, Scattering(settings.sudden_scattering)),
        (settings.person_in_water.enabled, InWater(settings.person_in_water)),
        (settings.congestion.enabled, Congestion(settings.congestion)),
        (settings.accident.enabled, Accident(settings.accident)),
        (settings.abandoned_object.enabled, AbandonedObject(settings.abandoned_object)),
        (settings.light_at_night.enabled, LightAtNight(settings.light_at_night)),
        (settings.fire.enabled, Fire(settings.fire)),
        (settings.change_since_visit.enabled, ChangeSinceVisit(settings.change_since_visit)),
        (sightings, Sighting(settings.sighting)),
    ]
    return [rule for enabled, rule in rules if enabled]
