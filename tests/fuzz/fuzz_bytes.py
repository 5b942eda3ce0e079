"""Targets that take bytes as they come: frames, signatures, files, and who is where."""

from typing import Any

from fuzz_moves import GROUND, Moves, any_message

from onboard.mavlink.codec import Address, Decoder, Encoder, Signing, SigningKey

KEY = SigningKey(bytes(range(32)))


def decoder(data: bytes) -> None:
    """Any bytes, cut anywhere; then good frames are understood again."""
    moves = Moves(data)
    cut = moves.byte()
    raw = moves.rest()
    whole, pieces = Decoder(), Decoder()
    first = whole.feed(raw)
    second = pieces.feed(raw[:cut]) + pieces.feed(raw[cut:])
    assert [m.frame for m in first] == [m.frame for m in second]
    for message in first:
        assert message.fields is not None
    good = Encoder(system_id=3, component_id=1).encode("HEARTBEAT", type=2)
    # Whatever length a damaged frame claims, this many bytes are longer.
    assert good in [m.frame for m in whole.feed(bytes(300) + good)]


def signed_decoder(data: bytes) -> None:
    """No bytes that were not signed with the key are taken for signed; good ones then are."""
    signing = Signing(key=KEY, link_id=0, unix_s=lambda: 1.7e9)
    judge = Decoder(signing=signing)
    for message in judge.feed(data):
        assert message.id == 109, message
    ours = Signing(key=KEY, link_id=1, unix_s=lambda: 1.7e9 + 10)
    good = Encoder(system_id=3, component_id=1, signing=ours).encode("PING", seq=5)
    assert good in [m.frame for m in judge.feed(bytes(300) + good)]
    replayed = judge.replayed
    assert judge.feed(good) == []
    assert judge.replayed == replayed + 1


def repaired_frames(data: bytes) -> None:
    """Frames of every known message with any payload and a right checksum: all fields read."""
    from onboard.mavlink.codec.checksum import checksum
    from onboard.mavlink.codec.dialect import LAYOUT_BY_ID

    moves = Moves(data)
    ids = tuple(LAYOUT_BY_ID)
    reading = Decoder()
    count = 0
    while moves.left and count < 8:
        layout = LAYOUT_BY_ID[ids[(moves.byte() << 8 | moves.byte()) % len(ids)]]
        payload = moves.take(moves.byte())
        body = bytes((len(payload), 0, 0, count, 1, 1)) + layout.id.to_bytes(3, "little") + payload
        frame = b"\xfd" + body + checksum(body, layout.seed).to_bytes(2, "little")
        (message,) = reading.feed(frame)
        assert set(message.fields) == set(layout.places)
        assert message.frame == frame
        assert len(layout.struct.pack(*message.values)) == layout.size
        count += 1


def tlog_reader(data: bytes) -> None:
    """Any file is read to its end, and all that is found in it can be sought and played."""
    from ground_station.recording.player import Player
    from ground_station.recording.reader import Tlog
    from ground_station.recording.tlog import record

    good = Encoder(system_id=3, component_id=1).encode("HEARTBEAT", type=2)
    tail = record(1 << 50, good)
    tlog = Tlog(data + bytes(300) + tail)
    assert len(tlog)
    assert tlog.record(len(tlog) - 1).frame == good
    assert sum(len(each.frame) + 8 for each in tlog.records()) + tlog.skipped_bytes == (
        len(data) + 300 + len(tail)
    )
    tlog.of_item(0)
    tlog.counts()
    assert 0 <= tlog.at_time(1.0) <= len(tlog)
    player = Player(tlog, speed=1000.0)
    now_s, played = 0.0, 0
    while not player.ended:
        played += len(player.due(now_s))
        now_s += 1.0
        assert now_s < 1000.0
    assert played == len(tlog)


def stations_and_routes(data: bytes) -> None:
    """Who is where: whoever speaks, by whichever wire, is kept track of within bounds."""
    from ground_station.links.routes import Routes
    from ground_station.links.stations import STATIONS_AT_MOST, Stations

    moves = Moves(data)
    stations, routes = Stations(GROUND), Routes()
    wires: Any = (object(), object())
    now_s = 0.0
    while moves.left:
        now_s += moves.byte() / 100.0
        speaker = Address(moves.byte(), moves.byte())
        message = any_message(moves, ("HEARTBEAT", "PING"), sender=speaker, to=GROUND)
        if moves.byte() & 1:
            stations.said(message.frame)
        stations.is_echo(message)
        stations.hears(message, "link", now_s)
        routes.hears(message.system_id, message.component_id, moves.one_of(wires), now_s)
        assert routes.wire(message.system_id, message.component_id) is not None
    assert len(stations.heard_lately(now_s)) <= STATIONS_AT_MOST
