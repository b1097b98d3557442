// Record: one recording as one line; members that are not ours stay byte for byte.
internal import FoundationEssentials

/// One recording, as `callpipe-record(5)` describes it.
///
/// A record is the text of its line with the spans of its top-level members. Reading decodes one
/// member; writing replaces the text of one member or appends it. Nothing else changes: order,
/// spelling of numbers, escapes, white space and members that callpipe does not know stay.
///
/// Of members with the same name the last one counts, as in `jq`; writing replaces that one.
public struct Record: Sendable, Equatable {
    /// The line, without its end.
    public private(set) var bytes: [UInt8]
    private var members: [MemberSpan]

    /// Why a line is not a record.
    public struct Malformed: Error, Equatable, Sendable {
        /// The fault, such as "not a JSON object".
        public let reason: String

        static let noID = "no \"id\" that is a string with something in it"
    }

    /// Reads a line that has to be one JSON object with an `id` that is a string.
    public init(_ line: some Collection<UInt8>) throws(Malformed) {
        // An array first: called from another module, a search through any collection is not
        // specialised, and a hundred times slower.
        let line = Array(line)
        if line.contains(0x0A) { throw Malformed(reason: "more than one line") }
        let object = try JSONObject(line)
        bytes = object.bytes
        members = object.members
        guard !id.isEmpty else {
            throw Malformed(reason: Malformed.noID)
        }
    }

    /// Makes a record from its members; those without a value are left out.
    public init(_ members: KeyValuePairs<String, JSON?>) throws(Malformed) {
        self.init(bytes: Array("{}".utf8), members: [])
        bytes.reserveCapacity(1024)
        for (name, value) in members { if let value { add(name, value) } }
        guard !id.isEmpty else { throw Malformed(reason: Malformed.noID) }
    }

    /// Appends a member to a line that ends with its brace.
    private mutating func add(_ name: String, _ value: JSON) {
        bytes.removeLast()
        if !members.isEmpty { bytes.append(UInt8(ascii: ",")) }
        let nameStart = bytes.count + 1
        JSON.string(name).write(to: &bytes)
        let nameEnd = bytes.count - 1
        bytes.append(UInt8(ascii: ":"))
        let valueStart = bytes.count
        value.write(to: &bytes)
        members.append(
            MemberSpan(
                name: nameStart..<nameEnd, value: valueStart..<bytes.count,
                nameIsEscaped: bytes[nameStart..<nameEnd].contains(UInt8(ascii: "\\"))))
        bytes.append(UInt8(ascii: "}"))
    }

    init(bytes: [UInt8], members: [MemberSpan]) {
        self.bytes = bytes
        self.members = members
    }

    /// `<source>:<native recording id>`, unique for ever.
    public var id: String {
        string("id") ?? ""
    }

    /// True when a member of that name is there, and is not `null`.
    public func has(_ name: String) -> Bool {
        raw(name).map { !$0.elementsEqual("null".utf8) } ?? false
    }

    /// True when an earlier stage failed on this record; `"error":null` is no failure.
    public var hasError: Bool { has("error") }

    /// The text of a member's value as it stands on the line.
    public func raw(_ name: String) -> ArraySlice<UInt8>? {
        index(of: name).map { bytes[members[$0].value] }
    }

    /// A member that is a string.
    public func string(_ name: String) -> String? {
        guard let value = raw(name), value.first == UInt8(ascii: "\"") else { return nil }
        return JSONText.string(value.dropFirst().dropLast())
    }

    /// A member of a member that is a string, such as `expires` of `recording`.
    public func string(_ outer: String, _ name: String) -> String? {
        raw(at: [outer, name]).flatMap { JSON.raw($0).decoded(as: String.self) }
    }

    /// A member that is a number; `nil` for one that a `Double` cannot hold, such as 1e400.
    public func number(_ name: String) -> Double? {
        guard let value = raw(name), let number = Double(String(decoding: value, as: UTF8.self)),
            number.isFinite
        else { return nil }
        return number
    }

