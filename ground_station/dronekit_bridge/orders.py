"""What a client orders, in the words that PX4 understands.

Sources: ArduPilot's guided mode (https://ardupilot.org/dev/docs/copter-commands-in-guided-mode.html)
and PX4's commander and navigator. Heights of ArduPilot's takeoff are above home, PX4's above the
sea; ArduPilot's guided place is a MISSION_ITEM with `current = 2`, PX4's a DO_REPOSITION.
"""

from collections.abc import Callable
from math import isfinite, nan, radians

from ground_station.dronekit_bridge.known import Known, Place
from ground_station.dronekit_bridge.modes import GUIDED, Modes
from ground_station.dronekit_bridge.velocity import Velocity
from ground_station.dronekit_bridge.words import Dialect, Word, Words, say, to_client, to_vehicle
from missions.plan import Frame
from onboard.mavlink.codec import Message, Send
from onboard.mavlink.command import CommandPlace, CommandSender
from onboard.mavlink.px4_modes import Px4Mode, mode_parameters

WAYPOINT, TAKEOFF, CONDITION_YAW, SET_MODE, CHANGE_SPEED, REPOSITION = 16, 22, 115, 176, 178, 192
SET_MISSION_CURRENT, MISSION_START = 224, 300
TEMPORARILY_REJECTED, DENIED, UNSUPPORTED = 1, 2, 3
GUIDED_ITEM, HEIGHT_ITEM = 2, 3
_CHANGE_MODE = 1.0
_AIRSPEED, _GROUNDSPEED = 0.0, 1.0
_ABOVE_SEA = frozenset((int(Frame.GLOBAL), int(Frame.GLOBAL_INT)))


