// ModelHashTests: hashed once, and again whenever the file may be another.
import Foundation
import TestSupport
import Testing

@testable import Speech

struct ModelHashTests {
    private final class Place {
        private let directory = TemporaryDirectory()
        var model: String { directory["ggml-base.en.bin"] }
        var cache: String { directory["cache/callpipe"] }

        init() throws {
            try write("abc")
        }

        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(filePath: model))
        }

        var sha256: String? { ModelHash(model, cache: cache).sha256 }

        var notes: [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
        }

        /// Writes something else where the hash stands.
        func damage(_ change: (String) -> String) throws {
            let note = "\(cache)/\(notes.first ?? "")"
            let text = try String(contentsOfFile: note, encoding: .utf8)
            try Data(change(text).utf8).write(to: URL(filePath: note))
        }
    }

    private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test("a later run believes the note, and only this user can read it")
    func keeps() throws {
        let place = try Place()
        #expect(place.sha256 == Self.abc)
        let note = "\(place.cache)/\(place.notes.first ?? "")"
        #expect(place.notes.count == 1)
        let attributes = try FileManager.default.attributesOfItem(atPath: note)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let other = String(repeating: "0", count: 64)
        try place.damage { $0.replacingOccurrences(of: Self.abc, with: other) }
        #expect(place.sha256 == other, "the file was not read again")
        #expect(
            Model(file: place.model, ModelHash(place.model, cache: place.cache))
                == Model(name: "base.en", identity: "base.en sha256:\(other)"))
    }

    @Test("a note that is damaged, or of a file that has changed, counts for nothing")
    func doubts() throws {
        let place = try Place()
        _ = place.sha256
        for change in [
            { _ in "" }, { String($0.dropLast(9)) }, { _ in "[]" },
            { $0.replacingOccurrences(of: Self.abc, with: "ABC") },
            { $0.replacingOccurrences(of: Self.abc, with: Self.abc.uppercased()) },
        ] as [(String) -> String] {
            try place.damage(change)
            #expect(place.sha256 == Self.abc)
        }
        try place.write("abd")
        #expect(place.sha256 != Self.abc)
        try place.write("abc")
        #expect(place.sha256 == Self.abc)
        #expect(ModelHash(place.model, cache: nil).sha256 == Self.abc)
        #expect(ModelHash(place.model, cache: "/proc/nowhere").sha256 == Self.abc)
        #expect(ModelHash("/nowhere", cache: place.cache).sha256 == nil)
    }
}
