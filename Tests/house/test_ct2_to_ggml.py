#!/usr/bin/env python3
"""test_ct2_to_ggml.py: a converted model has every number where whisper.cpp looks for it; bad weights
give an error and no file.

That the conversion of the real weights is byte for byte the published file is held by `make model`,
which takes no other. Here a small model is read back by a reader of its own.
"""
import hashlib
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import unittest

import weights

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONVERTER = ROOT / "Sources/fences/whisper.cpp/ct2-to-ggml"
STATE = weights.STATE


def convert(*arguments, **more):
    return subprocess.run([sys.executable, "-B", CONVERTER, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, **more)


def read(path):
    """The header, filters, tokens and arrays (shape, is float32, numbers) of a ggml model."""
    data, at = path.read_bytes(), 0

    def take(form):
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    head, (mels, bins) = take("12i"), take("2i")
    filters = take(f"{mels * bins}f")
    words = []
    for _ in range(take("i")[0]):
        length, = take("i")
        words.append(data[at:at + length])
        at += length
    arrays = {}
    while at < len(data):
        rank, length, kind = take("3i")
        shape = tuple(reversed(take(f"{rank}i")))
        name = data[at:at + length].decode()
        at += length
        arrays[name] = shape, kind == 0, take(f"{weights.count(shape)}{'e' if kind else 'f'}")
    return head, filters, words, arrays


class Conversion(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="callpipe-ct2-")
        self.addCleanup(folder.cleanup)
        self.place = pathlib.Path(folder.name)
        self.out = self.place / "ggml-one.bin"

    def refused(self, status, said, *arguments, **more):
        """Nothing is left, and the error says why."""
        before = sorted(self.place.iterdir())
        done = convert(*arguments, self.out, **more)
        self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
        self.assertIn(said, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertEqual(sorted(self.place.iterdir()), before)

    def test_every_number_is_in_its_place(self):
        done = convert(weights.directory(self.place / "model"), self.out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        head, filters, words, arrays = read(self.out)
        self.assertEqual(head, (0x67676D6C, weights.VOCABULARY, weights.AUDIO, STATE, 1, 1,
                                weights.TEXT, STATE, 1, 1, weights.MELS, 1))
        self.assertEqual((len(words), words[3], words[4]), (50257, b" \xc3\xa9", b"w4"))
        # Slaney's norm gives each filter an area of two over its width in hertz, one on the whole.
        self.assertTrue(all(0.6 < sum(filters[i:i + 201]) * 40 < 1.2 for i in range(0, 16080, 201)))

        def said(ours, theirs, rows=slice(None), shape=None):
            whole = weights.shapes()[theirs]
            values = weights.numbers(theirs, whole)
            width = weights.count(whole[1:])
            part = values[(rows.start or 0) * width:(rows.stop or whole[0]) * width]
            found, _, numbers = arrays.pop(ours)
            self.assertEqual(list(numbers), part, ours)
            self.assertEqual(found, shape or (len(part) // width, *whole[1:]), ours)

        thirds = [slice(i * STATE, (i + 1) * STATE) for i in range(3)]
        for side in ("encoder", "decoder"):
            ours, theirs = f"{side}.blocks.0", f"{side}/layer_0"
            said(f"{side}.positional_embedding", f"{side}/position_encodings/encodings")
            for kind, its in (("weight", "gamma"), ("bias", "beta")):
                said(f"{'encoder.ln_post' if side == 'encoder' else 'decoder.ln'}.{kind}",
                     f"{side}/layer_norm/{its}")
                said(f"{ours}.mlp_ln.{kind}", f"{theirs}/ffn/layer_norm/{its}")
                said(f"{ours}.attn_ln.{kind}", f"{theirs}/self_attention/layer_norm/{its}")
                said(f"{ours}.mlp.0.{kind}", f"{theirs}/ffn/linear_0/{kind}")
                said(f"{ours}.mlp.2.{kind}", f"{theirs}/ffn/linear_1/{kind}")
                said(f"{ours}.attn.out.{kind}", f"{theirs}/self_attention/linear_1/{kind}")
                said(f"{ours}.attn.query.{kind}", f"{theirs}/self_attention/linear_0/{kind}", thirds[0])
                said(f"{ours}.attn.value.{kind}", f"{theirs}/self_attention/linear_0/{kind}", thirds[2])
            said(f"{ours}.attn.key.weight", f"{theirs}/self_attention/linear_0/weight", thirds[1])
        ours, theirs = "decoder.blocks.0.cross_attn", "decoder/layer_0/attention"
        for kind, its in (("weight", "gamma"), ("bias", "beta")):
            said(f"{ours}_ln.{kind}", f"{theirs}/layer_norm/{its}")
            said(f"{ours}.query.{kind}", f"{theirs}/linear_0/{kind}")
            said(f"{ours}.value.{kind}", f"{theirs}/linear_1/{kind}", thirds[1])
            said(f"{ours}.out.{kind}", f"{theirs}/linear_2/{kind}")
        said(f"{ours}.key.weight", f"{theirs}/linear_1/weight", thirds[0])
        said("decoder.token_embedding.weight", "decoder/embeddings/weight")
        for number in "12":
            self.assertTrue(arrays[f"encoder.conv{number}.bias"][1], "biases are float32")
            said(f"encoder.conv{number}.weight", f"encoder/conv{number}/weight")
            said(f"encoder.conv{number}.bias", f"encoder/conv{number}/bias", shape=(STATE, 1))
        self.assertEqual(arrays, {}, "and nothing else is there")

    def test_parts_in_wheels_give_the_same_file(self):
        convert(weights.directory(self.place / "model"), self.place / "whole")
        done = convert(*reversed(weights.wheels(self.place, "one")), self.out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.out.read_bytes(), (self.place / "whole").read_bytes())

    def test_a_sum_decides(self):
        folder = weights.directory(self.place / "model")
        self.refused(65, "published is 00", "--sha1", "00", folder)
        convert(folder, self.out)
        right = hashlib.sha256(self.out.read_bytes()).hexdigest()
        self.assertEqual(convert("--sha256", right, folder, self.out).returncode, 0)

    def test_cut_off_anywhere(self):
        data = weights.model()
        for length in (0, 3, 10, 40, 5000, len(data) // 2, len(data) - 30, len(data) - 1):
            folder = weights.directory(self.place / "model", data=data[:length])
            with self.subTest(length=length):
                self.refused(65, "cut off", folder)

    def test_weights_that_are_no_whisper(self):
        cases = [("bytes follow", weights.model() + b"x"),
                 ("has the shape", weights.model(changed={"encoder/conv2/bias": (STATE + 1,)})),
                 ("no Whisper has, such as encoder/adapter",
                  weights.model(changed={"encoder/adapter": (STATE, 2)})),
                 ("not float16", weights.model(dtype=0)),
                 ("version 5", weights.model(version=5)),
                 ("not numbered", weights.model(changed={"encoder/layer_2/ffn/x": (1,)}))]
        for said, data in cases:
            with self.subTest(said=said):
                self.refused(65, said, weights.directory(self.place / "model", data=data))

    def test_a_vocabulary_that_is_no_whispers(self):
        self.refused(65, "has 999 lines", weights.directory(
            self.place / "model", lines=weights.vocabulary(999)))
        self.refused(65, "line 1 of vocabulary.txt", weights.directory(
            self.place / "model", lines=b"\xff\n" + weights.vocabulary()))

    def test_no_model_and_no_wheel(self):
        (self.place / "empty").mkdir()
        self.refused(65, "no model.bin", self.place / "empty")
        (self.place / "half.whl").write_bytes(b"PK\x03\x04")
        self.refused(65, "cut off", self.place / "half.whl")
        self.refused(74, "No such file", self.place / "missing.whl")

    def test_a_disk_that_takes_no_more(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))
        self.refused(74, "File too large", weights.directory(self.place / "model"),
                     preexec_fn=limit)


if __name__ == "__main__":
    unittest.main()
