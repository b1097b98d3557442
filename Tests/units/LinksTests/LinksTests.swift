// LinksTests: tables as people make them, and the calls that they speak of.
import Foundation
import Links
import Records
import Tables
import TestSupport
import Testing
import Zones

@Suite struct LinksTests {
    private let place = TemporaryDirectory()

    private final class Faults {
        var told: [String] = []
        func tell(_ line: Int, _ reason: String) { told.append("\(line): \(reason)") }
    }

    private func rows(_ bytes: [UInt8]) throws -> (rows: [TableRow], faults: [String]) {
        let faults = Faults()
        var rows: [TableRow] = []
        try Table.each(of: place.write(bytes, "table"), fault: faults.tell) { rows.append($0) }
        return (rows, faults.told)
    }

    private func rows(_ text: String) throws -> (rows: [TableRow], faults: [String]) {
        try rows(Array(text.utf8))
    }

    private func link(
        _ record: String, customers: String? = nil, bookings: String? = nil, window: Double = 7200,
        zone: String = ""
    ) throws -> (link: String, names: [String], faults: [String]) {
        let faults = Faults()
        let people = try customers.map {
            try Customers(place.write(Array($0.utf8), "customers"), fault: faults.tell)
        }
        let made = try bookings.map {
            try Bookings(
                place.write(Array($0.utf8), "bookings"), zone: Zone(zone), fault: faults.tell)
        }
        let found = try CallLink(customers: people, bookings: made, window: window)
            .find(Record(Array(record.utf8)))
        return (found.link.text, found.names, faults.told)
    }

    private static let call =
        #"{"id":"x:1","start":"2026-03-14T10:00:00Z","duration":600,"direction":"inbound","#
        + #""from":{"phone":"+16505550100"},"to":{"phone":"+16505550199"}}"#

    // MARK: tables

    @Test(arguments: [",", ";", "\t", "|"])
    func theDelimiterIsFoundOut(delimiter: String) throws {
        let text =
            ["Name", "Phone No."].joined(separator: delimiter) + "\r\n"
            + ["\"Doe\(delimiter) Jo\"", "123"].joined(separator: delimiter) + "\r\n"
        let (rows, faults) = try rows(text)
        #expect(rows.map(\.line) == [2])
        #expect(rows[0].cells == ["name": ["Doe\(delimiter) Jo"], "phoneno": ["123"]])
        #expect(faults.isEmpty)
    }

