// NamePatternTests: how patterns take names apart, and what known recorders' names say.
import Records
import Testing
import Zones

@testable import RecordingFolder

@Suite struct NamePatternTests {
    /// The meaning of a name as one line: fields that are not known are left out.
    private func said(_ pattern: String, _ path: String, zone: String = "UTC") throws -> String {
        guard let facts = try NameForms([pattern]).facts(of: FileName(path)) else { return "no" }
        var clock = CallClock(zone: try Zone(zone))
        let id = facts.uniqueID.flatMap { UniqueID.moment(of: $0) }
        let start = clock.start(facts.time, id: id, idDecides: true)
        func party(_ name: String, _ party: Party?) -> String? {
            party.map { "\(name)=\($0.phone ?? "")/\($0.name ?? "")/\($0.extension ?? "")" }
        }
        return [
            start.map(\.local), facts.direction, party("from", facts.caller),
            party("to", facts.called), facts.uniqueID, facts.id.map { "id=\($0)" },
            facts.unread.isEmpty ? nil : "unread: \(facts.unread.map(\.rawValue).sorted())",
        ].compactMap(\.self).joined(separator: " ")
    }

    @Test(
        arguments: [
            (
                "{direction}-{to}-{from}-{start}-{any}.wav",
                "out-5550100-101-20240115-143311-1705325591.123.wav",
                "2024-01-15T14:33:11+00:00 outbound from=101// to=5550100//"
            ),
            (
                "{start}_{from}.wav", "20220522_122802.881926-0400_+12345550100.wav",
                "2022-05-22T12:28:02.881-04:00 from=+12345550100//"
            ),
            (
                "{start}-{from}-{to}.wav", "20240115-143311-1000-2000.wav",
                "2024-01-15T14:33:11+00:00 from=1000// to=2000//"
            ),
            // A counter is part of the time only where nothing else wants it.
            (
                "{start}_{from}.wav", "20110203104522_2.wav",
                "2011-02-03T10:45:22+00:00 from=2//"
            ),
            ("{start}.wav", "20110203104522_2.wav", "2011-02-03T10:45:22+00:00"),
            (
                "{date}_{from}_{time}.wav", "15/2024-01-15_101_14-33-11.wav",
                "2024-01-15T14:33:11+00:00 from=101//"
            ),
            (
                "{date}/{time}-{from}.wav", "2024/01/15/143311-101.wav",
                "2024-01-15T14:33:11+00:00 from=101//"
            ),
            // The ending may be written in capitals, or be left open.
            ("{from}_{start}.wav", "1_20240115143311.WAV", "2024-01-15T14:33:11+00:00 from=1//"),
            ("{start}_{from}", "20240115143311_101.gsm", "2024-01-15T14:33:11+00:00 from=101//"),
            ("{from}_{any}.{any}", "a_b.c", "from=a//"),
            ("{from}_{to}.wav", "\u{4F60}\u{597D}_x.wav", "from=\u{4F60}\u{597D}// to=x//"),
            ("{from}{to}.wav", "\u{E4}\u{F6}.wav", "from=\u{E4}// to=\u{F6}//"),
            ("{direction}_{phone}.wav", "Incoming_%2B4930555.wav", "inbound from=+4930555//"),
            ("{direction}_{extension}.wav", "OUTGOING_101.wav", "outbound from=//101"),
            ("{direction}_{extension}.wav", "internal_101.wav", "internal to=//101"),
            // The mark of a copy belongs to no field, unless the pattern has a place for it.
            ("{from}_{id}.wav", "1_4711 (2).wav", "from=1// id=4711"),
            ("{from} ({id}).wav", "1 (2).wav", "from=1// id=2"),
            ("{from}_{id}.wav", "1_4711(2).wav", "from=1// id=4711(2)"),
            // What cannot be read is told, and nothing is put in its place.
            ("{start}_{from}.wav", "yesterday_101.wav", "from=101// unread: [\"start\"]"),
            (
                "{direction}_{start}.wav", "sideways_20240115143311.wav",
                "2024-01-15T14:33:11+00:00 unread: [\"direction\"]"
            ),
            ("{start}_{from}.wav", "17120115143311_101.wav", "from=101// unread: [\"start\"]"),
            ("{from}_{start}.wav", "unknown_20240115143311.wav", "2024-01-15T14:33:11+00:00"),
            ("{from}_{to}.wav", "101.wav", "no"), ("x{from}.wav", "y1.wav", "no"),
            ("{from}.wav", "1.wav.txt", "no"),
        ])
    func aPatternTakesANameApart(_ pattern: String, _ name: String, _ expected: String) throws {
        #expect(try said(pattern, name) == expected)
    }