    /// A member decoded as the type asked for; `nil` when it is absent or `null`.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, when it has another form.
    public func decode<Value: Decodable>(
        _ name: String, as type: Value.Type
    ) throws(Failure) -> Value? {
        guard let value = raw(name), !value.elementsEqual("null".utf8) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(value))
        } catch {
            throw Failure.form(of: name)
        }
    }

    /// Replaces a member's value, or appends the member.
    public mutating func set(_ name: String, _ value: JSON) {
        var object = JSONObject(bytes: bytes, members: members)
        object.set(name, value.bytes[...])
        (bytes, members) = (object.bytes, object.members)
    }

    /// The names of the members in their order, unescaped.
    public var names: [String] {
        members.map { JSONText.string(bytes[$0.name]) }
    }

    /// The members of a member that is an object, such as `uploads`; `nil` when it is none.
    public func members(of outer: String) -> [(name: String, value: [UInt8])]? {
        guard let value = raw(outer), let object = try? JSONObject(value) else { return nil }
        return object.members.map { member in
            (JSONText.string(object.bytes[member.name]), Array(object.bytes[member.value]))
        }
    }

    /// The text of the value at the end of a path of members; `nil` where there is none.
    public func raw(at path: [String]) -> [UInt8]? {
        guard let first = path.first, var value = raw(first).map({ Array($0) }) else { return nil }
        for name in path.dropFirst() {
            guard let object = try? JSONObject(value),
                let index = JSONObject.index(of: name, in: object.members, object.bytes)
            else { return nil }
            value = Array(object.bytes[object.members[index].value])
        }
        return value
    }

    /// Takes every member of that name away.
    public mutating func remove(_ name: String) {
        var object = JSONObject(bytes: bytes, members: members)
        while let index = JSONObject.index(of: name, in: object.members, object.bytes) {
            object.remove(index)
        }
        (bytes, members) = (object.bytes, object.members)
    }

    /// Takes a member of a member away, and the outer one with the last of its members.
    public mutating func remove(_ outer: String, _ inner: String) {
        guard let value = raw(outer), var object = try? JSONObject(value) else { return }
        while let index = JSONObject.index(of: inner, in: object.members, object.bytes) {
            object.remove(index)
        }
        if object.members.isEmpty {
            remove(outer)
        } else {
            set(outer, .raw(object.bytes))
        }
    }

    /// Replaces or appends a member of a member that is an object, such as `uploads.drive`.
    ///
    /// An outer member that is absent or `null` becomes an object.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, when the outer member is no object.
    public mutating func set(_ outer: String, _ inner: String, _ value: JSON) throws(Failure) {
        var object = try Self.object(raw(outer).map { Array($0) }, of: outer)
        object.set(inner, value.bytes[...])
        set(outer, .raw(object.bytes))
    }

    /// Replaces or appends members of a member of a member, such as those of `uploads.drive`.
    ///
    /// - Throws: `Failure` of scope `item`, kind `input`, when one of the outer members is no
    ///   object.
    mutating func set(
        _ outer: String, _ inner: String, _ values: [JSON.Member]
    ) throws(Failure) {
        var object = try Self.object(raw(at: [outer, inner]), of: "\(outer).\(inner)")
        for value in values { object.set(value.name, value.value.bytes[...]) }
        try set(outer, inner, .raw(object.bytes))
    }

    /// The object that a member is; an empty one when it is absent or `null`.
    private static func object(
        _ text: [UInt8]?, of member: String
    ) throws(Failure) -> JSONObject {
        do {
            guard let text, !text.elementsEqual("null".utf8) else {
                return try JSONObject("{}".utf8)
            }
            return try JSONObject(text)
        } catch {
            throw Failure(.item, .input, "write member \"\(member)\": \(error.reason)")
        }
    }

    private func index(of name: String) -> Int? {
        JSONObject.index(of: name, in: members, bytes)
    }

    /// Two records are equal when their lines are.
    public static func == (a: Record, b: Record) -> Bool { a.bytes == b.bytes }
}

