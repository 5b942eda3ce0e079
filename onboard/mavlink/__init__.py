"""The MAVLink contract: codec and protocol machines of both roles, with no socket and no clock.

Every machine takes messages and a time (`now_s`, seconds of any monotonic clock) and returns what
to send, `list[Send]`; `encoder.encode_send(send)` makes the bytes. `outcome` tells the end.

codec
    Decoder().feed(data: bytes) -> list[Message]; counts messages, bad_crc, unknown, dropped_bytes,
        reordered, lost {(system id, component id): frames}; one decoder a peer
    Encoder(*, system_id, component_id).encode(name, /, **fields) -> bytes; .encode_send(send)
    Message: name, id, system_id, component_id, sequence, sender, fields (dict); message.lat, and
        message["id"], ["name"], ["sequence"] for fields that are named like the header
    Address(system_id, component_id); Send(name, fields); UnknownMessage, BadField
px4_modes
    Px4Mode (StrEnum); custom_mode(mode) -> int; px4_mode(custom_mode) -> Px4Mode;
    set_mode(*, own, vehicle, mode) -> CommandSender; mode_parameters(mode)
plan_items
    MissionType (MISSION, FENCE, RALLY); WireItem(*, frame, command, current, autocontinue, param1,
        param2, param3, param4, x, y, z), .from_message(message), .fields(*, seq, mission_type, to)
    mission_wire(plan), fence_wire(plan), rally_wire(plan), wire_of(plan, mission_type)
    plan_from_wire(*, mission, fence, rally) -> Plan; wire_from_item(item); item_from_wire(item)
    ItemNotSendable, PlanNotUnderstood
plan_hash
    plan_hashes(plan) -> PlanHashes(mission, fence, rally): what MISSION_CURRENT will report
    mission_hash(items), fence_hash(items), rally_hash(items), items_hash(items) -> int
px4_items
    item_result(item, mission_type) -> MAV_MISSION_RESULT that PX4 answers
mission_transfer
    PlanSender(*, own, vehicle, mission_type, items, answer_timeout_s, attempts), the ground's
    PlanReader(*, own, vehicle, mission_type, answer_timeout_s, attempts), the ground's
        .start(now_s), .receive(message, now_s), .tick(now_s), .cancel() -> list[Send]
        .outcome: TransferOutcome(end, result, words, opaque_id, items) | None, .complete; .progress
    PlanStore(): .items(type), .hash(type), .revision(type), .replace(type, items),
        .current_seq, .flagged_current(), one a vehicle
    PlanEndpoint(store, *, own, limits, check): .receive, .tick, .busy, one for each vehicle's link
        (PlanReceiver and PlanProvider are its two halves)
command
    CommandSender(*, own, vehicle, command, params, answer_timeout_s, attempts, progress_timeout_s)
        .outcome: CommandOutcome(end, result, words) | None, .accepted; .progress
parameters
    ParameterRead(*, own, vehicle, name), ParameterWrite(*, own, vehicle, name, value, kind)
        .outcome: ParameterOutcome(end, value, kind, words) | None
    value_to_wire(value, kind), value_from_wire(param_value, param_type): PX4's byte-wise encoding
"""
