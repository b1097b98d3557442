"""multipart.py: forms and WAV files, read as strictly as the sternest server reads them."""

import array
import re
import struct
import sys


class FormError(Exception):
    """A body that is no form, or no WAV file; the text says why."""


class Part:
    """A field or a file."""

    def __init__(self, name, filename, content_type, content):
        self.name, self.filename = name, filename
        self.content_type, self.content = content_type, content

    @property
    def text(self):
        """The value of a field."""
        return self.content.decode("utf-8")


def parse(content_type, body):
    """The parts of multipart/form-data in their order; FormError when anything is amiss."""
    found = re.fullmatch(r"multipart/form-data; boundary=([0-9A-Za-z'()+_,./:=?-]{1,70})",
                         content_type or "")
    if not found:
        raise FormError(f"content type {content_type!r} is no form")
    line = b"--" + found[1].encode()
    if not body.startswith(line + b"\r\n") or not body.endswith(b"\r\n" + line + b"--\r\n"):
        raise FormError("the form does not begin and end with its boundary")
    inner = body[len(line) + 2:-len(line) - 6]
    return [_part(piece) for piece in inner.split(b"\r\n" + line + b"\r\n")]


def _part(piece):
    head, gap, content = piece.partition(b"\r\n\r\n")
    if not gap:
        raise FormError("a part without an empty line after its head")
    headers = {}
    for row in head.decode("utf-8").split("\r\n"):
        name, colon, value = row.partition(": ")
        if not colon or name.lower() in headers:
            raise FormError(f"a part's header {row!r}")
        headers[name.lower()] = value
    found = re.fullmatch(r'form-data; name="([^"\r\n]+)"(?:; filename="([^"\r\n]*)")?',
                         headers.pop("content-disposition", ""))
    kind = headers.pop("content-type", None)
    if not found or headers:
        raise FormError("a part's head")
    if (found[2] is None) != (kind is None):
        raise FormError(f"{found[1]}: a file has a name and a type, a field has neither")
    return Part(found[1], found[2], kind, content)


class Wave:
    """16-bit mono samples at a rate."""

    def __init__(self, data):
        if len(data) < 44 or data[:4] != b"RIFF" or data[8:16] != b"WAVEfmt ":
            raise FormError("no WAV file")
        size, = struct.unpack_from("<I", data, 4)
        length, form, channels, self.rate, speed, block, bits = struct.unpack_from(
            "<IHHIIHH", data, 16)
        mark, count = struct.unpack_from("<4sI", data, 36)
        if (length, form, channels, block, bits, mark) != (16, 1, 1, 2, 16, b"data"):
            raise FormError("not 16-bit mono PCM")
        if speed != 2 * self.rate or size != len(data) - 8 or count != len(data) - 44:
            raise FormError("the WAV header does not tell the truth")
        self.samples = array.array("h", data[44:44 + count // 2 * 2])
        if sys.byteorder == "big":
            self.samples.byteswap()

    @classmethod
    def of(cls, samples, rate):
        """Samples that were read in another way."""
        wave = cls.__new__(cls)
        wave.samples, wave.rate = samples, rate
        return wave

    @property
    def seconds(self):
        """The length."""
        return len(self.samples) / self.rate

    def phrases(self, gate=0.005, pause=0.3):
        """Where it is loud: (start, end, hertz), parted by pauses, as a listener would say."""
        step = self.rate // 50
        found = []
        for index in range(0, len(self.samples), step):
            frame = self.samples[index:index + step]
            part = frame[::3]
            power = sum(sample * sample for sample in part) / len(part) / 32768 ** 2
            if power < gate * gate:
                continue
            start, end = index / self.rate, (index + len(frame)) / self.rate
            if found and start - found[-1][1] < pause:
                found[-1][1] = end
            else:
                found.append([start, end])
        return [(start, end, self.hertz(start, end)) for start, end in found if end - start > 0.1]

    def hertz(self, start, end):
        """The pitch of its middle, by counting how often the sign changes upwards."""
        start, end = max(start, (start + end) / 2 - 0.25), min(end, (start + end) / 2 + 0.25)
        part = self.samples[int(start * self.rate):int(end * self.rate)]
        ups = sum(1 for one, two in zip(part, part[1:]) if one < 0 <= two)
        return round(ups / max(end - start, 0.001))
