// RecordTests: what comes in goes out byte for byte, but for the one member that is set.
import Records
import Testing

struct RecordTests {
    @Test("Any object in, the same bytes out, every member as a slow reader reads it")
    func parsing() throws {
        var chance = Chance(seed: 1)
        for _ in 0..<3000 {
            let object = RandomObject.random(using: &chance)
            let record = try Record(object.bytes)
            #expect(record.bytes == object.bytes)
            #expect(record.names == object.members.map(\.name))
            let plain = try #require(PlainJSON.read(object.bytes))
            for member in object.members {
                let last = try #require(object.members.last { same($0.name, member.name) })
                #expect(record.raw(member.name).map(Array.init) == Array(last.value.utf8))
                if case .string(let text)? = plain[member.name] {
                    #expect(record.string(member.name) == text)
                } else {
                    #expect(record.string(member.name) == nil)
                }
            }
        }
    }

    @Test("A member that is set is read as set; everything else stays byte for byte")
    func setting() throws {
        var chance = Chance(seed: 2)
        for _ in 0..<3000 {
            var object = RandomObject.random(using: &chance)
            var record = try Record(object.bytes)
            // Twice, because the first change moves the places that the second one uses.
            for _ in 0..<2 {
                let name = chance.one(of: object.members.map(\.name) + ["new", "audio"])
                let new = JSON.members(["n": .int(chance.number(below: 1000)), "t": .string("\"é")])
                let value = name == "id" ? JSON.string("rc:2") : new
                let expected = expectation(object, name, value)
                record.set(name, value)
                #expect(String(decoding: record.bytes, as: UTF8.self) == expected.text)
                #expect(PlainJSON.read(record.bytes)?[name] == PlainJSON.read(value.bytes))
                #expect(record.raw(name).map(Array.init) == value.bytes)
                #expect(try Record(record.bytes).names == record.names)
                object = expected
            }
        }
    }

    private func expectation(
        _ object: RandomObject, _ name: String, _ value: JSON
    ) -> RandomObject {
        var expected = object
        if let index = object.members.lastIndex(where: { same($0.name, name) }) {
            expected.members[index].value = value.text
        } else {
            expected.members.append(
                .init(
                    lead: "", key: JSON.string(name).text, name: name, colon: ":",
                    value: value.text, trail: ""))
        }
        return expected
    }

    private func same(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    @Test("The last of several members counts and is the one replaced")
    func duplicates() throws {
        var record = try Record(#"{"id":"a:0","x":1,"x":2,"\u0078":3,"id":"a:1"}"#.utf8)
        #expect(record.id == "a:1")
        #expect(record.number("x") == 3)
        record.set("x", .int(4))
        #expect(text(record) == #"{"id":"a:0","x":1,"x":2,"\u0078":4,"id":"a:1"}"#)
    }

    @Test("A name with escapes is the name that it stands for")
    func escapedName() throws {
        var record = try Record(#"{"i\u0064":"a:1","err\u006fr":{}}"#.utf8)
        #expect(record.id == "a:1")
        #expect(record.hasError)
        record.set("id", .string("a:2"))
        #expect(text(record) == #"{"i\u0064":"a:2","err\u006fr":{}}"#)
    }

    @Test("Numbers keep their spelling; one that no Double holds is no number to us")
    func numbers() throws {
        for number in RandomObject.numbers {
            var record = try Record("{\"id\":\"a:1\",\"n\":\(number) }".utf8)
            record.set("m", .int(1))
            #expect(text(record) == "{\"id\":\"a:1\",\"n\":\(number) ,\"m\":1}")
            #expect(record.number("n") == Double(number).flatMap { $0.isFinite ? $0 : nil })
        }
    }

    @Test("Half of a surrogate pair passes byte for byte and reads as U+FFFD")
    func loneSurrogates() throws {
        let line = #"{"id":"a:1","x":"\ud800 \udc00\uD83D\uDE00"}"#
        var record = try Record(line.utf8)
        #expect(record.string("x") == "\u{FFFD} \u{FFFD}😀")
        record.set("y", .null)
        #expect(text(record) == line.dropLast() + #","y":null}"#)
    }

    @Test("White space around the object stays; a member goes in before the brace")
    func surroundings() throws {
        var record = try Record(" \t{ \"id\" : \"a:1\" } \r".utf8)
        record.set("x", .array([]))
        #expect(text(record) == " \t{ \"id\" : \"a:1\" ,\"x\":[]} \r")
    }

    @Test("A member of a member is set beside the others; null and nothing become an object")
    func nested() throws {
        var record = try Record(#"{"id":"a:1","uploads":{ "s3" : 1E0 },"x":null,"y":[]}"#.utf8)
        try record.set("uploads", "drive", .bool(true))
        try record.set("x", "a", .int(1))
        try record.set("z", "b", .int(2))
        #expect(
            text(record) == #"{"id":"a:1","uploads":{ "s3" : 1E0 ,"drive":true},"x":{"a":1},"#
                + #""y":[],"z":{"b":2}}"#)
        #expect(throws: Failure.self) { try record.set("y", "c", .int(3)) }
    }

    @Test("A member that is taken away takes one comma with it, wherever it stands")
    func removing() throws {
        var chance = Chance(seed: 3)
        for _ in 0..<2000 {
            let object = RandomObject.random(using: &chance)
            var record = try Record(object.bytes)
            let name = chance.one(of: object.members.map(\.name) + ["nowhere"])
            record.remove(name)
            let left = object.members.map(\.name).filter { !same($0, name) }
            guard case .object(let members)? = PlainJSON.read(record.bytes) else {
                Issue.record("\(text(record)) is no object")
                continue
            }
            #expect(members.map(\.name) == left)
            #expect(record.names == left)
        }
    }

    @Test("An error that is null is no error")
    func errorNull() throws {
        #expect(try !Record(#"{"id":"a:1","error":null}"#.utf8).hasError)
        #expect(try !Record(#"{"id":"a:1"}"#.utf8).hasError)
        #expect(try Record(#"{"id":"a:1","error":false}"#.utf8).hasError)
    }

    @Test("Text that is JSON already goes in on one line")
    func rawOnOneLine() throws {
        var record = try Record(#"{"id":"a:1"}"#.utf8)
        record.set("x", .raw(Array("{\r\n  \"a\": 1\n}".utf8)))
        #expect(text(record) == #"{"id":"a:1","x":{    "a": 1 }}"#)
        #expect(throws: Record.Malformed.self) { try Record("{\"id\":\n\"a:1\"}".utf8) }
    }

    @Test("A typed member of another form is a failure of the record that names the member")
    func wrongForm() throws {
        let record = try Record(#"{"id":"a:1","audio":{"path":7},"recording":null}"#.utf8)
        let failure = #expect(throws: Failure.self) { try record.audio() }
        #expect(failure?.scope == .item)
        #expect(failure?.kind == .input)
        #expect(failure?.message.contains("\"audio\"") == true)
        #expect(try record.recording() == nil)
        #expect(try record.transcript() == nil)
    }

    private func text(_ record: Record) -> String { String(decoding: record.bytes, as: UTF8.self) }
}
