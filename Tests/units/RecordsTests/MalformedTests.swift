// MalformedTests: what is no record, with its reason; the fast reader against a slow one.
import Foundation
import Records
import TestSupport
import Testing

struct MalformedTests {
    @Test(
        "What is no record says why",
        arguments: [
            ("", "not a JSON object"), ("[]", "not a JSON object"), (#""x""#, "not a JSON object"),
            ("tru", "not a JSON object"), ("1", "not a JSON object"), (" ", "not a JSON object"),
            ("\u{FEFF}{\"id\":\"a:1\"}", "a byte order mark before the object"),
            ("{}", "no \"id\""), (#"{"id":""}"#, "no \"id\""), (#"{"id":7}"#, "no \"id\""),
            (#"{"id":null}"#, "no \"id\""), (#"{"id":"a:1","id":7}"#, "no \"id\""),
            (#"{"x":{"id":"a:1"}}"#, "no \"id\""),
            (#"{"id":"a:1"} x"#, "text after the end"), (#"{"id":"a:1"}{}"#, "text after the end"),
            (#"{"id":"a:1"}}"#, "text after the end"), (#"{"id":"a:1""#, "cut short"),
            (#"{"id":"a:1","x":[1,2"#, "cut short"), (#"{"id":"a:1","x":"#, "cut short"),
            (#"{"id":"a:1","x":"abc"#, "without its closing quotation mark"),
            (#"{"id":"a:1","x":tru}"#, "not JSON"), (#"{"id":"a:1","x":nulls}"#, "not JSON"),
            (#"{"id":"a:1","x":NaN}"#, "not JSON"), (#"{"id":"a:1","x":Infinity}"#, "not JSON"),
            (#"{"id":"a:1","x":01}"#, "not JSON"), (#"{"id":"a:1","x":1.}"#, "not JSON"),
            (#"{"id":"a:1","x":+1}"#, "not JSON"), (#"{"id":"a:1","x":.5}"#, "not JSON"),
            (#"{"id":"a:1","x":1e}"#, "not JSON"), (#"{"id":"a:1","x":0x1}"#, "not JSON"),
            (#"{"id":"a:1","x":-}"#, "not JSON"), (#"{"id":"a:1","x":1 2}"#, "not JSON"),
            (#"{"id":"a:1",}"#, "not JSON"), (#"{"id":"a:1","x":[1,]}"#, "not JSON"),
            (#"{"id":"a:1" "x":1}"#, "not JSON"), (#"{"id":"a:1","x"}"#, "not JSON"),
            (#"{"id":"a:1",x:1}"#, "not JSON"), (#"{'id':'a:1'}"#, "not JSON"),
            (#"{"id":"a:1","x":[}]}"#, "not JSON"), (#"{"id":"a:1",/* */"x":1}"#, "not JSON"),
            (#"{"id":"a:1","x":"\x"}"#, "escape"), (#"{"id":"a:1","x":"\u12"}"#, "escape"),
            (#"{"id":"a:1","x":["\u12g4"]}"#, "escape"), (#"{"id":"a:1","\q":1}"#, "escape"),
            (#"{"id":"a:1","x":{"\U0041":1}}"#, "escape"),
            ("{\"id\":\"a:1\",\"x\":\"a\tb\"}", "control character"),
            ("{\"id\":\"a:1\",\"x\":\"a\0b\"}", "control character"),
            ("{\"id\":\"a:1\",\"x\":\0}", "not JSON"), ("{\"id\":\"a:1\"}\0", "text after"),
            ("{\"id\":\"a:1\",\u{0C}\"x\":1}", "not JSON"), ("{\"id\":\"a:1\"\u{A0}}", "not JSON"),
        ])
    func reason(_ line: String, _ reason: String) throws {
        let malformed = #expect(throws: Record.Malformed.self) { try Record(line.utf8) }
        #expect(malformed?.reason.contains(reason) == true, "\(malformed?.reason ?? "")")
        #expect(try Lines.read(Array(line.utf8)).first?.reason == malformed?.reason)
    }

    @Test(
        "Bytes that are not UTF-8 are no record",
        arguments: [
            [0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80],
        ] as [[UInt8]])
    func invalidUTF8(_ bytes: [UInt8]) {
        let line = Array(#"{"id":"a:1","x":""#.utf8) + bytes + Array(#""}"#.utf8)
        let malformed = #expect(throws: Record.Malformed.self) { try Record(line) }
        #expect(malformed?.reason == "not UTF-8")
    }

    @Test("A thousand levels pass, wherever they are read; one more is told")
    func depth() async throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            func line(_ levels: Int) -> String {
                let inner = levels - 1
                return "{\"id\":\"a:1\",\"x\":" + String(repeating: open, count: inner) + "1"
                    + String(repeating: close, count: inner) + "}"
            }
            let deepest = line(1000)
            #expect(try Record(deepest.utf8).bytes == Array(deepest.utf8))
            // A worker's stack is smaller than the main thread's.
            #expect(try await Task.detached { try Record(deepest.utf8).id }.value == "a:1")
            let malformed = #expect(throws: Record.Malformed.self) { try Record(line(1001).utf8) }
            #expect(malformed?.reason == "nested deeper than 1000 levels")
            #expect(throws: Record.Malformed.self) { try Record(line(500_000).utf8) }
        }
    }

    @Test("Of lines with random damage the same ones pass as with a slow reader")
    func damage() throws {
        var chance = Chance(seed: 4)
        var lines: [[UInt8]] = []
        for _ in 0..<8000 {
            var line = RandomObject.random(using: &chance).bytes
            for _ in 0...chance.number(below: 3) where !line.isEmpty {
                let at = chance.number(below: line.count)
                switch chance.number(below: 5) {
                case 0: line.remove(at: at)
                case 1: line[at] = UInt8(chance.number(below: 256))
                case 2: line.insert(chance.one(of: Array("{}[]\",:\\u0 \t-1.eE/".utf8)), at: at)
                case 3: line.removeSubrange(at...)
                default: line.insert(contentsOf: line[at...].prefix(9), at: at)
                }
            }
            line.removeAll { $0 == 0x0A }
            lines.append(line)
        }
        let answers = try Lines.read(Array(lines.joined(separator: [0x0A])) + [0x0A])
        #expect(answers.count == lines.count)
        for (line, answer) in zip(lines, answers) {
            var id: String?
            if case .string(let text)? = PlainJSON.read(line)?["id"], !text.isEmpty { id = text }
            let shown = String(decoding: line, as: UTF8.self)
            #expect(answer.id == id, "\(answer.reason ?? "") \(shown)")
            #expect((try? Record(line))?.id == id, "\(shown)")
        }
    }
}

/// Lines as the frame reads them: by a reader, parsed where they lie.
enum Lines {
    struct Answer {
        var id: String?
        var reason: String?
    }

    static func read(_ text: [UInt8]) throws -> [Answer] {
        let place = TemporaryDirectory()
        let path = try place.write(text.isEmpty ? [0x0A] : text, "lines")
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        let reader = LineReader(file.fileDescriptor)
        let parser = LineParser()
        var answers: [Answer] = []
        repeat {
            while let next = reader.next() {
                guard case .line(let line) = next else { continue }
                do {
                    try parser.parse(line) { line in
                        answers.append(Answer(id: line.id))
                        #expect(line.names == line.record().names)
                        #expect(line.hasError == line.record().hasError)
                    }
                } catch let malformed as Record.Malformed {
                    answers.append(Answer(reason: malformed.reason))
                }
            }
        } while try reader.fill() == .more
        return answers
    }
}
