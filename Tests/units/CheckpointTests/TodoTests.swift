// TodoTests: what goes on, what is dropped, and as what a record goes on.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct TodoTests {
    let desk = Desk()

    @Test("a new record goes on byte for byte, and is noted as pending")
    func new() throws {
        let text =
            #" { "start" :"2024-01-15T15:03:11+01:00","id":"rc:1","x":1e400 , "duration":1.5}"#
        #expect(try desk.todo(.upload, text) == [text])
        #expect(try desk.record("rc:1") == text)
        #expect(try desk.outcome("rc:1", .upload) == "pending|0||")
        let columns = "SELECT source, start_time, duration FROM calls"
        #expect(try desk.sqlite3(columns) == "rc|2024-01-15T14:03:11.000Z|1.5")
    }

    @Test(
        "a record whose stage is done is dropped, whatever the line says",
        arguments: [
            Status.completed, .skipped,
        ])
    func done(_ status: Status) throws {
        try desk.mark(.upload, status: status, line())
        #expect(try desk.todo(.upload, line(), line(1, audio)) == [])
        #expect(try desk.todo(.transcribe, line()) == [line()])
    }

    @Test("the stored record goes on, byte for byte, where it knows more than the line")
    func resumes() throws {
        let stored = line(1, #""audio": {"path" :"audio/1.mp3"},"n":9007199254740993"#)
        try desk.mark(.fetch, stored)
        #expect(try desk.todo(.upload, line()) == [stored])
    }

    @Test("what the list says anew wins over what is stored, and the results stay")
    func newerFacts() throws {
        try desk.mark(.fetch, line(1, audio))
        let newer = line().replacingOccurrences(of: "Accepted", with: "Voicemail")
        let both = newer.dropLast() + ",\(audio)}"
        #expect(try desk.todo(.upload, newer) == [String(both)])
        #expect(try desk.record("rc:1") == both)
    }

    @Test("a line that has all there is goes on byte for byte, and is stored")
    func lineKnowsMore() throws {
        try desk.todo(.upload, line())
        let more = line(1, "\(audio) ,  \(transcript)")
        #expect(try desk.todo(.upload, more) == [more])
        #expect(try desk.record("rc:1") == more)
    }

    @Test("ids that were reserved stay, whatever ids the line brings")
    func reservedIDs() throws {
        let reserved = #""uploads":{"drive":{"audio":{"id":"A"}}}"#
        let others = #""uploads":{"drive":{"audio":{"id":"B"}},"s3":{"key":"k"}}"#
        let both = #""uploads":{"drive":{"audio":{"id":"A"}},"s3":{"key":"k"}}"#
        try desk.mark(.reserve, line(1, reserved))
        #expect(try desk.todo(.upload, line(1, others)) == [line(1, both)])
        #expect(try desk.record("rc:1") == line(1, both))
    }

    @Test("what failed for good here or before is dropped, unless it is asked for")
    func failed() throws {
        try desk.mark(.fetch, line(1, error("fetch", "item", "gone")))
        try desk.mark(.upload, line(2, error("upload", "item", "integrity")))
        #expect(try desk.todo(.transcribe, line(1), line(2)) == [line(2)])
        #expect(try desk.todo(.fetch, line(1)) == [])
        #expect(try desk.todo(.upload, line(1), line(2)) == [])
        #expect(try desk.todo(.upload, failedToo: true, line(1), line(2)) == [line(1), line(2)])
    }

    @Test("what failed for now goes on again once it is due")
    func temporary() throws {
        try desk.mark(.fetch, line(1, error("fetch", "temporary", "network")))
        #expect(try desk.todo(.upload, line()) == [line()])
        let now = Timestamp.now.text
        try desk.mark(.fetch, line(1, error("fetch", "temporary", "network", at: now)))
        #expect(try desk.todo(.upload, line()) == [])
        #expect(try desk.todo(.fetch, line()) == [])
        #expect(try desk.todo(.upload, earlyToo: true, line()) == [line()])
    }

    @Test("the same id twice in one run goes on once, also when it is spelled with escapes")
    func repeated() throws {
        let escaped = line().replacingOccurrences(of: "rc:1", with: #"rc\u003a1"#)
        #expect(try desk.todo(.upload, line(), line(), escaped) == [line()])
        #expect(try desk.todo(.upload, line(), line(2), line()) == [line(), line(2)])
    }

    @Test("a line with an error goes on as it is, and is stored without")
    func carriesError() throws {
        let broken = line(1, error("fetch", "item", "gone"))
        #expect(try desk.todo(.upload, broken) == [broken])
        #expect(try desk.record("rc:1") == line())
    }

    @Test("it counts what it does")
    func counts() throws {
        try desk.mark(.upload, line(1))
        try desk.mark(.upload, line(2, error("upload", "item", "gone")))
        let checkpoint = try desk.open()
        let todo = try Todo(.upload, in: checkpoint)
        try checkpoint.transaction {
            for text in [line(1), line(2), line(3), line(3), line(4)] {
                try withLine(text) { _ = try todo.decide($0) }
            }
        }
        #expect(todo.summary == "2 new, 1 done, 1 failed before, 1 repeated")
    }

    @Test("a set of numbers holds what was put in, far apart or near")
    func numbers() {
        var set = NumberSet()
        let numbers: [Int64] = [0, 1, 63, 64, 8191, 8192, 1 << 40, .max, -1]
        for number in numbers { set.insert(number) }
        #expect(numbers.allSatisfy(set.contains))
        #expect([2, 62, 65, 8190, 8193, -2].allSatisfy { !set.contains($0) })
    }

    @Test("a stored record that somebody broke stops the line and says which")
    func brokenByHand() throws {
        try desk.todo(.upload, line())
        _ = try desk.sqlite3("UPDATE calls SET record = '{oops'")
        #expect {
            try desk.todo(.upload, line())
        } throws: { error in
            "\(error)".contains("read call rc:1 in checkpoint")
        }
    }
}
