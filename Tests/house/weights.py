"""weights.py: a Whisper of one layer, as CTranslate2 keeps it, and what whisper.cpp is to find in it.

All numbers are small whole ones, which float16 and float32 both hold exactly.
"""
import struct
import zipfile

STATE, MELS, AUDIO, TEXT, VOCABULARY, WORDS = 64, 80, 8, 6, 50300, 50257


def shapes():
    """The arrays of a model, by CTranslate2's names."""
    found = {"decoder/embeddings/weight": (VOCABULARY, STATE),
             "decoder/position_encodings/encodings": (TEXT, STATE),
             "encoder/position_encodings/encodings": (AUDIO, STATE),
             "encoder/conv1/weight": (STATE, MELS, 3), "encoder/conv1/bias": (STATE,),
             "encoder/conv2/weight": (STATE, STATE, 3), "encoder/conv2/bias": (STATE,)}

    def norm(name):
        found[f"{name}/gamma"] = found[f"{name}/beta"] = (STATE,)

    def linear(name, rows, columns=STATE):
        found[f"{name}/weight"], found[f"{name}/bias"] = (rows, columns), (rows,)

    for side in ("encoder", "decoder"):
        layer = f"{side}/layer_0"
        for name in (f"{side}/layer_norm", f"{layer}/ffn/layer_norm", f"{layer}/self_attention/layer_norm"):
            norm(name)
        linear(f"{layer}/ffn/linear_0", 4 * STATE)
        linear(f"{layer}/ffn/linear_1", STATE, 4 * STATE)
        linear(f"{layer}/self_attention/linear_0", 3 * STATE)
        linear(f"{layer}/self_attention/linear_1", STATE)
    norm("decoder/layer_0/attention/layer_norm")
    for number, rows in enumerate((STATE, 2 * STATE, STATE)):
        linear(f"decoder/layer_0/attention/linear_{number}", rows)
    return found


def count(shape):
    """How many numbers an array has."""
    total = 1
    for size in shape:
        total *= size
    return total


def numbers(name, shape):
    """The numbers of an array: others in every array and in every row."""
    seed = sum(name.encode())
    return [(seed + index * 7) % 509 - 254 for index in range(count(shape))]


def model(*, changed=None, dtype=4, version=6):
    """model.bin; `changed` replaces or adds shapes."""
    arrays = {**shapes(), **(changed or {})}

    def name(text):
        return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"

    parts = [struct.pack("<I", version), name("WhisperSpec"),
             struct.pack("<II", 3, len(arrays) + 1)]
    for key, shape in arrays.items():
        values = numbers(key, shape)
        data = struct.pack(f"<{len(values)}{'e' if dtype == 4 else 'f'}", *values)
        parts += [name(key), struct.pack(f"<B{len(shape)}I", len(shape), *shape),
                  struct.pack("<BI", dtype, len(data)), data]
    parts += [name("decoder/num_heads"), struct.pack("<BBIh", 0, 2, 2, 1), struct.pack("<I", 1),
              name("decoder/projection/weight"), name("decoder/embeddings/weight")]
    return b"".join(parts)


def vocabulary(words=WORDS):
    """vocabulary.txt: token 3 is a space and a letter of two bytes, in GPT-2's letters."""
    lines = [f"w{index}" for index in range(words)]
    lines[3] = "\u0120\u00c3\u00a9"
    return "".join(line + "\n" for line in lines).encode()


def directory(place, data=None, lines=None):
    """A directory with a model."""
    place.mkdir(exist_ok=True)
    (place / "model.bin").write_bytes(model() if data is None else data)
    (place / "vocabulary.txt").write_bytes(vocabulary() if lines is None else lines)
    return place


def wheels(place, name, data=None):
    """Two wheels, NAME-part1 and -part2, that hold the halves of a model; their paths."""
    data = model() if data is None else data
    half = len(data) // 2
    made = []
    for number, part in enumerate((data[:half], data[half:]), 1):
        package = f"{name}_part{number}"
        path = place / f"{package}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr(f"{package}/data/model.bin.part{number}", part)
            if number == 1:
                wheel.writestr(f"{package}/data/vocabulary.txt", vocabulary())
            info = f"{package}-1.0.dist-info"
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        made.append(path)
    return made
