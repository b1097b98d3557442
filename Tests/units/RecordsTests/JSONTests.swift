// JSONTests: what is written reads back as what was meant, on one line.
import Records
import Testing

struct JSONTests {
    @Test("A string with any scalar reads back as itself and has no control character")
    func strings() throws {
        for value in UInt32(0)..<0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a" + String(Character(scalar)) + "\\\"/😀"
            let bytes = JSON.string(text).bytes
            #expect(PlainJSON.read(bytes) == .string(text))
            #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7F })
        }
        #expect(JSON.string("\"\\\n\r\t\u{1}\u{7F}é").text == #""\"\\\n\r\t\u0001\u007fé""#)
    }

    @Test(
        "Numbers are short and read back as themselves",
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-1.5, "-1.5"), (0.1, "0.1"), (187.2, "187.2"),
            (1e14, "100000000000000"), (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
        ])
    func numbers(_ number: Double, _ text: String) {
        #expect(JSON.double(number).text == text)
    }

    @Test("Any number is JSON and reads back as itself")
    func anyNumber() throws {
        var chance = Chance(seed: 7)
        for _ in 0..<5000 {
            let number = Double(bitPattern: chance.next())
            guard number.isFinite else { continue }
            let text = JSON.double(number).text
            #expect(PlainJSON.read(text.utf8) == .number(text))
            #expect(Double(text) == number)
        }
        #expect(JSON.int(.min).text == "-9223372036854775808")
    }

    @Test("Members keep their order, and those without a value are left out")
    func members() {
        let json = JSON.members([
            "z": .int(1), "a": nil, "k\"": .array([.null, .bool(true), .bool(false)]),
            "b": .members([:]), "z": .text("x"), "n": .whole(nil), "f": .number(2.5),
        ])
        #expect(json.text == #"{"z":1,"k\"":[null,true,false],"b":{},"z":"x","f":2.5}"#)
    }

    @Test("Typed members read back as they were written")
    func views() throws {
        var record = try Record(#"{"id":"a:1","start":"2024-01-15T14:03:11Z"}"#.utf8)
        let audio = AudioFile(
            path: "audio/a.mp3", bytes: 3, sha256: "00", type: "audio/mpeg", seconds: 1.25)
        let transcript = Transcript(
            path: "t.json", text: "one\ntwo", language: nil, engine: "whisper.cpp", model: "base",
            confidence: 0.5,
            segments: [.init(start: 0, end: 1.5, channel: 0, speaker: "agent", text: "one")],
            key: nil)
        let recording = Recording(id: "4", uri: "https://x/content", expires: "2024-04-14")
        record.set("audio", to: audio)
        record.set("transcript", to: transcript)
        record.set("recording", to: recording)
        let again = try Record(record.bytes)
        #expect(try again.audio() == audio)
        #expect(try again.transcript() == transcript)
        #expect(try again.recording() == recording)
        #expect(!again.bytes.contains(0x0A))
    }
}