/// The text of an object with the spans of its members.
struct JSONObject {
    private(set) var bytes: [UInt8]
    private(set) var members: [MemberSpan]

    init(bytes: [UInt8], members: [MemberSpan]) {
        self.bytes = bytes
        self.members = members
    }

    init(_ text: some Collection<UInt8>) throws(Record.Malformed) {
        bytes = Array(text)
        let length = bytes.count
        bytes += repeatElement(UInt8(ascii: " "), count: MemberScanner.padding)
        defer { bytes.removeLast(MemberScanner.padding) }
        members = []
        do throws(ScanError) {
            members = try unsafe bytes.withUnsafeBufferPointer { buffer throws(ScanError) in
                let spans = try unsafe MemberScanner().scan(.init(rebasing: buffer[..<length]))
                return (0..<spans.count).map { spans[$0] }
            }
        } catch {
            throw Record.Malformed(reason: error.reason)
        }
    }

    /// The last member of that name.
    static func index(of name: String, in members: [MemberSpan], _ bytes: [UInt8]) -> Int? {
        let length = name.utf8.count
        return members.lastIndex { member in
            if member.nameIsEscaped {
                return JSONText.unescaped(Array(bytes[member.name])).elementsEqual(name.utf8)
            }
            return member.name.count == length && bytes[member.name].elementsEqual(name.utf8)
        }
    }

    mutating func set(_ name: String, _ value: ArraySlice<UInt8>) {
        if let index = JSONObject.index(of: name, in: members, bytes) {
            replace(index, value)
        } else {
            append(name, value)
        }
    }

    private mutating func replace(_ index: Int, _ value: ArraySlice<UInt8>) {
        let old = members[index].value
        let shift = value.count - old.count
        bytes.replaceSubrange(old, with: value)
        members[index] = MemberSpan(
            name: members[index].name, value: old.lowerBound..<(old.upperBound + shift),
            nameIsEscaped: members[index].nameIsEscaped)
        for later in members.indices where later > index {
            members[later] = members[later].moved(by: shift)
        }
    }

    /// Takes a member away with the comma before it, or after it when it is the first.
    mutating func remove(_ index: Int) {
        let start =
            index > 0 ? members[index - 1].value.upperBound : members[0].name.lowerBound - 1
        let end =
            index == 0 && members.count > 1
            ? members[1].name.lowerBound - 1 : members[index].value.upperBound
        bytes.removeSubrange(start..<end)
        members.remove(at: index)
        for later in index..<members.count {
            members[later] = members[later].moved(by: start - end)
        }
    }

    /// Appends before the closing brace, wherever white space has put it.
    private mutating func append(_ name: String, _ value: ArraySlice<UInt8>) {
        guard let brace = bytes.lastIndex(of: UInt8(ascii: "}")) else { return }
        let key = JSON.string(name).bytes
        let comma = members.isEmpty ? "" : ","
        bytes.replaceSubrange(brace..<brace, with: comma.utf8 + key + ":".utf8 + value)
        let nameStart = brace + comma.utf8.count + 1
        let nameEnd = nameStart + key.count - 2
        members.append(
            MemberSpan(
                name: nameStart..<nameEnd, value: (nameEnd + 2)..<(nameEnd + 2 + value.count),
                nameIsEscaped: key.contains(UInt8(ascii: "\\"))))
    }
}

extension MemberSpan {
    fileprivate func moved(by shift: Int) -> MemberSpan {
        MemberSpan(
            name: (name.lowerBound + shift)..<(name.upperBound + shift),
            value: (value.lowerBound + shift)..<(value.upperBound + shift),
            nameIsEscaped: nameIsEscaped)
    }
}
