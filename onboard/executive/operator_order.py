"""An operator's word to the executive itself: MAV_CMD_USER_1, param1 1: take up, 0: stand down."""

from onboard.mavlink.codec import Address, Message, Send

USER_ORDER = 31010
ACCEPTED = 0


def is_order(message: Message, own: Address) -> bool:
    """Whether a message is such a word to this computer."""
    if message.name != "COMMAND_LONG" or message.command != USER_ORDER:
        return False
    return bool(
        (message.target_system, message.target_component) == (own.system_id, own.component_id)
    )


def takes_up(message: Message) -> bool:
    """Whether it is asked to go on; else it is stood down."""
    return bool(message.param1 >= 0.5)


def answer(message: Message) -> Send:
    """It is answered as any command is."""
    return Send(
        "COMMAND_ACK",
        {
            "command": USER_ORDER,
            "result": ACCEPTED,
            "target_system": message.system_id,
            "target_component": message.component_id,
        },
    )
