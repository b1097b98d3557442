// FolderTests: dir-list as its users run it, on folders as phone systems leave them.
import Foundation
import Testing

@Suite struct FolderTests {
    private let place: Workplace

    init() throws {
        place = try Workplace()
        _ = try place.run("mkdir m")
    }

    /// Writes finished files of a kilobyte or so, each with its own content.
    private func write(_ names: String...) throws {
        for name in names {
            let file = URL(filePath: "\(place.path)/m/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data((name + String(repeating: ".", count: 5000)).utf8).write(to: file)
        }
        _ = try place.run("find m -exec touch -h -d 2024-03-01T00:00:00Z {} +")
    }

    @Test func aRecordHoldsTheNameThatThePhoneSystemGave() throws {
        try write("2024/01/Support call Smith.wav")
        let listed = try place.run("dir-list m")
        #expect(listed.status == 0)
        let recording = listed.records.first?["recording"] as? [String: Any]
        #expect(recording?["name"] as? String == "Support call Smith.wav")
        #expect(recording?["path"] as? String == "2024/01/Support call Smith.wav")
    }
}
