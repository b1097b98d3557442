// IdentityTests: which files are the same recording.
import Testing

@testable import RecordingFolder

@Suite struct IdentityTests {
    private func id(
        _ path: String, content: Character = "a", bytes: Int = 100_000, _ identity: Identity? = nil,
        id: String? = nil, byContent: Bool = false
    ) -> String {
        Identifier(identity: identity).id(
            of: FileName(path), bytes: bytes, sha256: String(repeating: content, count: 64),
            id: id, byContent: byContent
        ).native
    }

    @Test func anOrdinaryNameMayChange() {
        #expect(id("x.wav") == String(repeating: "a", count: 32))
        #expect(id("x.wav") == id("2024/Smith.wav"))
        #expect(id("x.wav") != id("x.wav", content: "b"))
    }

    @Test(
        arguments: [
            "out-5550100-404-20240115-215349-1705355629.24936", "1705355629.24936",
            "20240115-143311_5550100-all", "20220522_122802.881926-0400_in_+12345678900",
            "auto-1414771234-1000-1004", "22102-1757705318_856187500.0-call_4",
            "[]_100-0836826436_20190211124709(2)", "2024-01-15 14.33.11 Smith 5550100",
        ])
    func aNameThatIsGivenOnceSurvivesMovesAndCompression(_ stem: String) {
        #expect(id(stem + ".wav") == id("MP3/\(stem).mp3", content: "b"))
        #expect(id(stem + ".wav") == id(stem + ".wav.gsm", content: "b"))
        #expect(id(stem + ".wav") != id("x\(stem).wav"))
        #expect(id(stem + ".wav", byContent: true) != id(stem + ".wav"))
        // Whoever asks for the content gets it.
        #expect(id(stem + ".wav", .content) != id(stem + ".mp3", content: "b", .content))
    }

    @Test func aCopyIsNoOtherRecording() {
        let stem = "out-5550100-404-20240115-215349-1705355629.24936"
        #expect(id("\(stem).wav") == id("copies/\(stem) (1).wav", content: "b"))
        #expect(id("\(stem).wav") != id("\(stem)(1).wav"))
        #expect(id("\(stem).wav", .name) != id("\(stem) (1).wav", .name))
        // A telephone numbers its recordings in this way.
        #expect(id("Call Jo (1).wav", bytes: 44) != id("Call Jo (2).wav", bytes: 44))
    }

    @Test(arguments: [
        "20110203104522", "2024-01-15 Smith", "101-5550100", "2125550100.2", "1705", "1705325591",
    ])
    func aNameThatMayBeGivenTwiceIsNoIdentity(_ stem: String) {
        #expect(id(stem + ".wav") != id(stem + ".wav", content: "b"))
    }

    @Test func silenceAtTwoTimesIsTwoCalls() {
        // Ten seconds of digital silence, and the header alone.
        #expect(id("20240115143311.wav") != id("20240115143312.wav"))
        #expect(id("call-1.wav", bytes: 44) != id("call-2.wav", bytes: 44))
        #expect(id("call-1.wav", bytes: 44) == id("old/call-1.wav", bytes: 44))
    }

    @Test func patternAndNameAreTakenAtTheirWord() {
        #expect(id("a/x.wav", .pattern, id: "4711") == "4711")
        #expect(id("a/x.wav", .name) == id("b/x.mp3", content: "b", .name))
        #expect(id("a/x.wav", .name) != id("a/y.wav", .name))
        // Only who asks for it gets an id that several recordings may have.
        #expect(id("a/x.wav", id: "4711") == String(repeating: "a", count: 32))
    }

    @Test func twoFilesThatClaimAnIDAreTold() {
        var seen = SeenIDs()
        func claim(_ path: String, _ content: UInt8) -> SeenIDs.Claim {
            seen.claim("1", sha256: Array(repeating: content, count: 32), name: FileName(path))
        }
        #expect(claim("a/x.wav", 1) == .first)
        #expect(claim("b/y.wav", 1) == .copy)
        #expect(claim("b/x.mp3", 2) == .otherForm)
        #expect(claim("b/x.wav", 2) == .collision)
        #expect(claim("b/z.mp3", 2) == .collision)
    }
}
