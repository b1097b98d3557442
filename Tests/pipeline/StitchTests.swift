// StitchTests: the legs of calls put together by call-stitch.
import Foundation
import Testing

@Suite struct StitchTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    /// A leg as a line; `texts` are said a second after each other, on the channels in turn.
    private func leg(
        _ id: Int, _ session: String?, _ start: String, seconds: Double, _ texts: [String]?
    ) throws -> String {
        var record: [String: Any] = [
            "id": "rc:\(id)", "source": "ringcentral", "start": start, "duration": seconds,
            "direction": "inbound", "from": ["phone": "+1650555010\(id)"],
            "audio": [
                "path": "audio/\(id).mp3", "bytes": 1, "sha256": "5f", "type": "audio/mpeg",
                "seconds": seconds, "channels": 2,
            ],
        ]
        if let session { record["call"] = ["telephony_session": session, "legs": 2] }
        if let texts {
            record["transcript"] = [
                "path": "transcripts/\(id).json", "text": texts.joined(separator: "\n"),
                "engine": "whisper.cpp", "key": "k\(id)",
                "segments": texts.enumerated().map { index, text in
                    [
                        "start": Double(index) + 1, "end": Double(index) + 1.5,
                        "channel": index % 2, "speaker": ["agent", "customer"][index % 2],
                        "text": text,
                    ] as [String: Any]
                },
            ]
        }
        let bytes = try JSONSerialization.data(withJSONObject: record, options: .sortedKeys)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func segments(_ record: [String: Any]?) -> [String] {
        let transcript = record?["transcript"] as? [String: Any]
        return (transcript?["segments"] as? [[String: Any]] ?? []).map {
            "\($0["start"] ?? "") \($0["channel"] ?? "") \($0["text"] ?? "")"
        }
    }

    @Test("legs are put on one timeline by their starts, whatever their zones and their order")
    func timeline() throws {
        let input = try [
            // Two seconds before the first one ends, written in another zone.
            leg(2, "s-1", "2024-01-15T16:00:08+02:00", seconds: 10, ["Desk.", "Hello again."]),
            leg(1, "s-1", "2024-01-15T14:00:00Z", seconds: 10, ["Good day.", "Hello."]),
            leg(3, "s-2", "2024-01-15T14:01:00Z", seconds: 5, ["Alone."]),
            leg(4, nil, "2024-01-15T14:02:00Z", seconds: 5, ["Without a session."]),
        ].joined(separator: "\n")
        let outcome = try place.run("call-stitch --write txt,srt", input: input)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let calls = outcome.records
        #expect(calls.compactMap { $0["id"] as? String } == ["rc:s-1", "rc:s-2", "rc:call-rc-4"])
        let call = calls.first
        #expect(call?["duration"] as? Double == 18 && call?["overlap"] as? Double == 2)
        #expect(call?["start"] as? String == "2024-01-15T14:00:00.000Z")
        #expect(
            segments(call) == ["1 0 Good day.", "2 1 Hello.", "9 2 Desk.", "10 3 Hello again."])
        let legs = call?["legs"] as? [[String: Any]]
        #expect(legs?.compactMap { $0["offset"] as? Double } == [0, 8])
        #expect(legs?.compactMap { $0["id"] as? String } == ["rc:1", "rc:2"])
        let files = try place.run("cd data/transcripts/2024/01/15 && cat rc-s-1.txt && ls rc-s-1.*")
        #expect(
            files.output == """
                Agent: Good day.
                Customer: Hello.
                Agent: Desk.
                Customer: Hello again.
                rc-s-1.json
                rc-s-1.srt
                rc-s-1.txt

                """)
        let again = try place.run("call-stitch --write txt,srt", input: input)
        #expect(again.output == outcome.output)
    }

    @Test("a leg without a transcript is told and listed, and a record without a start is an error")
    func lacking() throws {
        let input = try [
            leg(1, "s-1", "2024-01-15T14:00:00Z", seconds: 10, ["Good day."]),
            leg(2, "s-1", "2024-01-15T14:00:20Z", seconds: 10, nil),
            leg(3, "s-2", "2024-01-15T14:01:00Z", seconds: 5, nil),
            #"{"id":"rc:9","transcript":{}}"#,
        ].joined(separator: "\n")
        let outcome = try place.run("call-stitch", input: input)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("rc:2 of rc:s-1 has no transcript"))
        #expect(outcome.errors.contains("unable to stitch rc:9: it has no start"))
        #expect(outcome.records.count == 2)
        #expect(segments(outcome.records.first) == ["1 0 Good day."])
        #expect(outcome.records.last?["transcript"] == nil)
        let legs = outcome.records.first?["legs"] as? [[String: Any]]
        #expect(legs?.compactMap { $0["transcript"] as? Bool } == [true, false])
        let vcons = try place.run("call-stitch --vcon", input: input)
        #expect(vcons.status == 1 && vcons.records.count == 1)
        #expect(vcons.errors.contains("unable to write rc:s-2: no leg has a transcript"))
    }

    @Test("a call is written when its window is over, and a leg that comes later is told")
    func window() throws {
        let input = try [
            leg(1, "s-1", "2024-01-15T14:00:00Z", seconds: 10, ["One."]),
            leg(2, "s-2", "2024-01-15T14:10:00Z", seconds: 10, ["Two."]),
            leg(3, "s-1", "2024-01-15T14:00:30Z", seconds: 10, ["Late."]),
        ].joined(separator: "\n")
        let narrow = try place.run("call-stitch --window 5m", input: input)
        #expect(narrow.status == 1 && narrow.records.count == 2)
        #expect(
            narrow.errors.contains("unable to stitch rc:3: the other legs of its call were written")
        )
        let wide = try place.run("call-stitch", input: input)
        #expect(wide.status == 0 && wide.records.count == 2)
        #expect(segments(wide.records.first) == ["1 0 One.", "31 2 Late."])
    }

    @Test("a vCon refers to the recording of each leg, and its transcript is read again")
    func vCon() throws {
        let legs = try [
            leg(1, "s-1", "2024-01-15T14:00:00Z", seconds: 10, ["One."]),
            leg(2, "s-1", "2024-01-15T14:00:30Z", seconds: 10, ["Two."]),
        ].joined(separator: "\n")
        try Data(legs.utf8).write(to: URL(filePath: "\(place.path)/legs"))
        let outcome = try place.run(
            """
            mkdir -p data/audio; printf a >data/audio/1.mp3; printf b >data/audio/2.mp3
            for n in 1 2; do
                jq -c --arg n $n --arg sum "$(sha256sum data/audio/$n.mp3 | cut -d' ' -f1)" \
                    '.audio.sha256 = $sum | .recording = {id: $n, uri: "https://example.org/\\($n)"}' \
                    <<<"$(sed -n ${n}p legs)"
            done | call-stitch --vcon >vcon; transcript-convert --to txt <vcon; cat vcon
            """)
        #expect(outcome.output.hasPrefix("Agent: One.\nAgent: Two.\n"), "\(outcome.errors)")
        let dialogs = outcome.records.first?["dialog"] as? [[String: Any]]
        #expect(
            dialogs?.compactMap { $0["start"] as? String }
                == ["2024-01-15T14:00:00.000Z", "2024-01-15T14:00:30.000Z"])
        #expect(
            dialogs?.compactMap { $0["url"] as? String }
                == ["https://example.org/1", "https://example.org/2"])
    }
}
