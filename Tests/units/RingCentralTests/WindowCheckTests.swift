// WindowCheckTests: windows of the call log that add up, and those that do not.
import Records
import Testing

@testable import RingCentral

private struct Page {
    var rows: [String]
    var paging: Paging?
    var hasNext = false
}

private func isWhole(_ pages: [Page]) -> Bool {
    var check = WindowCheck()
    for page in pages {
        check.add(page.paging, rows: page.rows.count, hasNext: page.hasNext)
        for row in page.rows { check.add(row: row.isEmpty ? nil : row) }
    }
    return check.isWhole
}

@Suite struct WindowCheckTests {
    @Test func aWindowThatAddsUpIsWhole() {
        #expect(isWhole([Page(rows: [])]))
        #expect(isWhole([Page(rows: [], paging: Paging(pageStart: 0, pageEnd: 0))]))
        #expect(isWhole([Page(rows: [], paging: Paging(totalPages: 0, totalElements: 0))]))
        #expect(isWhole([Page(rows: [], paging: Paging(totalPages: 1, totalElements: 0))]))
        #expect(isWhole([Page(rows: ["a", "b"])]))
        #expect(
            isWhole([
                Page(
                    rows: ["a", "b"],
                    paging: Paging(pageStart: 0, pageEnd: 1, totalPages: 2, totalElements: 3),
                    hasNext: true),
                Page(
                    rows: [""],
                    paging: Paging(pageStart: 2, pageEnd: 2, totalPages: 2, totalElements: 3)),
            ]))
        // Pages that shift while they are read show a row twice.
        #expect(
            isWhole([
                Page(rows: ["a", "b"], paging: Paging(totalElements: 3), hasNext: true),
                Page(rows: ["b", "c"], paging: Paging(totalElements: 3)),
            ]))
    }

    @Test func theNumberOfAllRowsCountsMoreThanTheLastRowOfAPage() {
        let full = Paging(pageStart: 0, pageEnd: 99, totalPages: 1, totalElements: 2)
        #expect(isWhole([Page(rows: ["a", "b"], paging: full)]))
        #expect(
            isWhole([
                Page(rows: [], paging: Paging(pageStart: 0, pageEnd: 99, totalElements: 0))
            ]))
        #expect(!isWhole([Page(rows: ["a"], paging: full)]))
    }

    @Test(
        "Numbers of a page may be strings, and must be numbers of rows",
        arguments: [
            (
                #"{"pageStart":"0","pageEnd":"9","totalPages":"2","totalElements":"20"}"#,
                Paging(pageStart: 0, pageEnd: 9, totalPages: 2, totalElements: 20)
            ),
            (
                #"{"pageStart":0,"pageEnd":"many","totalElements":20}"#,
                Paging(pageStart: 0, totalElements: 20)
            ),
            (
                #"{"pageStart":-9223372036854775808,"pageEnd":9223372036854775807}"#, Paging()
            ),
            (#"{"totalPages":null,"totalElements":[20]}"#, Paging()),
        ])
    func numbers(_ text: String, _ paging: Paging) throws {
        let page = try CallLogPage(Array(#"{"records":[],"paging":\#(text)}"#.utf8))
        #expect(page.paging == paging)
    }

    @Test func anEmptyPageThatWasNamedLacksItsRows() {
        #expect(!isWhole([Page(rows: ["a"], hasNext: true), Page(rows: [])]))
        #expect(!isWhole([Page(rows: [], hasNext: true), Page(rows: ["a"])]))
        #expect(!isWhole([Page(rows: [], paging: Paging(pageStart: 0, pageEnd: 4))]))
    }

    @Test func fewerRowsThanStatedAreNotAll() {
        #expect(!isWhole([Page(rows: ["a", "b"], paging: Paging(totalElements: 5))]))
        #expect(!isWhole([Page(rows: ["a", "b"], paging: Paging(totalPages: 3))]))
        #expect(!isWhole([Page(rows: ["a"], paging: Paging(pageStart: 0, pageEnd: 1))]))
        #expect(
            !isWhole([
                Page(rows: ["a", "b"], paging: Paging(totalElements: 3), hasNext: true),
                Page(rows: ["b", "b"], paging: Paging(totalElements: 3)),
            ]))
    }

    @Test func windowsThatMeetAreToldAsOne() {
        func window(_ from: Double, _ to: Double) -> CallRange.Window {
            CallRange.Window(dateFrom: Timestamp(seconds: from), dateTo: Timestamp(seconds: to))
        }
        #expect(
            CallRange.Window.joined([window(200, 300), window(0, 100), window(99, 150)])
                == [window(0, 150), window(200, 300)])
        #expect(CallRange.Window.joined([window(0, 300), window(10, 20)]) == [window(0, 300)])
    }

    @Test func partsThatShowNewCallsPayForThemselves() {
        var relisting = Relisting()
        for _ in 1...24 { relisting.count(newCalls: 0) }
        #expect(!relisting.hasPartsLeft)
        relisting.count(newCalls: 3)
        #expect(relisting.hasPartsLeft)
    }

    @Test func halvesOfAWindowOverlapByASecondAndEndAtAMinute() throws {
        let start = Timestamp(milliseconds: 1_705_276_800_000)
        let window = CallRange.Window(
            dateFrom: start.adding(seconds: -1), dateTo: start.adding(seconds: 86_400))
        let halves = try #require(window.halves)
        #expect(halves[0].dateFrom == window.dateFrom && halves[1].dateTo == window.dateTo)
        #expect(halves[1].dateFrom.adding(seconds: 1) == halves[0].dateTo)
        #expect(window.shown.start == start)
        let minute = CallRange.Window(dateFrom: start, dateTo: start.adding(seconds: 60))
        #expect(minute.halves == nil)
    }
}
