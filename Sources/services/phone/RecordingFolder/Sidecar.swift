// Sidecar: the JSON file that some recorders write beside a recording, under the same name.
internal import Files
internal import Glibc
internal import Records
internal import System

/// Which members of the file beside a recording stand for which fields.
public struct SidecarMap: Sendable {
    /// A field, and the path of the member that has it.
    struct Entry: Sendable, Equatable {
        let field: SidecarField
        /// Names of members and indices of elements, as in `calls.0.phone_number`.
        let path: [String]

        init(_ field: SidecarField, _ path: String) {
            self.field = field
            self.path = path.split(separator: ".").map(String.init)
        }
    }

    /// A fact that a file beside a recording can tell.
    enum SidecarField: String, CaseIterable, Sendable {
        case from, to, phone, name, start, direction, `extension`, id, uniqueid, duration
    }

    let entries: [Entry]

    /// Reads a map.
    ///
    /// - Parameters:
    ///   - members: Entries such as `start=timestamp` or `phone=calls.0.phone_number`. Of a field that
    ///     several entries name, the first member that is there counts.
    ///   - forms: The patterns of the names; a known recorder's own map comes after the entries.
    /// - Throws: ``PatternError`` for an entry of another form.
    public init(_ members: [String], for forms: NameForms?) throws(PatternError) {
        var entries: [Entry] = []
        for member in members {
            let parts = member.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let field = SidecarField(rawValue: String(parts[0])) else {
                let known = SidecarField.allCases.map(\.rawValue).joined(separator: ", ")
                throw PatternError(
                    message: "needs FIELD=MEMBER, where FIELD is one of \(known), not \"\(member)\""
                )
            }
            entries.append(Entry(field, String(parts[1])))
        }
        entries += forms?.members ?? []
        if entries.isEmpty { entries = Recorder.all.flatMap(\.members) }
        self.entries = entries
    }

    /// The facts in the text of a file; `nil` when it is no JSON object.
    func facts(of text: [UInt8]) -> CallFacts? {
        guard JSON.members(of: text) != nil else { return nil }
        var facts = CallFacts()
        for entry in entries {
            guard let value = SidecarMap.value(at: entry.path[...], in: .raw(text)) else {
                continue
            }
            facts.complete(from: SidecarMap.fact(entry.field, value))
        }
        return facts
    }

    /// The value at the end of a path, as text; `nil` for none, for `null` and for an empty string.
    private static func value(at path: ArraySlice<String>, in value: JSON) -> String? {
        guard let name = path.first else {
            if let text = value.decoded(as: String.self) { return text.isEmpty ? nil : text }
            let text = value.text
            return text.first?.isNumber == true || text.first == "-" ? text : nil
        }
        let inner: JSON?
        if let members = JSON.members(of: value.bytes) {
            inner = members.last { $0.name == name }?.value
        } else if let index = Int(name), let elements = JSON.elements(of: value.bytes) {
            inner = elements.indices.contains(index) ? elements[index] : nil
        } else {
            inner = nil
        }
        return inner.flatMap { SidecarMap.value(at: path.dropFirst(), in: $0) }
    }

    /// A single fact; a text that cannot be read is unread.
    private static func fact(_ field: SidecarField, _ text: String) -> CallFacts {
        var facts = CallFacts()
        let bytes = Array(text.utf8)
        switch field {
        case .from: facts.from = PhoneText.number(bytes[...])
        case .to: facts.to = PhoneText.number(bytes[...])
        case .phone: facts.phone = PhoneText.number(bytes[...])
        case .extension: facts.extension = text
        case .name: facts.name = text
        case .direction:
            facts.direction = CallDirection.of(bytes)
            if !CallDirection.isKnown(bytes[...]) { facts.unread.insert(.direction) }
        case .id: facts.id = text
        case .uniqueid: facts.uniqueID = text
        case .duration:
            facts.duration = Double(text).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        case .start:
            facts.time = time(bytes)
            if facts.time == nil { facts.unread.insert(.start) }
        }
        return facts
    }

    private static func time(_ text: [UInt8]) -> NameTime? {
        // Here a point stands before a fraction, and not before a counter.
        if let number = Double(String(decoding: text, as: UTF8.self)) {
            for seconds in [number, number / 1000] {
                let moment = Timestamp(seconds: seconds)
                if NameTime.years.contains(moment.day.year) { return .moment(moment, offset: nil) }
            }
        }
        return NameTime.readings(in: text, at: 0).first { $0.end == text.count }?.time
    }
}

/// Finds and reads the files beside recordings.
struct Sidecars {
    let map: SidecarMap
    /// True when a symbolic link stands for the file that it names.
    let followsLinks: Bool
    /// Recordings that had none.
    private(set) var missing = 0

    init(_ map: SidecarMap, followsLinks: Bool) {
        self.map = map
        self.followsLinks = followsLinks
    }

    /// No recorder writes more than a few kilobytes.
    private static let limit = 1 << 20

    /// The facts in the file beside a recording; `nil` when there is none.
    ///
    /// - Throws: `Failure` of scope `item` for one that cannot be read.
    mutating func facts(of file: Folder.File, _ name: FileName) throws(Failure) -> CallFacts? {
        let shown = file.name.dropLast(name.endingLength) + ".json"
        for path in [String(file.path.dropLast(name.endingLength)) + ".json", file.path + ".json"] {
            let text: [UInt8]
            do {
                // A pipe has no end, and a link is left out as those of recordings are.
                let status = try FileStatus(of: path, followingLinks: followsLinks)
                guard status.kind == .file else { continue }
                text = try Descriptor.contents(of: path, atMost: Sidecars.limit)
            } catch {
                if error.code == ENOENT { continue }
                throw Failure(.item, .storage, "read \(shown): \(error.reason)")
            }
            guard let facts = map.facts(of: text) else {
                throw Failure(
                    .item, .input, "read \(shown): it is no JSON object",
                    remedy: "mend it; the recording is listed without it")
            }
            return facts
        }
        missing += 1
        return nil
    }
}
