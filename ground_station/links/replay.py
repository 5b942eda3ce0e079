"""A recorded flight as a link: the hub sees it fly again, and whatever it says goes nowhere."""

import asyncio
from pathlib import Path

from ground_station.links.address import LinkAddress
from ground_station.links.link import Link, LinkPhase, Peer, Voice
from ground_station.recording.player import Player
from ground_station.recording.reader import open_tlog

TICK_S = 0.02


class ReplayLink(Link):
    """Plays a log from `from_s` at `speed`; at its end the link is lost, and says so.

    Signatures in a log are of another day: they are not judged.
    """

    def __init__(self, *, address: LinkAddress, voice: Voice) -> None:
        # What is played was recorded once already.
        unsigned = Voice(own=voice.own, receiver=voice.receiver)
        super().__init__(address=address, voice=unsigned)
        self.player: Player | None = None
        self._playing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Read the log and begin to play.

        Raises:
            BadInput: the file cannot be read or is no telemetry log.
        """
        self._became(LinkPhase.CONNECTING, "reading the recording")
        path = Path(self.address.path)
        tlog = await asyncio.to_thread(open_tlog, path)
        first = tlog.at_time(self.address.from_s)
        self.player = Player(tlog, speed=self.address.speed, first=first)
        self._became(LinkPhase.OPEN)
        self._playing = asyncio.get_running_loop().create_task(self._play(self.player))

    async def close(self) -> None:
        """Stop playing."""
        playing, self._playing = self._playing, None
        if playing is not None:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
        self._became(LinkPhase.CLOSED)

    async def _play(self, player: Player) -> None:
        loop = asyncio.get_running_loop()
        peer: Peer = (self.address.path, 0)
        while not player.ended:
            for record in player.due(loop.time()):
                self.feed(peer, record.frame)
            await asyncio.sleep(TICK_S)
        self._became(LinkPhase.LOST, "the recording is over")

    def _transmit(self, frame: bytes, peer: Peer) -> bool:
        self.counters.undeliverable += 1
        return False
