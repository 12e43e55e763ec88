"""A certificate authority of our own, for tests that speak TLS."""

import datetime
import ipaddress
import ssl
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ssl.SSLContext]:
    """A certificate authority of our own: its server side by host name, and ``trusting`` it as a client."""
    pytest.importorskip("cryptography", reason="certificates for the TLS tests are made with cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = tmp_path_factory.mktemp("authority")
    issuer_key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "trialwatch test authority")])
    begin, end = datetime.datetime(2020, 1, 1), datetime.datetime(2120, 1, 1)  # noqa: DTZ001 - a certificate's own way

    def certificate(name: x509.Name, key: ec.EllipticCurvePublicKey, *extensions: Any) -> x509.Certificate:
        builder = x509.CertificateBuilder(issuer, name, key, x509.random_serial_number(), begin, end)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(issuer_key, hashes.SHA256())

    issuer_id = x509.SubjectKeyIdentifier.from_public_key(issuer_key.public_key())
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    root = certificate(issuer, issuer_key.public_key(), x509.BasicConstraints(True, None), issuer_id, usage)
    pem = serialization.Encoding.PEM
    (folder / "root.pem").write_bytes(root.public_bytes(pem))

    def server_side(host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
        is_address = host[0].isdigit()
        known_as = x509.IPAddress(ipaddress.ip_address(host)) if is_address else x509.DNSName(host)
        issued_by = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id)
        made = certificate(name, key.public_key(), x509.SubjectAlternativeName([known_as]), issued_by)
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = folder / f"{host}.pem"
        path.write_bytes(private + made.public_bytes(pem))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    vars(server_side)["root"] = folder / "root.pem"  # for the one test that needs the file
    return server_side


@pytest.fixture
def trusting(authority: Any) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority.root)