class Orders:
    """Commands, modes and guided places. `slots` of the plans shift the numbers of items."""

    def __init__(self, known: Known, *, dialect: Dialect) -> None:
        self.modes = Modes()
        self.velocity = Velocity(known)
        self.slots = 0
        self._known = known
        self._ardupilot = dialect is Dialect.ARDUPILOT
        self._going: CommandSender | None = None
        self._goal: Place | None = None

    def from_client(self, message: Message, now_s: float) -> Words | None:
        """The order in other words; None where the client's own will do."""
        if message.name == "COMMAND_LONG":
            return self._commanded(message, now_s)
        answer = _ORDERS.get(message.name)
        return None if answer is None else answer(self, message, now_s)

    def from_vehicle(self, message: Message, now_s: float) -> Words:
        """Take in whether the place asked for was accepted; the message itself goes on."""
        if self._going is None:
            return []
        self._going.receive(message, now_s)
        return self._arrived_at_an_outcome()

    def tick(self, now_s: float) -> Words:
        """Say a place again that was not answered, and keep a velocity alive."""
        words = self.velocity.tick(now_s)
        if self._going is not None:
            words += to_vehicle(self._going.tick(now_s)) + self._arrived_at_an_outcome()
        return words

    def starts_mission(self, message: Message) -> bool:
        """Whether the order would have the vehicle fly the mission on board."""
        if message.name == "COMMAND_LONG" and message.command == SET_MODE:
            return self._mode_of(message) is Px4Mode.MISSION
        if message.name == "SET_MODE":
            return self._mode_by_number(message.custom_mode) is Px4Mode.MISSION
        return message.name == "COMMAND_LONG" and message.command == MISSION_START

    def _commanded(self, message: Message, now_s: float) -> Words | None:
        if message.command == SET_MISSION_CURRENT and self.slots:
            return [self._again(message, param1=max(message.param1 - self.slots, 0.0))]
        if message.command == MISSION_START and self.slots:
            return [self._again(message, param1=max(message.param1 - self.slots, 0.0), param2=0.0)]
        if message.command == SET_MODE:
            self.velocity.stop()
        answer = _COMMANDS.get(message.command)
        return None if answer is None else answer(self, message, now_s)

    def _takeoff(self, message: Message, now_s: float) -> Words | None:
        if not self._ardupilot and message.param5 != 0.0:
            return None
        home = self._known.home
        if home is None:
            return self._cannot(message, "no takeoff: home is not known yet", TEMPORARILY_REJECTED)
        self.modes.asked = GUIDED if self._ardupilot else self.modes.asked
        height_amsl_m = home.amsl_m + message.param7
        return [
            self._again(
                message, param1=nan, param4=nan, param5=nan, param6=nan, param7=height_amsl_m
            )
        ]

    def _speed(self, message: Message, now_s: float) -> Words | None:
        if message.param1 != _AIRSPEED:
            return None
        # A multirotor has no airspeed to keep; ArduCopter takes either for the speed over ground.
        return [self._again(message, param1=_GROUNDSPEED)]

    def _mode(self, message: Message, now_s: float) -> Words | None:
        if not self._ardupilot:
            return None
        mode = self._mode_of(message)
        if mode is None:
            return self._cannot(message, f"mode {message.param2:g} is not PX4's", UNSUPPORTED)
        self.modes.asked = int(message.param2)
        flags, main, sub = mode_parameters(mode)
        return [self._again(message, param1=flags, param2=main, param3=sub)]

    def _set_mode(self, message: Message, now_s: float) -> Words | None:
        """The message SET_MODE, which older DroneKits send."""
        self.velocity.stop()
        if not self._ardupilot:
            return None
        mode = self._mode_by_number(message.custom_mode)
        if mode is None:
            return [say(f"mode {message.custom_mode} is not PX4's", severity=3)]
        self.modes.asked = message.custom_mode
        params = mode_parameters(mode)
        return [self._command(SET_MODE, **{f"param{n}": p for n, p in enumerate(params, start=1)})]

    def _yaw(self, message: Message, now_s: float) -> Words | None:
        """CONDITION_YAW: PX4 turns at the place that it holds, as a part of DO_REPOSITION."""
        place = self._goal or self._known.position
        if place is None:
            return self._cannot(message, "no yaw: position is not known", TEMPORARILY_REJECTED)
        heading_rad = radians(message.param1)
        if message.param4 == 1.0:
            heading_rad = self._known.heading_rad + (message.param3 or 1.0) * heading_rad
        return self._go_to(place, now_s, yaw_rad=heading_rad)

    def _guided(self, message: Message, now_s: float) -> Words | None:
        """MISSION_ITEM with `current` 2 (a place) or 3 (a new height)."""
        if message.current not in (GUIDED_ITEM, HEIGHT_ITEM):
            return None
        scale = 1e7 if message.name == "MISSION_ITEM_INT" else 1.0
        return self._to_place(
            message,
            latitude_deg=message.x / scale,
            longitude_deg=message.y / scale,
            height_m=message.z,
            above_sea=message["frame"] in _ABOVE_SEA,
            only_height=message.current == HEIGHT_ITEM,
            now_s=now_s,
        )

    def _target(self, message: Message, now_s: float) -> Words | None:
        """SET_POSITION_TARGET_GLOBAL_INT: a place, or a velocity."""
        if self._passes_targets:
            return None
        if message.type_mask & 0b111:
            return self.velocity.wanted(message, now_s)
        self.velocity.stop()
        return self._to_place(
            message,
            latitude_deg=message.lat_int / 1e7,
            longitude_deg=message.lon_int / 1e7,
            height_m=message.alt,
            above_sea=message.coordinate_frame in _ABOVE_SEA,
            only_height=False,
            now_s=now_s,
        )

    def _local_target(self, message: Message, now_s: float) -> Words | None:
        """SET_POSITION_TARGET_LOCAL_NED: a velocity is kept alive; a position is passed on."""
        if self._passes_targets:
            return None
        return self.velocity.wanted(message, now_s) if message.type_mask & 0b111 else None

    @property
    def _passes_targets(self) -> bool:
        """Whether setpoints go through: the client speaks PX4's Offboard itself."""
        offboard = self._known.mode is Px4Mode.OFFBOARD and not self.velocity.active
        return offboard or not self._ardupilot

    def _set_current(self, message: Message, now_s: float) -> Words | None:
        fields = message.fields | {"seq": max(message.seq - self.slots, 0)}
        return [Word.to_vehicle(Send("MISSION_SET_CURRENT", fields))]

    def _to_place(
        self,
        message: Message,
        *,
        latitude_deg: float,
        longitude_deg: float,
        height_m: float,
        above_sea: bool,
        only_height: bool,
        now_s: float,
    ) -> Words:
        home, here = self._known.home, self._known.position
        if not (abs(latitude_deg) <= 90.0 and abs(longitude_deg) <= 180.0 and isfinite(height_m)):
            return self._cannot(message, "no goto: that is no place on earth", DENIED)
        if (home is None and not above_sea) or (here is None and only_height):
            return self._cannot(message, "no goto: home or position is not known", DENIED)
        amsl_m = height_m if above_sea or home is None else height_m + home.amsl_m
        if only_height and here is not None:
            latitude_deg, longitude_deg = here.latitude_deg, here.longitude_deg
        place = Place(latitude_deg=latitude_deg, longitude_deg=longitude_deg, amsl_m=amsl_m)
        return self._go_to(place, now_s)

    def _go_to(self, place: Place, now_s: float, *, yaw_rad: float = nan) -> Words:
        assert self._known.vehicle is not None
        if self._ardupilot:
            self.modes.asked = GUIDED
        self._goal = place
        self._going = CommandSender(
            own=self._known.client,
            vehicle=self._known.vehicle,
            command=REPOSITION,
            params=(-1.0, _CHANGE_MODE, 0.0, yaw_rad),
            place=CommandPlace(
                latitude_deg=place.latitude_deg,
                longitude_deg=place.longitude_deg,
                height_amsl_m=place.amsl_m,
            ),
        )
        return to_vehicle(self._going.start(now_s))

    def _arrived_at_an_outcome(self) -> Words:
        if self._going is None or self._going.outcome is None:
            return []
        outcome, self._going = self._going.outcome, None
        if outcome.accepted:
            return []
        return [say(f"the place: {outcome.words}", severity=3)]

    def _mode_of(self, message: Message) -> Px4Mode | None:
        if self._ardupilot:
            # A number that no mode has, where it is none at all.
            return self.modes.px4(int(message.param2) if isfinite(message.param2) else -1)
        return Px4Mode.MISSION if (message.param2, message.param3) == (4.0, 4.0) else None

    def _mode_by_number(self, custom_mode: int) -> Px4Mode | None:
        if self._ardupilot:
            return self.modes.px4(custom_mode)
        return Px4Mode.MISSION if custom_mode == 4 << 16 | 4 << 24 else None

    def _cannot(self, message: Message, text: str, result: int) -> Words:
        if message.name != "COMMAND_LONG":
            return [say(text, severity=3)]
        return [say(text, severity=3), refusal(message, result)]

    def _again(self, message: Message, **changes: float) -> Word:
        return Word.to_vehicle(Send(message.name, message.fields | changes))

    def _command(self, command: int, **params: float) -> Word:
        assert self._known.vehicle is not None
        return Word.to_vehicle(
            Send(
                "COMMAND_LONG",
                {
                    "target_system": self._known.vehicle.system_id,
                    "target_component": self._known.vehicle.component_id,
                    "command": command,
                    **params,
                },
            )
        )


def refusal(message: Message, result: int) -> Word:
    """COMMAND_ACK that refuses a client's command."""
    return to_client(
        "COMMAND_ACK",
        command=message.command,
        result=result,
        target_system=message.system_id,
        target_component=message.component_id,
    )


_ORDERS: dict[str, Callable[[Orders, Message, float], Words | None]] = {
    "SET_MODE": Orders._set_mode,
    "MISSION_ITEM": Orders._guided,
    "MISSION_ITEM_INT": Orders._guided,
    "MISSION_SET_CURRENT": Orders._set_current,
    "SET_POSITION_TARGET_GLOBAL_INT": Orders._target,
    "SET_POSITION_TARGET_LOCAL_NED": Orders._local_target,
}
_COMMANDS: dict[int, Callable[[Orders, Message, float], Words | None]] = {
    TAKEOFF: Orders._takeoff,
    SET_MODE: Orders._mode,
    CHANGE_SPEED: Orders._speed,
    CONDITION_YAW: Orders._yaw,
}
