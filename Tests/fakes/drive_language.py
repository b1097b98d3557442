"""What clients of Drive write: the masks of `fields` and the queries of `q`."""

import re


def parse_mask(text):
    """A `fields` text as a tree: {"files": {"id": {}}}; an empty branch means all of it."""
    tokens = re.findall(r"[A-Za-z0-9_]+|[*(),/]|\S", text.replace(" ", ""))
    position = 0

    def peek():
        return tokens[position] if position < len(tokens) else None

    def take():
        nonlocal position
        position += 1
        return tokens[position - 1] if position <= len(tokens) else None

    def level(end):
        tree = {}
        while True:
            name = take()
            if name is None or not re.fullmatch(r"\w+|\*", name):
                raise ValueError(text)
            branch = {}
            if peek() == "(":
                take()
                branch = level(")")
                take()
            elif peek() == "/":
                take()
                branch = path()
            merge(tree, name, branch)
            if peek() == end:
                return tree
            if take() != ",":
                raise ValueError(text)

    def path():
        name = take()
        if name is None or not re.fullmatch(r"\w+|\*", name):
            raise ValueError(text)
        if peek() == "(":
            take()
            branch = level(")")
            take()
            return {name: branch}
        if peek() == "/":
            take()
            return {name: path()}
        return {name: {}}

    def merge(tree, name, branch):
        if name in tree and tree[name] and branch:
            for key, value in branch.items():
                merge(tree[name], key, value)
        else:
            tree[name] = {} if name in tree else branch

    return level(None)


def cut(value, tree, facts, node):
    """A value with only the members that a mask names; ValueError for unknown names."""
    while "ref" in node:
        node = facts.schemas[node["ref"]]
    if isinstance(value, list):
        return [cut(item, tree, facts, node.get("items", {})) for item in value]
    if not tree or not isinstance(value, dict):
        return value
    shown = {}
    for name, branch in tree.items():
        if name == "*":
            shown.update(value)
            continue
        fields = node.get("fields")
        if fields is not None and name not in fields and "values" not in node:
            raise ValueError(name)
        inner = (fields or {}).get(name) or node.get("values") or {}
        if branch:
            check_mask(branch, facts, inner)
        if name in value:
            shown[name] = cut(value[name], branch, facts, inner) if branch else value[name]
    return shown


def check_mask(tree, facts, node):
    """Refuse names below that do not exist, even when there is no value to cut."""
    while "ref" in node or "items" in node:
        node = facts.schemas[node["ref"]] if "ref" in node else node["items"]
    for name in tree:
        if name != "*" and "fields" in node and name not in node["fields"]:
            raise ValueError(name)


def parse_query(text):
    """The clauses of a `q`, as tests on a file; ValueError for what Drive would not read."""
    quoted = r"'((?:[^'\\]|\\['\\])*)'"
    forms = (
        (rf"{quoted} in parents", lambda m: lambda f: plain(m[1]) in f.get("parents", ())),
        (rf"name = {quoted}", lambda m: lambda f: f["name"].lower() == plain(m[1]).lower()),
        (rf"name != {quoted}", lambda m: lambda f: f["name"].lower() != plain(m[1]).lower()),
        (rf"name contains {quoted}",
         lambda m: lambda f: f["name"].lower().startswith(plain(m[1]).lower())),
        (rf"mimeType = {quoted}", lambda m: lambda f: f["mimeType"] == plain(m[1])),
        (rf"mimeType != {quoted}", lambda m: lambda f: f["mimeType"] != plain(m[1])),
        (r"trashed = (true|false)", lambda m: lambda f: f["trashed"] == (m[1] == "true")),
        (rf"(appProperties|properties) has \{{ key={quoted} and value={quoted} \}}",
         lambda m: lambda f: f.get(m[1], {}).get(plain(m[2])) == plain(m[3])))
    tests, rest = [], squeeze(text)
    while rest:
        for pattern, make in forms:
            found = re.match(pattern + r"(?: and (?=\S)|$)", rest)
            if found:
                tests.append(make(found))
                rest = rest[found.end():]
                break
        else:
            raise ValueError(text)
    return tests


def plain(text):
    """A quoted text without its escapes."""
    return re.sub(r"\\(.)", r"\1", text)


def squeeze(text):
    """One spelling of the space around operators, with what stands in quotes untouched."""
    pieces = re.split(r"('(?:[^'\\]|\\.)*')", text)
    for index in range(0, len(pieces), 2):
        piece = re.sub(r"\s+", " ", pieces[index])
        piece = re.sub(r" ?(!=|=) ?", r" \1 ", piece)
        piece = re.sub(r"\b(key|value) = ", r"\1=", piece)
        piece = re.sub(r" ?\{ ?", " { ", piece)
        pieces[index] = re.sub(r" ?\} ?", " } ", piece)
    return re.sub(r"\} (?=$)", "}", "".join(pieces)).strip()
