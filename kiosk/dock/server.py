"""The dock's HTTP server: loopback only, inside the core, and only where the profile says `dock = true`."""

from __future__ import annotations

import asyncio
import socket
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from drivers.client import Snapshot
from drivers.contract.secret import counts
from kiosk.dock.bench import Bench
from kiosk.dock.screen import screen_of
from kiosk.window import ShellWindow

if TYPE_CHECKING:
    from kiosk.kiosk import Kiosk


def application(kiosk: Kiosk, bench: Bench | None) -> Starlette:
    """Return the ASGI application. Without a bench only the read-only parts answer."""

    async def page(_: Request) -> Response:
        return HTMLResponse(files("kiosk.dock").joinpath("page.html").read_text("utf-8"))

    async def screen(_: Request) -> Response:
        if not isinstance(kiosk.window, ShellWindow):
            return JSONResponse({"error": "this kiosk has no window"}, status_code=409)
        return JSONResponse(screen_of(kiosk.window, kiosk.profile))

    async def state(_: Request) -> Response:
        return JSONResponse(
            {
                "devices": [_device(snapshot) for snapshot in kiosk.devices.table()],
                "bench": await bench.state() if bench else None,
                "people": await bench.people() if bench else [],
                "visits": kiosk.lobby.visits_ended,
                "staff": kiosk.lobby.service.state.value,
                "shifts": kiosk.lobby.service.shifts_ended,
                "outbox": kiosk.journal.waiting(),
                "shell": {"pid": getattr(kiosk.window, "pid", None), "restarts": getattr(kiosk.window, "restarts", 0)},
                "face_pid": kiosk.face.pid,
                "secrets": counts(),
            }
        )

    async def described(_: Request) -> Response:
        return JSONResponse({"devices": await bench.describe() if bench else {}, "words": words()})

    async def do(request: Request) -> Response:
        if bench is None:
            return JSONResponse({"error": "there is no emulated bench here"}, status_code=409)
        arguments = await request.json() if await request.body() else {}
        if not isinstance(arguments, dict):
            return JSONResponse({"error": "the body must be a JSON object of arguments"}, status_code=400)
        try:
            result = await bench.do(request.path_params["device"], request.path_params["verb"], arguments)
        except (LookupError, ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse({"ok": result})

    return Starlette(
        routes=[
            Route("/", page),
            Route("/screen", screen),
            Route("/state", state),
            Route("/bench", described),
            Route("/do/{device}/{verb}", do, methods=["POST"]),
        ]
    )


def words() -> dict[str, dict[str, str]]:
    """Return what a technician reads for names of classes, verbs, faults, states and values."""
    return tomllib.loads(files("kiosk.dock").joinpath("words.toml").read_text("utf-8"))


def _device(snapshot: Snapshot) -> dict[str, Any]:
    status = snapshot.status
    return {
        "name": snapshot.name,
        "class": snapshot.device_class.value,
        "driver": snapshot.driver,
        "link": snapshot.link.value,
        "readiness": status.readiness.value if status else None,
        "details": {
            name: _told(getattr(status, name))
            for name in getattr(status, "__struct_fields__", ())
            if name not in ("readiness", "faults")
        },
        "faults": [each.code.value for each in status.faults] if status else [],
        "fault": snapshot.fault.code.value if snapshot.fault else None,
        "restarts": snapshot.restarts,
        "pid": snapshot.pid,
    }


def _told(value: object) -> str:
    """As text; a list of named levels (inputs, outputs) as "door off, presence on"."""
    if isinstance(value, tuple) and value and all(isinstance(each, msgspec.Struct) for each in value):
        return ", ".join(" ".join(str(getattr(each, name)) for name in each.__struct_fields__) for each in value)
    return str(value)


@asynccontextmanager
async def docked(kiosk: Kiosk, *, port: int = 0, bench: Bench | None = None) -> AsyncIterator[str]:
    """Serve the dock; yield its address. Raise OSError when the port is taken."""
    listening = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(application(kiosk, bench), log_level="warning", lifespan="off"))
    # _serve, not serve: signals are the core's own business.
    task = asyncio.create_task(server._serve([listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        server.should_exit = True
        await task
        listening.close()
