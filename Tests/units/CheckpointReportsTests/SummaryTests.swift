// SummaryTests: counts, rates and alerts; and opening a file only to read it.
import CheckpointSupport
import Foundation
import Records
import Testing

@testable import Checkpoint
@testable import CheckpointReports

@Suite struct SummaryTests {
    let desk = Desk()

    private func summary(_ change: (inout Summary.Scope) -> Void = { _ in }) throws -> Summary {
        let checkpoint = try Checkpoint(reading: desk.path)
        checkpoint.processGroup.boot = UUID().uuidString
        var scope = Summary.Scope()
        change(&scope)
        return try Summary(scope, of: checkpoint)
    }

    private func names(_ summary: Summary) -> [String] { summary.alerts.map(\.name) }

    /// A record that began some days ago and is purged in some days.
    private func call(_ number: Int, began: Int = 1, purged: Int = 80) -> String {
        let today = Timestamp.now.day
        return #"{"id":"rc:\#(number)","start":"\#(today.adding(days: -began).start.text)","#
            + #""recording":{"id":"1","expires":"\#(today.adding(days: purged).text)"}}"#
    }

    @Test("counts by stage and status are those of the table, whatever happened")
    func counts() throws {
        try desk.mark(.fetch, call(1), call(2), call(3))
        try desk.mark(.upload, call(1))
        try desk.mark(.upload, status: .queued, call(2))
        try desk.mark(.fetch, status: .pending, call(3))
        try desk.todo(.upload, call(4))
        let summary = try summary()
        #expect(summary.lines.map(\.stage) == [.fetch, .upload])
        #expect(summary.lines[0].counts[.completed] == 2)
        #expect(summary.lines[0].counts[.pending] == 1)
        #expect(summary.lines[1].counts[.queued] == 1)
        #expect(summary.lines[1].open == 2)
        #expect(summary.lines[1].recent == 1 && summary.lines[1].perHour > 0)
        let reader = try Checkpoint(reading: desk.path)
        reader.processGroup.boot = UUID().uuidString
        let groups = try Grouping("stage,status").groups(of: reader, since: nil)
        #expect(groups.first?.text == #"{"stage":"fetch","status":"completed","count":2}"#)
        let asked = try Grouping("status,stage").groups(
            of: reader, since: Timestamp(milliseconds: 0))
        #expect(Set(asked.map(\.text)).count == groups.count)
        let days = try Grouping("day,source").groups(of: reader, since: nil)
        let day = Timestamp.now.day.adding(days: -1).text
        #expect(days.map(\.text) == [#"{"day":"\#(day)","source":"rc","count":4}"#])
        #expect(throws: Grouping.Unknown.self) { try Grouping("stage,color") }
        #expect(throws: Grouping.Unknown.self) { try Grouping("day,day") }
    }

    @Test("in work is what living pipes hold, taken out of what waits")
    func inWork() throws {
        let worker = try desk.open()
        let todo = try Todo(.upload, in: worker)
        try worker.transaction {
            for number in 1...3 { try withLine(call(number)) { _ = try todo.decide($0) } }
        }
        let sibling = try Checkpoint(reading: desk.path)
        sibling.processGroup = worker.processGroup
        let living = try Summary(.init(), of: sibling).lines[0].counts
        #expect((living[.processing], living[.pending]) == (3, 0))
        let dead = try summary()
        #expect((dead.lines[0].counts[.processing] ?? 0, dead.lines[0].counts[.pending]) == (0, 3))
        #expect(dead.alerts.first { $0.name == "leases_lost" }?.count == 3)
    }

