"""answer_words.py: answers made of words of their own, changes of them, and the words that an answer holds."""
import json
import re
import unicodedata

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+', re.S)
NUMBERS = ["NaN", "-Infinity", "1e999", "-1e999", "-7", "1e300", "1e9", '"1.5"', '"nan"', '"x"', "null", "true",
           "0.1", "99999999999999999999", "-0", "1.7976931348623157e308"]
VALUES = NUMBERS + ["[]", "{}", '""', "[[]]", '[{"text":1}]', '{"text":null}', '"\\ud83d"', '"a\\udc00b"', '"\\u0000"',
                    "[" * 600 + "]" * 600, '{"a":' * 600 + "1" + "}" * 600]
NAMES = ["text", "word", "words", "segments", "start", "end", "transcript", "channel", "speaker", "language", "x", ""]
WARNINGS = ["Failed to align segment: backtrack failed, resorting to original...\n", "{'dict': 1}\n", "[W] {braces}\n",
            "100%|##########| 1/1 [00:01<00:00]\n", '{"level":"warn"}\n', "\x1b[33mwarning:\x1b[0m x\n", "[[1,2]]\n",
            "loss: NaN\n", '"quoted"\n']
PAGE = "<!DOCTYPE html><html><body>Sign in</body></html>"


class Object(list):
    """The members of an object, pairs; a name may come twice."""


class Raw(str):
    """Text that is written as it stands, whatever it is."""


def tree(value):
    """A value of Python with objects as lists of pairs."""
    if isinstance(value, dict):
        return Object([name, tree(inner)] for name, inner in value.items())
    return [tree(inner) for inner in value] if isinstance(value, list) else value


def text(value):
    """The tree as JSON, or nearly."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, Object):
        return "{" + ",".join(f"{json.dumps(name)}:{text(inner)}" for name, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(text(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def places(value):
    """All containers of the tree that hold something, with the places in them."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield value, index
            yield from places(inner[1] if isinstance(value, Object) else inner)


def change_tree(chance, root):
    """Changes one place of the tree, and says how."""
    found = list(places(root))
    if not found:
        return "nothing"
    holder, index = chance.choice(found)
    way = chance.choice(["remove", "rename", "double", "value", "value", "half", "swap", "wrap"])
    is_member = isinstance(holder, Object)
    if way == "remove":
        del holder[index]
    elif way == "rename" and is_member:
        holder[index] = [chance.choice(NAMES), holder[index][1]]
    elif way == "double":
        holder.insert(chance.randrange(len(holder) + 1), list(holder[index]) if is_member else holder[index])
    elif way == "swap":
        other = chance.randrange(len(holder))
        holder[index], holder[other] = holder[other], holder[index]
    else:
        old = holder[index][1] if is_member else holder[index]
        if way == "half":
            new = Raw('"' + str(old if isinstance(old, str) else "") + chance.choice(["\\ud83d", "\\udc01", "\\u0007"]) + '"')
        elif way == "wrap":
            new = [old]
        else:
            new = Raw(chance.choice(NUMBERS if isinstance(old, (int, float)) else VALUES))
        if is_member:
            holder[index] = [holder[index][0], new]
        else:
            holder[index] = new
    return way


def change_bytes(chance, data):
    """Other bytes, and how they came about."""
    way = chance.choice(["flip", "insert", "delete", "cut", "behead", "again", "warning", "mark", "page", "after"])
    at = chance.randrange(len(data) + 1)
    if way == "flip" and data:
        at = min(at, len(data) - 1)
        data = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1:]
    elif way == "insert":
        data = data[:at] + chance.choice([b'"', b"\\", b"{", b"}", b"]", b",", b"\xff", b"\xc3", b"\0", b":", b"\\u"]) + data[at:]
    elif way == "delete":
        data = data[:at] + data[at + chance.choice([1, 1, 2, 8, 40]):]
    elif way == "cut":
        data = data[:at]
    elif way == "behead":
        data = data[at:]
    elif way == "again":
        data = data + chance.choice([b"", b"\n", b","]) + data
    elif way == "warning" and b'{"' in data:
        # Without a document behind it a warning is like plain text, which nothing can tell.
        data = chance.choice(WARNINGS).encode() + data
    elif way == "mark":
        data = b"\xef\xbb\xbf" + data
    elif way == "page":
        data = chance.choice([PAGE.encode(), PAGE.encode() + data, b"", b"null", b"[]", b'"' + data[:20].replace(b'"', b"") + b'"'])
    else:
        data = data + chance.choice([b"\n", b"\0", b"}", b"Done.\n", PAGE.encode()])
    return data, way


def plain(value):
    """As the files of a transcript have it: one line, and nothing that a terminal obeys."""
    value = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in value)
    return value.replace("\ufffd", "")


def spelled(literal):
    """The text of a string of JSON, with half surrogates and control characters mended."""
    literal = "".join(letter if letter >= " " else " " for letter in literal)
    try:
        value = json.loads(literal)
    except ValueError:
        return ""
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in value)


def number(token):
    """A number as rc-insights spells it, which takes one for text: digits alone are words."""
    try:
        return f"{token} {float(token):.0f} {float(token)}"
    except ValueError:
        return token


class Allowed:
    """The words that an answer holds in its members of text."""

    def __init__(self, data, names, is_plain):
        source = data.decode("utf-8", "replace")
        texts = [source] if is_plain else self.texts(source, names)
        self.words = {word for value in texts for word in plain(value).split()}
        # Marks between tokens are left out, so that the tokens around one may be one word.
        self.joined = "".join("".join(plain(value).split()) for value in texts if not value.startswith("[_"))

    @staticmethod
    def texts(source, names):
        # A warning may come before the document; it is held against both readings.
        found = []
        for begin in {0, max(0, source.find('{"'))}:
            tokens = TOKEN.findall(source[begin:])
            name = None
            for token, after in zip(tokens, tokens[1:] + [""]):
                if token.startswith('"') and after == ":":
                    name = spelled(token)
                elif token != ":":
                    if name in names:
                        found.append(spelled(token) if token.startswith('"') else number(token))
                    name = None
        return found

    def strange(self, value):
        """A word that the answer does not hold; None when there is none."""
        for word in plain(value).split():
            if word not in self.words and word not in self.joined:
                return word
        return None