    @Test(
        arguments: [
            (
                "freepbx", "2024/01/15/out-5550100-101-20240115-143311-1705325591.123.wav",
                "2024-01-15T14:33:11+01:00 outbound from=101// to=5550100// 1705325591.123"
            ),
            (
                "freepbx", "in-5550199-5550100-20240715-143311-1721046791.77.WAV",
                "2024-07-15T14:33:11+02:00 inbound from=5550100// to=5550199// 1721046791.77"
            ),
            (
                "freepbx", "exten-102-unknown-20240115-143311-pbx1-1705325591.123.wav",
                "2024-01-15T14:33:11+01:00 to=102// 1705325591.123"
            ),
            (
                "freepbx", "force-08211234863-3201-20250327-092517-1743042317.12206.wav",
                "2025-03-27T09:25:17+07:00 from=3201// to=08211234863// 1743042317.12206"
            ),
            (
                "issabel", "q-6001-5550100-20240115-143311-1705325591.123.wav",
                "2024-01-15T14:33:11+01:00 from=5550100// to=6001// 1705325591.123"
            ),
            (
                "issabel", "OUT201-20110203-104522-1296726322.9.gsm",
                "2011-02-03T10:45:22+01:00 outbound from=//201 1296726322.9"
            ),
            (
                "issabel", "q500-20110203-104522-1296726322.9.wav",
                "2011-02-03T10:45:22+01:00 to=500// 1296726322.9"
            ),
            (
                "issabel", "20110203-104522-1296726322.9.wav",
                "2011-02-03T10:45:22+01:00 1296726322.9"
            ),
            ("asterisk", "1705325591.123.wav", "2024-01-15T14:33:11+01:00 1705325591.123"),
            ("asterisk", "1705325591.123-in.wav", "2024-01-15T14:33:11+01:00 1705325591.123"),
            ("asterisk", "pbx1-1705325591.123.gsm", "2024-01-15T14:33:11+01:00 1705325591.123"),
            (
                "asterisk", "auto-1705325591-101-5550100.wav",
                "2024-01-15T14:33:11+01:00 from=101// to=5550100//"
            ),
            (
                "grandstream", "auto-1414771234-1000-1004.wav",
                "2014-10-31T17:00:34+01:00 from=1000// to=1004//"
            ),
            (
                "vicidial", "20240115-143311_5550100-all.mp3",
                "2024-01-15T14:33:11+01:00 to=5550100//"
            ),
            ("vicidial", "20240115-143311_5550100.wav", "2024-01-15T14:33:11+01:00 to=5550100//"),
            (
                "vicidial", "20240115-143311_5550100_SALES_6666-all.wav",
                "2024-01-15T14:33:11+01:00 to=5550100//"
            ),
            (
                "vicidial", "SALES_6666_20240115-143311_5550100-all.wav",
                "2024-01-15T14:33:11+01:00 to=5550100//"
            ),
            (
                "vicidial", "SALES_20240115-143311_5550100_6666-all.wav",
                "2024-01-15T14:33:11+01:00 to=5550100//"
            ),
            (
                "3cx", "100/[]_100-0836826436_20190211124709(2).wav",
                "2019-02-11T12:47:09+01:00 from=100// to=0836826436// id=2"
            ),
            (
                "3cx", "[27836826436]_27836826436-100_20190211124743(3).wav",
                "2019-02-11T12:47:43+01:00 from=27836826436// to=100// id=3"
            ),
            (
                "3cx", "[Zoe Phiri]_201-0114627554_20190219120918(380).wav",
                "2019-02-19T12:09:18+01:00 from=201// to=0114627554// id=380"
            ),
            ("miarec", "20110203/20110203104522.mp3", "2011-02-03T10:45:22+01:00"),
            ("miarec", "20110203/20110203104522_3.mp3", "2011-02-03T10:45:22+01:00"),
            ("miarec", "2011-02-03-104522.mp3", "2011-02-03T10:45:22+01:00"),
            (
                "bcr", "20220522_122802.881926-0400_in_+12345678900_Jo Do.oga",
                "2022-05-22T12:28:02.881-04:00 inbound from=+12345678900/Jo Do/"
            ),
            (
                "bcr", "20220522_122802.881926-0400_out_sim2_+12345678900.m4a",
                "2022-05-22T12:28:02.881-04:00 outbound to=+12345678900//"
            ),
            (
                "bcr", "20220522_122802.881Z_in_Front desk.oga",
                "2022-05-22T12:28:02.881+00:00 inbound from=/Front desk/"
            ),
            ("bcr", "20220522_122802.881+0200_in.oga", "2022-05-22T12:28:02.881+02:00 inbound"),
            ("bcr", "20220522_122802.881926-0400.flac", "2022-05-22T12:28:02.881-04:00"),
            (
                "ringcentral", "20251104-133555_302_(252)555-0186_Outgoing_Auto_2243071124051.mp3",
                "2025-11-04T13:35:55+01:00 outbound from=//302 to=(252)555-0186// id=2243071124051"
            ),
            (
                "ringcentral", "20251121-141152_(469)555-0158_Incoming_Auto_2254843027051.mp3",
                "2025-11-21T14:11:52+01:00 inbound from=(469)555-0158// id=2254843027051"
            ),
            (
                "trunk-recorder", "22102-1757705318_856187500.0-call_4.wav",
                "2025-09-12T21:28:38+02:00 to=22102//"
            ),
            // A clock without a battery, and a month that no year has.
            (
                "freepbx", "out-5550100-101-20241315-143311-1705325591.123.wav",
                "2024-01-15T14:33:11+01:00 outbound from=101// to=5550100// 1705325591.123"
                    + " unread: [\"start\"]"
            ),
            ("miarec", "19700101000003.mp3", "unread: [\"start\"]"),
            ("vicidial", "20240115-256311_5550100-all.mp3", "to=5550100// unread: [\"start\"]"),
            (
                "bcr", "19700101_000003.881926+0000_in_+12345678900.oga",
                "inbound from=+12345678900// unread: [\"start\"]"
            ),
            ("miarec", "491701234567.mp3", "no"), ("vicidial", "5550100_101-all.wav", "no"),
            (
                "issabel", "IN-5550100-20110203-104522-1296726322.9.wav",
                "2011-02-03T10:45:22+01:00 inbound to=5550100// 1296726322.9"
            ),
            (
                "bcr", "20220522_122802.881926-0400_in_unknown.oga",
                "2022-05-22T12:28:02.881-04:00 inbound"
            ),
            (
                "ringcentral",
                "20251121-141152_(469)555-0158_Incoming_Auto_2254843027051 (1).mp3",
                "2025-11-21T14:11:52+01:00 inbound from=(469)555-0158// id=2254843027051"
            ),
            (
                "freepbx", "out-5550100-101-20240115-143311-1705325591.123 (12).wav",
                "2024-01-15T14:33:11+01:00 outbound from=101// to=5550100// 1705325591.123"
            ),
            ("freepbx", "out-5550100-101.wav", "no"), ("vicidial", "5550100.wav", "no"),
            ("miarec", "20110203.mp3", "no"), ("freepbx", "a-b-c-20240115-143311-x.txt", "no"),
        ])
    func theNamesOfKnownRecordersAreRead(
        _ recorder: String, _ name: String, _ expected: String
    ) throws {
        #expect(try said(recorder, name, zone: "Europe/Berlin") == expected)
    }

