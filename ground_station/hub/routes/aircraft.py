"""Routes for aircraft: messages, live state and pictures."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from ground_station.errors import UnknownThing
from ground_station.hub.hub import Hub
from ground_station.store.pictures import media_type
from onboard.messages import IngestReply, IngestRequest

Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the bytes, hex.")]
PICTURE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png")
        },
    }
}


class PictureStored(BaseModel):
    """A picture is on the hub's disk."""

    sha256: str
    size_bytes: int


def aircraft_routes(hub: Hub, writers: list[Any]) -> APIRouter:
    """Routes over one hub; `writers` are the dependencies of every write."""
    router = APIRouter(tags=["aircraft"])

    @router.post("/ingest", dependencies=writers, summary="Store messages and act on them")
    async def ingest(request: IngestRequest) -> IngestReply:
        """Durable and idempotent: the reply comes after the commit, and a message sent again is a
        duplicate without effect. Each message is an `Envelope` and is judged by itself; a sender
        may delete what is accepted or a duplicate, and no retry helps what is refused. At most
        1000 messages and 2 MB. `brought` is what others have for the aircraft whose messages
        these are, again and again until it is named in `received` of a later request."""
        return await hub.post.with_mail(await hub.intake.ingest(request.messages), request.received)

    @router.post("/live", dependencies=writers, summary="Show tracks, view and status")
    async def live(request: IngestRequest) -> IngestReply:
        """Latest wins and nothing is stored: `duplicates` are older than what is known, and an
        event is refused because it would be lost. `brought` and `received` as of `/ingest`."""
        return await hub.post.with_mail(hub.intake.take_live(request.messages), request.received)

    @router.put(
        "/pictures/{sha256}",
        dependencies=writers,
        openapi_extra=PICTURE_BODY,
        summary="Store a picture under the hash of its bytes",
    )
    async def put_picture(sha256: Sha256, request: Request, response: Response) -> PictureStored:
        """201 when it is on the disk, 200 when it was there already, 422 when the bytes have
        another hash, 415 when they are neither JPEG nor PNG. At most 5 MB."""
        content = await request.body()
        new = await hub.intake.put_picture(sha256, content)
        response.status_code = 201 if new else 200
        return PictureStored(sha256=sha256, size_bytes=len(content))

    @router.get("/pictures/{sha256}", response_class=Response, summary="A stored picture")
    def get_picture(sha256: Sha256) -> Response:
        """The bytes as they came; 404 where they have not arrived."""
        content = hub.pictures.get(sha256)
        if content is None:
            raise UnknownThing(kind="picture", thing_id=sha256)
        return Response(
            content,
            media_type=media_type(content),
            headers={
                "Cache-Control": "public, max-age=31536000, immutable",
                "X-Content-Type-Options": "nosniff",
            },
        )

    return router
