"""The service account's key, and whether a signature is its."""

import base64
import hashlib
import re
import subprocess


def encode64(data):
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode64(text):
    """The inverse; ValueError for padding or foreign characters."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", text):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Key:
    """The service account's key pair; openssl makes it, and the signature is checked by hand."""

    def __init__(self, path):
        if not path.exists():
            part = path.with_suffix(".part")
            subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt",
                            "rsa_keygen_bits:2048", "-out", part], check=True,
                           stderr=subprocess.DEVNULL)
            part.chmod(0o600)
            part.replace(path)
        self.pem = path.read_text(encoding="ascii")
        shown = subprocess.run(["openssl", "rsa", "-in", path, "-noout", "-modulus"], check=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        self.modulus = int(shown.decode().strip().removeprefix("Modulus="), 16)
        self.identity = hashlib.sha1(shown).hexdigest()

    def signed(self, message, signature):
        """RSASSA-PKCS1-v1_5 with SHA-256 over the message."""
        size = (self.modulus.bit_length() + 7) // 8
        if len(signature) != size:
            return False
        opened = pow(int.from_bytes(signature, "big"), 65537, self.modulus).to_bytes(size, "big")
        digest = bytes.fromhex("3031300d060960864801650304020105000420")
        digest += hashlib.sha256(message).digest()
        return opened == b"\0\1" + b"\xff" * (size - len(digest) - 3) + b"\0" + digest