    @Test("what the service purges soon and nobody has fetched is told, fetched or far is not")
    func purge() throws {
        try desk.todo(.upload, call(1, purged: 3), call(2, purged: 20), call(3, purged: 3))
        try desk.mark(.fetch, #"\#(call(3, purged: 3).dropLast()),\#(audio)}"#)
        // It waits for two stages, and is one recording.
        try desk.mark(.fetch, status: .pending, call(1, purged: 3))
        let failed = #"\#(call(4, purged: 2).dropLast()),\#(error("fetch", "item", "audio"))}"#
        try desk.mark(.fetch, failed)
        #expect(try summary().purgeSoon == 2)
        #expect(try names(summary()).contains("purge_soon"))
        #expect(try summary { $0.purgeDays = 30 }.purgeSoon == 3)
        #expect(try summary { $0.purgeDays = 0 }.purgeSoon == 0)
    }

    @Test("on the day of the purge and after it what waits is told still, what failed is not")
    func purgeDay() throws {
        try desk.todo(.upload, call(1, purged: 0), call(2, purged: -1))
        let failed = #"\#(call(3, purged: -1).dropLast()),\#(error("fetch", "item", "gone"))}"#
        try desk.mark(.fetch, failed)
        #expect(try summary().purgeSoon == 2)
    }

    @Test("the alert of failures ends when they are retried, repaired or erased")
    func repaired() throws {
        let at = Timestamp.now.text
        func failed(_ number: Int, _ stage: Stage) -> String {
            #"\#(call(number).dropLast()),\#(error(stage.rawValue, "item", "gone", at: at))}"#
        }
        func alerted() throws -> Int? {
            try summary().alerts.first { $0.name == "failures" }?.count
        }
        for number in 1...5 { try desk.mark(.fetch, failed(number, .fetch)) }
        #expect(try alerted() == 5)
        try desk.mark(.fetch, #"\#(call(1).dropLast()),\#(audio)}"#)
        #expect(try alerted() == 4)
        try desk.mark(.fetch, status: .pending, call(2))
        #expect(try alerted() == 3)
        try desk.mark(.fetch, status: .skipped, call(3))
        #expect(try alerted() == 2)
        // The last temporary failure is one for good, too.
        for attempt in 1...4 {
            let time = Timestamp.now.adding(seconds: Double(attempt - 5)).text
            try desk.mark(
                .upload,
                #"\#(call(1).dropLast()),\#(error("upload", "temporary", "network", at: time))}"#)
        }
        #expect(try alerted() == 3)
        // Failures of another day are told as counts, not as an alert.
        _ = try desk.sqlite3("UPDATE outcomes SET finished_at = '2024-01-01T00:00:00.000Z'")
        #expect(try alerted() == nil)
        #expect(try summary().failures.map(\.count) == [2, 1])
    }

    @Test("a source whose last whole list is too old is told, each by itself")
    func overdueList() throws {
        func listed(_ source: String, hours: Double) throws {
            let end = Timestamp.now.adding(seconds: -3600 * hours).text
            _ = try desk.sqlite3(
                "INSERT OR REPLACE INTO listings VALUES ('\(source)', '\(end)', '\(end)')")
        }
        try desk.mark(.fetch, call(1))
        #expect(try names(summary()) == [])
        try listed("ringcentral", hours: 35)
        #expect(try names(summary()) == [])
        #expect(try names(summary { $0.listAge = 34 * 3600 }) == ["list_overdue"])
        try listed("ringcentral", hours: 80)
        try listed("convoso", hours: 400)
        let overdue = try summary().alerts
        #expect(overdue.map(\.name) == ["list_overdue", "list_overdue"])
        #expect(overdue.first?.message.hasPrefix("convoso was last listed whole up to ") == true)
        #expect(overdue.last?.message.contains("more than 36 h ago") == true)
        // A list that was made again ends it.
        try listed("convoso", hours: 0)
        #expect(try summary().alerts.map { $0.message.prefix(11) } == ["ringcentral"])
    }

    @Test("each alert comes for its reason, and none where all is well")
    func alerts() throws {
        try desk.mark(.fetch, call(1))
        #expect(try !summary().hasAlerts)
        let at = Timestamp.now.text
        let failed = #"\#(call(2).dropLast()),\#(error("fetch", "item", "gone", at: at))}"#
        try desk.mark(.fetch, failed)
        let first = try summary()
        #expect(names(first) == ["failures"])
        #expect(first.failures.map(\.kind) == ["gone"] && first.failures[0].count == 1)
        try desk.mark(.upload, status: .pending, call(3, began: 9))
        #expect(try names(summary()) == ["pending_old", "failures"])
        #expect(try names(summary { $0.age = 30 * 86_400 }) == ["failures"])
        // Nothing was done although something was there a day ago.
        _ = try desk.sqlite3("UPDATE calls SET seen_at = '2024-01-01T00:00:00.000Z'")
        let stalled = try summary()
        #expect(names(stalled) == ["pending_old", "failures", "stalled"])
        #expect(stalled.alerts.last?.stage == .upload)
        try desk.mark(.upload, call(1))
        #expect(try !names(summary()).contains("stalled"))
        #expect(stalled.alertObjects.count == 3 && stalled.alertSentences.count == 3)
    }

    @Test("a checkpoint of yesterday has no rate today, and an empty one nothing to tell")
    func old() throws {
        try desk.mark(.fetch, call(1))
        _ = try desk.sqlite3("UPDATE outcomes SET finished_at = '2024-01-01T00:00:00.000Z'")
        let old = try summary()
        #expect((old.lines[0].recent, old.lines[0].perHour) == (0, 0))
        #expect(old.lastRun?.finishedAt == nil || old.lastRun?.state == .ended)
        _ = try desk.sqlite3("DELETE FROM outcomes; DELETE FROM runs")
        let empty = try summary()
        #expect(empty.lines.isEmpty && empty.lastRun == nil && !empty.hasAlerts)
    }
}
