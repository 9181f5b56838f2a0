"""What the checker can find: a closed list of codes, each with its meaning."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Code(StrEnum):
    """Why a run is not accepted."""

    EVIDENCE = "evidence"
    """Something that a far end should have captured is missing or cannot be read: nothing is proved."""

    JOB_NAME = "job_name"
    """A sheet came out of a job that is not `<serial>/<page>-<pages>` with a document of one page."""
    NO_CODE = "no_code"
    """No verification code can be read from a sheet."""
    BAD_CODE = "bad_code"
    """A code that is damaged, or not signed by this kiosk's key under the operator's root."""
    CODE_MISMATCH = "code_mismatch"
    """A genuine code that speaks of something else than the paper that carries it."""
    NOT_ISSUED = "not_issued"
    """The platform had not issued the serial when the sheet came out."""
    NOT_FETCHED = "not_fetched"
    """The file that was printed had not been handed out by the platform."""
    WRONG_PERSON = "wrong_person"
    """The printed file, or a page of it, is not of the person whose grant fetched it."""
    WRONG_PICTURE = "wrong_picture"
    """What is on the sheet is not that page of that file."""
    COVERED = "covered"
    """Something of the issuer's page is hidden by what the kiosk added, or the addition takes too much of the page."""
    NO_WATERMARK = "no_watermark"
    """The watermark's words are missing, are others, or cannot be seen."""
    WRONG_TIME = "wrong_time"
    """打印时间 or 失效时间 is missing or not true."""
    WRONG_WORDS = "wrong_words"
    """Serial or page numbers are not printed on the sheet as they are in its job's name."""

    BAD_SEAL = "bad_seal"
    """Printed although the issuer's seal is broken or of a stranger."""
    NOT_IN_FORCE = "not_in_force"
    """Printed although the issuer had not said that the licence is in force, or after its last day."""
    NOT_REPORTED = "not_reported"
    """Another person's file or a broken seal was fetched, and no back-office task tells of it."""

    NO_CARD = "no_card"
    """A person's record was asked for without a card on the reader."""
    WRONG_CARD = "wrong_card"
    """A record was asked for with another person's card on the reader."""
    NO_IDENTITY = "no_identity"
    """A record was asked for although neither this face was at the camera nor a keeper confirmed."""

    PRINTED_TWICE = "printed_twice"
    """A page of a serial came out more than once."""
    OUT_OF_ORDER = "out_of_order"
    """The pages of a serial came out in another order, or with another document's pages between them."""
    MIXED_TRAY = "mixed_tray"
    """A person's sheet fell onto another person's paper."""
    WRONG_VISIT = "wrong_visit"
    """A sheet came out, or a slip was cut, after another person's card had been read."""
    TWO_SERIALS = "two_serials"
    """One licence has two serials that count."""
    UNACCOUNTED = "unaccounted"
    """A serial counts, but its document is not completely out."""
    NO_TASK = "no_task"
    """A suspended serial has paper, and no back-office task tells of it."""
    UNSETTLED = "unsettled"
    """The answer to a request for a serial was lost, and the kiosk never asked what became of it."""

    SLIP_PERSONAL = "slip_personal"
    """A slip shows a full name, a full number or an address."""
    SLIP_CODE = "slip_code"
    """A slip's code is unreadable, not genuine, or of a serial or holder that is not this visit's."""

    EXPECTATION = "expectation"
    """A visit ended otherwise than it was set up to end."""
    NOT_WIPED = "not_wiped"
    """After a visit, personal data was still in memory."""
    PERSONAL_DATA = "personal_data"
    """Personal data in a file of the kiosk, or sent where it does not belong."""


class Finding(msgspec.Struct, frozen=True):
    """One reason to reject. `where` names the paper, slip, exchange or file."""

    code: Code
    where: str
    sentence: str
