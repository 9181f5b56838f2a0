"""One PAdES signature over a sheet (pyHanko): metadata attached, the seal shown in a signature field.

The file is written in a single revision and certified against any later change (DocMDP level 1).
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import embed
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kiosk.licences.metadata import ATTACHMENT
from kiosk.sandbox.authority import Identity
from kiosk.sandbox.certificates import Sheet

_FIELD = "Seal"


def sealed(sheet: Sheet, metadata: bytes, *, identity: Identity, picture: Path, reason: str) -> bytes:
    """Return the sealed PDF with `metadata` as attachment. Runs its own event loop: call it from a thread."""
    writer = copy_into_new_writer(PdfFileReader(BytesIO(sheet.pdf)))
    attachment = embed.EmbeddedFileObject.from_file_data(writer, metadata, mime_type="application/json")
    embed.embed_file(writer, embed.FileSpec(file_spec_string=ATTACHMENT, embedded_data=attachment))
    pdf_signer = PdfSigner(
        PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm="sha256",
            reason=reason,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        ),
        signer=signer(identity),
        stamp_style=StaticStampStyle.from_pdf_file(str(picture), border_width=0),
        new_field_spec=SigFieldSpec(_FIELD, on_page=-1, box=tuple(round(edge) for edge in sheet.seal_box)),
    )
    output = BytesIO()
    pdf_signer.sign_pdf(writer, output=output)
    return output.getvalue()


def signer(identity: Identity) -> SimpleSigner:
    """Return who signs with this certificate and key."""
    key = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(identity.certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore(),
    )
