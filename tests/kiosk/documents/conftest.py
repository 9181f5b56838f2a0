"""An issuer of our own: certificates drawn with reportlab, sealed with pyHanko; an operator's CA and a kiosk's key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw, ImageFont
from pyhanko import stamp
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from drivers.contract.secret import SecretBytes, SecretText
from kiosk import fonts
from kiosk.documents import issued, lettering
from kiosk.documents.overlay import Imprint
from kiosk.documents.signer import KeyFile

NAME, NUMBER = "张小英", "99999919480312002X"
ADDRESS = "测试省测试市测试区幸福路1号"
SUBJECT = "subject-1"
PRINTED, EXPIRES = 1795314360, 1797906360  # 2026-11-22 10:26 and 30 days later, China
SEALS_AT = (150, 180, 190, 220)  # mm from the lower left: left, bottom, right, top


def draw_certificate(canvas: Canvas, name: str) -> None:
    """Draw one page; the lowest 60 mm stay free."""
    lettering.draw(canvas, 60 * mm, 260 * mm, "社会保险个人参保证明", 24)
    rows = [("姓名", name), ("公民身份号码", NUMBER), ("住址", ADDRESS)]
    for row, (label, value) in enumerate(rows):
        lettering.draw(canvas, 25 * mm, (240 - 9 * row) * mm, f"{label}：", 12)
        lettering.draw(canvas, 60 * mm, (240 - 9 * row) * mm, value, 12)
    canvas.grid([x * mm for x in (25, 65, 105, 145, 185)], [y * mm for y in range(80, 180, 10)])
    for row in range(9):
        lettering.draw(canvas, 27 * mm, (83 + 10 * row) * mm, f"{2010 + row}年", 12)


def make_certificate(
    name: str = NAME, *, pages: int = 1, extra: Callable[[Canvas], None] | None = None, landscape: bool = False
) -> bytes:
    """Return a certificate; `extra` draws more on each page."""
    out = BytesIO()
    size = (297 * mm, 210 * mm) if landscape else (210 * mm, 297 * mm)
    canvas = Canvas(out, pagesize=size, invariant=1)
    for _ in range(pages):
        if landscape:
            lettering.draw(canvas, 60 * mm, 180 * mm, f"{name} {NUMBER}", 12)
        else:
            draw_certificate(canvas, name)
        if extra:
            extra(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def self_signed(key: ec.EllipticCurvePrivateKey, name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1))
        .not_valid_after(datetime(2046, 1, 1))
        .sign(key, hashes.SHA256())
    )


@cache
def _seal_signer() -> signers.SimpleSigner:
    key = ec.generate_private_key(ec.SECP256R1())
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate = self_signed(key, "测试专用章").public_bytes(serialization.Encoding.DER)
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(der),
        cert_registry=SimpleCertificateStore(),
    )


def seal(pdf: bytes, *, style: stamp.BaseStampStyle | None = None) -> bytes:
    """Seal page 1 visibly, as issuers do: a signature field whose appearance is the red seal."""
    if style is None:
        picture = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
        pen = ImageDraw.Draw(picture)
        pen.ellipse((8, 8, 392, 392), outline=(210, 20, 30, 255), width=16)
        font = ImageFont.truetype(str(fonts.paper().path), 80)
        pen.text((200, 200), "专用章", fill=(210, 20, 30, 255), anchor="mm", font=font)
        style = stamp.StaticStampStyle(background=PdfImage(picture), background_opacity=1, border_width=0)
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    box = tuple(int(side * mm) for side in SEALS_AT)
    fields.append_signature_field(writer, fields.SigFieldSpec("Seal", on_page=0, box=box))
    signer = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name="Seal"), signer=_seal_signer(), stamp_style=style
    )
    sealed: bytes = signer.sign_pdf(writer).getvalue()
    return sealed


def accept(pdf: bytes, subject: str = SUBJECT) -> issued.IssuedDocument:
    return issued.accept(SecretBytes(pdf), licence="1.2.156.3005.2.TEST", subject=subject)


class Operator:
    """An operator's CA that certifies kiosks, rightly or, for the tests, wrongly."""

    def __init__(self, folder: Path, name: str = "测试运营方根", *, years: tuple[int, int] = (2026, 2046)) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.root = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(self.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(years[0], 1, 1))
            .not_valid_after(datetime(years[1], 1, 1))
            .add_extension(x509.BasicConstraints(True, 0), True)
            .add_extension(usage, True)
            .sign(self.key, hashes.SHA256())
        )

    def certify(
        self,
        key: ec.EllipticCurvePrivateKey,
        name: str,
        *,
        years: tuple[int, int] = (2026, 2029),
        signs: bool = True,
        is_ca: bool = False,
        curve: object = None,  # of the key; named here so that a test can list it beside the rest
    ) -> bytes:
        """Return a kiosk's certificate, DER."""
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(1000)
            .not_valid_before(datetime(years[0], 1, 1))
            .not_valid_after(datetime(years[1], 1, 1))
            .add_extension(x509.KeyUsage(signs, False, not signs, False, False, False, False, False, False), True)
        )
        if is_ca:
            builder = builder.add_extension(x509.BasicConstraints(True, None), True)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def kiosk(self, name: str = "KX-360100-0001") -> KeyFile:
        """Certify a new kiosk and return its signer; its files lie in the operator's folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = x509.load_der_x509_certificate(self.certify(key, name))
        key_file, certificate_file = self.folder / "kiosk.key", self.folder / "kiosk.pem"
        key_file.touch(mode=0o600)
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return KeyFile(key_file, certificate_file)


@pytest.fixture(scope="session")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(tmp_path_factory.mktemp("operator"))


@pytest.fixture(scope="session")
def signer(operator: Operator) -> KeyFile:
    return operator.kiosk()


@pytest.fixture(scope="session")
def other_operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """A stranger who took the same name."""
    return Operator(tmp_path_factory.mktemp("other"))


@pytest.fixture
def new_operator(tmp_path: Path) -> Callable[..., Operator]:
    """Make an operator for one test."""
    return lambda **settings: Operator(tmp_path, **settings)


@pytest.fixture
def imprint() -> Imprint:
    return Imprint(
        serial="KX-360100-0001-20261122-00042",
        kiosk="KX-360100-0001",
        place="测试村便民服务站",
        issuer="测试市社会保险中心",
        purpose="个人参保证明打印",
        printed_at=PRINTED,
        expires_at=EXPIRES,
        licence_type="11100000000013338W011",
        holder=SecretText(NUMBER),
    )


@pytest.fixture(scope="session")
def issuer() -> type:
    """The functions above, for tests (a conftest cannot be imported by name)."""

    class Issuer:
        name, number, address, subject = NAME, NUMBER, ADDRESS, SUBJECT
        printed, expires, seals_at = PRINTED, EXPIRES, SEALS_AT
        certificate = staticmethod(make_certificate)
        seal = staticmethod(seal)
        accept = staticmethod(accept)

    return Issuer
