"""The interface between a kiosk and a government platform. The embedded sandbox serves it; so does a real platform's adapter.

Transport
    HTTPS (plain HTTP on a loopback address only), `POST` with a JSON body in UTF-8, also for reads: a URL ends up in the logs
    of proxies, so nothing about a person may ever be in one. Every reply is `200` with the envelope

        {"status": 0, "message": "", "data": {...}}

    where `status` is one of `Status` and `data` is present only with status 0. The numbers follow a provincial e-licence
    sharing interface in public use (0, 2, 10, 11, 12, 99, 100, 102); those from 200 on are added here. `message` is for the
    technician of the other side; a kiosk neither shows nor logs it. Unknown fields in `data` are ignored, missing or wrongly
    typed ones make the reply `torn`.

Signature
    Endpoints below `/v1/` are signed with the kiosk's secret; see `signing`. Those below `/public/` are not, and answer
    nothing personal. Those below `/enrolment/` come before there is a secret.

Enrolment
    A machine that is no kiosk yet has nothing to sign with. It calls below `/enrolment/`, over TLS: `hello` tells who is there
    and what time it is, `claim` turns a code that the operator gave out into a kiosk. The code is the proof that somebody was
    sent, the request for a certificate, signed by the machine's own key, that the key is there; the key itself never leaves
    the machine. A code counts for one key: the same code with the same key again is answered the same again, so that a cut
    between request and answer is settled by asking again; with another key it is refused (`CODE_USED`). Five unknown codes in
    a row from one address close the desk to that address for a while (`CODES_LOCKED`).

Once only
    What has an effect is named by the kiosk: `operation` (serials), `key` (grants, tasks), `visit` (ratings). The same name
    with the same content again changes nothing and tells how it stands now; the same name with another content is refused
    (`CONFLICT`). So a cut between request and answer is settled by asking again, and a serial also by `serials/lookup`.
    Two calls may not be repeated blindly: a grant is used up by its first fetch, and each keeper's PIN counts as a try.

Endpoints (request and reply are the structs of the port's file)
    ===========================  =========================================  =============================
    POST /v1/health              HealthRequest → Health                     health.py
    POST /v1/licences/grant      GrantRequest → Grants                      licence.py
    POST /v1/licences/fetch      FetchRequest → SealedFile                  licence.py
    POST /v1/licences/status     LicenceStatusRequest → LicenceStatus       licence.py
    POST /v1/serials/issue       IssueRequest → Serial                      serials.py
    POST /v1/serials/replace     ReplaceRequest → Serial                    serials.py
    POST /v1/serials/suspend     SuspendRequest → Serial                    serials.py
    POST /v1/serials/state       SerialRequest → Serial                     serials.py
    POST /v1/serials/lookup      OperationRequest → Serial                  serials.py
    POST /public/serials/state   SerialRequest → PublicSerial               serials.py
    POST /v1/back-office/put     Task → TaskState                           back_office.py
    POST /v1/back-office/close   CloseRequest → TaskState                   back_office.py
    POST /v1/back-office/list    ListRequest → TaskList                     back_office.py
    POST /v1/ratings/put         Rating → RatingKept                        rating.py
    POST /v1/keepers/confirm     KeeperRequest → Confirmation               keeper.py
    POST /enrolment/hello        HelloRequest → Hello                       enrolment.py
    POST /enrolment/claim        ClaimRequest → Enrolled                    enrolment.py
    ===========================  =========================================  =============================
"""

from __future__ import annotations

from enum import IntEnum

import msgspec


class Status(IntEnum):
    """The envelope's `status`."""

    OK = 0
    NO_SUCH_SERVICE = 2
    NOT_FOUND = 10
    AUTH_FAILED = 11
    BAD_REQUEST = 12
    OTHER = 99
    NO_PERMISSION = 100
    BAD_VALUE = 102
    NO_RECORD = 200
    GRANT_USED = 201
    CONFLICT = 202
    DEPARTMENT_CLOSED = 203
    MAINTENANCE = 204
    WRONG_PIN = 205
    KEEPER_LOCKED = 206
    WRONG_PERSON = 207
    CODE_UNKNOWN = 208
    CODE_USED = 209
    CODE_EXPIRED = 210
    CODES_LOCKED = 211
    CLOCK_WRONG = 212


class Envelope(msgspec.Struct, frozen=True):
    """A reply as it crosses the wire; `data` stays raw until `status` is known to be OK."""

    status: int
    message: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


class Endpoint(msgspec.Struct, frozen=True):
    """One call. `effect`: it changes something at the platform. `repeatable`: sending it twice does no harm, so the adapter
    may. `heavy`: its reply carries a file."""

    path: str
    effect: bool = False
    repeatable: bool = True
    heavy: bool = False

    @property
    def signed(self) -> bool:
        """Whether the request must carry the kiosk's signature."""
        return self.path.startswith("/v1/")


HEALTH = Endpoint("/v1/health")
LICENCE_GRANT = Endpoint("/v1/licences/grant", effect=True)
LICENCE_FETCH = Endpoint("/v1/licences/fetch", effect=True, repeatable=False, heavy=True)
LICENCE_STATUS = Endpoint("/v1/licences/status")
SERIAL_ISSUE = Endpoint("/v1/serials/issue", effect=True)
SERIAL_REPLACE = Endpoint("/v1/serials/replace", effect=True)
SERIAL_SUSPEND = Endpoint("/v1/serials/suspend", effect=True)
SERIAL_STATE = Endpoint("/v1/serials/state")
SERIAL_LOOKUP = Endpoint("/v1/serials/lookup")
PUBLIC_SERIAL = Endpoint("/public/serials/state")
TASK_PUT = Endpoint("/v1/back-office/put", effect=True)
TASK_CLOSE = Endpoint("/v1/back-office/close", effect=True)
TASK_LIST = Endpoint("/v1/back-office/list")
RATING_PUT = Endpoint("/v1/ratings/put", effect=True)
KEEPER_CONFIRM = Endpoint("/v1/keepers/confirm", effect=True, repeatable=False)
ENROL_HELLO = Endpoint("/enrolment/hello")
ENROL_CLAIM = Endpoint("/enrolment/claim", effect=True)

ENDPOINTS = {
    each.path: each
    for each in (
        HEALTH,
        LICENCE_GRANT,
        LICENCE_FETCH,
        LICENCE_STATUS,
        SERIAL_ISSUE,
        SERIAL_REPLACE,
        SERIAL_SUSPEND,
        SERIAL_STATE,
        SERIAL_LOOKUP,
        PUBLIC_SERIAL,
        TASK_PUT,
        TASK_CLOSE,
        TASK_LIST,
        RATING_PUT,
        KEEPER_CONFIRM,
        ENROL_HELLO,
        ENROL_CLAIM,
    )
}