    @Test func eachRecorderHasATest() {
        // Whoever adds a recorder adds its real names above.
        #expect(
            NameForms.recorders == [
                "freepbx", "issabel", "asterisk", "grandstream", "vicidial", "3cx", "miarec",
                "ringcentral", "bcr", "trunk-recorder",
            ])
    }

    @Test(
        arguments: [
            ("{from", "has a { without its }"), ("{caller}.wav", "knows from, to, "),
            ("avaya", "needs a pattern with fields such as {from}, or one of freepbx, "),
        ])
    func aPatternThatIsNoneIsRefused(_ pattern: String, _ message: String) {
        do throws(PatternError) {
            _ = try NameForms([pattern])
            Issue.record("\(pattern) is taken")
        } catch {
            #expect(error.message.hasPrefix(message), "\(error.message)")
        }
    }

    @Test func severalPatternsAreTriedInTheirOrder() throws {
        let forms = try NameForms(["{from}_{start}.wav", "freepbx", "{any}.wav"])
        #expect(forms.facts(of: FileName("1_20240115143311.wav"))?.from == "1")
        let name = "out-5550100-101-20240115-143311-1705325591.123.wav"
        #expect(forms.facts(of: FileName(name))?.uniqueID == "1705325591.123")
        #expect(forms.facts(of: FileName("x.wav")) == CallFacts())
    }

    @Test func aLongNameIsNotSearchedForLong() throws {
        let forms = try NameForms(["{any}a{any}a{any}a{any}a{any}a{any}a{start}b.wav"])
        let name = FileName(String(repeating: "a", count: 250) + ".wav")
        #expect(forms.facts(of: name) == nil)
    }
}
