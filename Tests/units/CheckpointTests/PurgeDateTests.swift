// PurgeDateTests: the day of the purge, however the line spells it.
import CheckpointSchedule
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint

@Suite struct PurgeDateTests {
    let desk = Desk()

    private func expires(_ table: String = "calls") throws -> String {
        try desk.sqlite3("SELECT ifnull(expires, 'none') FROM \(table)")
    }

    @Test(
        "Spaces, escapes, order and nesting do not hide the day",
        arguments: [
            #""recording":{"id":"1","expires":"2024-04-14"}"#,
            #""recording": {"id": "1", "expires": "2024-04-14"}"#,
            "\"recording\" :\t{ \"expires\"\t:\t\"2024-04-14\" , \"id\" : \"1\" }",
            #""recording":{"expires":"2024-04-14","id":"1","uri":"https://x/?a=1"}"#,
            #""recording":{"id":"1","exp\u0069res":"2024\u002d04-14"}"#,
            #""recording":{"id":"1","expires":"2024-04-14T00:00:00Z"}"#,
            #""recording":{"id":"1","expires":"2024-04-14T02:00:00+02:00"}"#,
            #""recording":{"media":{"expires":"2020-01-01"},"id":"1","expires":"2024-04-14"}"#,
            #""recording":{"id":"1","note":"\"expires\":\"2020-01-01\"","expires":"2024-04-14"}"#,
            #""recording":{"id":"1","expires":"2020-01-01","expires":"2024-04-14"}"#,
            #""audio":null,"recording":{"id":"1","expires":"2024-04-14"}"#,
        ])
    func spellings(_ member: String) throws {
        try desk.todo(.fetch, line(1, member))
        #expect(try expires() == "2024-04-14T00:00:00.000Z")
        #expect(try expires("outcomes") == "2024-04-14T00:00:00.000Z")
    }

    @Test(
        "A member of that name elsewhere is another thing, and what is no day is none",
        arguments: [
            #""recording":{"id":"1","media":{"expires":"2024-04-14"}}"#,
            #""recording":{"id":"1","note":"\"expires\":\"2024-04-14\""}"#,
            #""recording":{"id":"1"},"expires":"2024-04-14""#,
            #""recording":{"id":"1","expires":null}"#,
            #""recording":{"id":"1","expires":"soon"}"#,
            #""recording":{"id":"1","expires":20240414}"#,
            #""recording":[{"expires":"2024-04-14"}]"#,
        ])
    func others(_ member: String) throws {
        try desk.todo(.fetch, line(1, member))
        #expect(try expires() == "none")
    }

    @Test("A day that comes with a later list reaches the queue that the call stands in")
    func later() throws {
        try desk.todo(.fetch, line(1), line(2, #""recording":{"expires": "2024-04-20"}"#))
        try desk.todo(.fetch, line(1, #""recording":{"expires": "2024-04-14"}"#))
        #expect(
            try expires("outcomes") == "2024-04-14T00:00:00.000Z\n2024-04-20T00:00:00.000Z")
        #expect(
            try desk.next(.fetch, choice: Next.Choice(order: .expiring)) == ["rc:1", "rc:2"])
        // The service cannot purge what is fetched.
        try desk.mark(.fetch, line(1, audio))
        #expect(try expires() == "none\n2024-04-20T00:00:00.000Z")
    }
}