    @Test func aMarkOfByteOrderIsNoPartOfTheFirstName() throws {
        let (rows, _) = try rows("\u{FEFF}id,name\n7,Jo\n\n8,\"A \"\"B\"\"\nC\"\n")
        #expect(
            rows.map(\.cells) == [
                ["id": ["7"], "name": ["Jo"]], ["id": ["8"], "name": ["A \"B\"\nC"]],
            ])
        #expect(rows.map(\.line) == [2, 4])
    }

    @Test func oldSpreadsheetsAreRead() throws {
        let (rows, _) = try rows(Array("name\nJos".utf8) + [0xE9, 0x20, 0x93, 0x0A])
        #expect(rows.first?.cells["name"] == ["José “"])
    }

    @Test func aMarkThatIsNotClosedSwallowsOneRow() throws {
        let (rows, faults) = try rows("id,name\n1,Jo\n2,\"Ann\n3,Bob\n4,Cy\n")
        #expect(rows.map { $0.cells["id"] ?? [] } == [["1"], ["3"], ["4"]])
        #expect(faults == ["3: its quotation mark is not closed"])
    }

    @Test func aCellOfAHundredMegabytesIsLeftOut() throws {
        var text = Array("id,name\n1,\"".utf8)
        text += [UInt8](repeating: 0x61, count: 3 << 20) + Array("\"\n2,Jo\n".utf8)
        let (rows, faults) = try rows(text)
        #expect(rows.map { $0.cells["id"] ?? [] } == [["2"]])
        #expect(faults == ["2: it is longer than 64 KiB"])
        let open = "id,name\n1,\"" + String(repeating: "line\n", count: 30_000) + "2,Jo\n"
        let second = try self.rows(open)
        #expect(second.rows.last?.cells["id"] == ["2"])
        #expect(second.faults.first == "2: its quotation mark is not closed")
    }

    @Test func rowsWithMoreCellsThanNamesAreTold() throws {
        let (rows, faults) = try rows("id,name\n1,Jo,x\n2\n")
        #expect(rows.map(\.cells) == [["id": ["2"]]])
        #expect(faults == ["2: it has 3 cells under 2 names"])
    }

    @Test func anObjectALineIsATableAsWell() throws {
        let (rows, faults) = try rows(
            "{\"ID\":7,\"phones\":[\"1\",\"2\"],\"x\":null}\nnonsense\n\n{\"id\":\"8\"}")
        #expect(rows.map(\.cells).first == ["id": ["7"], "phones": ["1", "2"], "x": []])
        #expect(rows.count == 2 && faults == ["2: it is no JSON object"])
    }

    // MARK: numbers

    @Test(arguments: [
        "+16505550100", "16505550100", "(650) 555-0100", "650.555.0100", "=\"06505550100\"",
        "6505550100 x123", "650-555-0100 ext. 5", "+1 650 555 0100;ext=7", "٦٥٠ ٥٥٥ ٠١٠٠",
    ])
    func aNumberHasOneKeyHoweverItIsWritten(_ text: String) throws {
        let key = try PhoneKey("6505550100")
        #expect(try PhoneKey(text) == key)
    }

    @Test func aNumberWithoutAKeySaysWhy() throws {
        for (text, fault) in [
            ("", PhoneKey.Fault.empty), (" ", .empty), ("anonymous", .withheld),
            ("Restricted", .withheld), ("911", .short), ("1.6505E+10", .rounded),
        ] {
            #expect(throws: fault) { try PhoneKey(text) }
        }
        #expect(try PhoneKey("5550100") != PhoneKey("6505550100"))
    }

    // MARK: links

    @Test func everyCustomerOfANumberIsTold() throws {
        let (link, names, faults) = try link(
            Self.call,
            customers: "Customer ID;First Name;Last Name;Mobile;Phone\n7;Jo;Doe;;650 555 0100\n"
                + "8;Ann;Roe;6505550100;(650) 555-0100\n9;Cy;Poe;anonymous;\n10;Di;Foe;;1,6E\n")
        #expect(
            link == #"{"customers":[{"id":"7","name":"Jo Doe"},{"id":"8","name":"Ann Roe"}]}"#)
        #expect(names == ["Jo Doe", "Ann Roe"])
        #expect(faults == ["5: its telephone number has less than seven digits"])
    }

    @Test func bookingsAreRankedByTheirTime() throws {
        let (link, _, _) = try link(
            Self.call,
            bookings: """
                id,created,phone
                before,2026-03-14T09:59:00Z,6505550100
                after,2026-03-14T10:20:00Z,6505550100
                inside,2026-03-14 10:05,6505550100
                late,2026-03-14T13:00:00Z,6505550100
                other,2026-03-14T10:05:00Z,6505550101
                """)
        let order = try JSONSerialization.jsonObject(with: Data(link.utf8)) as? [String: Any]
        let bookings = order?["bookings"] as? [[String: Any]] ?? []
        #expect(bookings.map { $0["id"] as? String } == ["inside", "after", "before"])
        #expect(bookings.map { $0["where"] as? String } == ["inside", "after", "before"])
        #expect(bookings.map { $0["seconds"] as? Double } == [300, 600, 60])
    }

    @Test func aTimeThatTheClocksShowedTwiceIsBoth() throws {
        let call = Self.call.replacingOccurrences(of: "2026-03-14T10:00", with: "2026-10-25T00:30")
        let (link, _, _) = try link(
            call, bookings: "id,created,phone\nb,2026-10-25 02:35:00,6505550100\n",
            zone: "Europe/Berlin")
        #expect(link.components(separatedBy: #""ambiguous":true"#).count == 3)
        #expect(
            link.contains("2026-10-25T00:35:00.000Z") && link.contains("2026-10-25T01:35:00.000Z"))
    }

    @Test func aSharedNumberSpeaksForNobody() throws {
        let many = (1...40).map { "\($0),Guest \($0),6505550100" }.joined(separator: "\n")
        let (link, names, _) = try link(Self.call, customers: "id,name,phone\n" + many)
        #expect(link.contains(#""shared":40"#) && names.isEmpty)
        #expect(link.components(separatedBy: #""id""#).count == 21)
    }

    @Test func whatDoesNotMatchSaysWhy() throws {
        let table = "id,phone\n1,6505550101\n"
        #expect(
            try link(Self.call, customers: table).link == #"{"none":"no customer has this number"}"#
        )
        for (phone, reason) in [
            ("anonymous", "the other party withheld its number"),
            ("911", "the other party's number has less than seven digits"),
        ] {
            let call = Self.call.replacingOccurrences(of: "+16505550100", with: phone)
            #expect(try link(call, customers: table).link == #"{"none":"\#(reason)"}"#)
        }
        let outbound = Self.call.replacingOccurrences(of: "inbound", with: "outbound")
        #expect(try link(outbound, customers: "id,phone\n5,6505550199").link.contains(#""id":"5""#))
        let faults = try link(
            Self.call,
            bookings:
                "id,created,phone\n1,yesterday,6505550100\n2,,6505550100\n3,2026-03-14,1.6505E+10\n"
        ).faults
        #expect(faults.map { $0.prefix(2) } == ["2:", "3:", "4:"])
        #expect(throws: Failure.self) {
            try link(
                #"{"id":"x:1","direction":"inbound","from":{"phone":"6505550100"}}"#,
                bookings: "id,created,phone\n1,2026-03-14,6505550100")
        }
    }
}
