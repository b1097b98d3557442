// FileStemTests: no id leaves its directory, and no two ids share a file.
import Records
import Testing

struct FileStemTests {
    private func stem(_ id: String) throws -> String {
        try Record(["id": .string(id)]).fileStem
    }

    @Test(
        "Usual ids are names as they stand",
        arguments: [
            ("rc:401234567008", "rc-401234567008"), ("dir:2024_a-b.c", "dir-2024_a-b.c"),
            ("rc:../x", "rc-..~2fx"), ("../../etc", "~2e.~2f..~2fetc"), ("a/b", "a~2fb"),
            ("rc-a:b", "rc~2da-b"), ("rc:a:b", "rc-a~3ab"), (".", "~2e"), ("-rf:1", "~2drf-1"),
            ("dir:Größe", "dir-Gr~c3~b6~c3~9fe"), ("a\0b", "a~00b"), ("~x", "~7ex"), (":a", "~3aa"),
        ])
    func spelling(_ id: String, _ stem: String) throws {
        #expect(try self.stem(id) == stem)
    }

    @Test("Any id makes one plain, short name of its own")
    func anyID() throws {
        var chance = Chance(seed: 6)
        let parts = [
            "..", "/", ".", "a", "A", "-", "_", ":", "~", "\\", "\0", "\n", " ", "%2f", "é",
            "e\u{301}",
            "😀", "\u{202E}", "2e", "2f", "rc:", "dir:", String(repeating: "x", count: 60),
            String(repeating: "/..", count: 3500),
        ]
        var ids: Set<[UInt8]> = []
        var stems: Set<String> = []
        for _ in 0..<5000 {
            let count = 1 + chance.number(below: 7)
            let id = (0..<count).map { _ in chance.one(of: parts) }.joined()
            guard ids.insert(Array(id.utf8)).inserted else { continue }
            let stem = try stem(id)
            #expect(stems.insert(stem).inserted, "\(id) has the name \(stem) of another")
            #expect(!stem.hasPrefix(".") && !stem.hasPrefix("-") && !stem.isEmpty)
            #expect(stem.utf8.count <= 160)
            #expect(
                stem.utf8.allSatisfy {
                    Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber
                        || "._-~".utf8.contains($0)
                })
        }
        #expect(stems.count == ids.count)
    }

    @Test("Long ids that differ at their end have different names")
    func longIDs() throws {
        let long = "rc:" + String(repeating: "1", count: 10_000)
        #expect(try stem(long + "a") != stem(long + "b"))
        #expect(try stem(long).utf8.count < 100)
    }

    @Test("The day's folder comes from a time or is called undated")
    func dayPath() throws {
        func path(_ start: JSON?) throws -> String {
            try Record(["id": .string("a:1"), "start": start]).dayPath
        }
        #expect(try path(.string("2024-01-15T23:30:00-01:00")) == "2024/01/16")
        for start in [nil, JSON.int(7), .string("../../x"), .string("2024-99-01T00:00:00Z")] {
            #expect(try path(start) == "undated")
        }
    }
}
