// JSONPartsTests: JSON text taken apart as it stands.
import Records
import Testing

@Suite struct JSONPartsTests {
    @Test(
        "the elements of an array keep their text",
        arguments: [
            ("[]", []), (" [ \n] ", []), ("[1]", ["1"]),
            ("[ 1.50 , \"a,]\\\"\" ]", ["1.50", "\"a,]\\\"\""]),
            ("[[1,2],{\"a\":[3,4]},null]", ["[1,2]", "{\"a\":[3,4]}", "null"]),
        ] as [(String, [String])])
    func elements(_ text: String, _ parts: [String]) {
        #expect(JSON.elements(of: text.utf8)?.map(\.text) == parts)
    }

    @Test(
        "what is no array has no elements",
        arguments: ["", "{}", "null", "[1", "[1]]", "[1],\"b\":[2]", "[1,]", "[\"\u{0}\"]"])
    func noElements(_ text: String) {
        #expect(JSON.elements(of: text.utf8) == nil)
    }

    @Test("the members of an object keep their order and their text")
    func members() {
        let members = JSON.members(of: #"{"b\u0031": 1.0, "a":{"c":[ ]},"a":"x"}"#.utf8)
        #expect(members?.map(\.name) == ["b1", "a", "a"])
        #expect(members?.map(\.value.text) == ["1.0", #"{"c":[ ]}"#, #""x""#])
        #expect(JSON.members(of: "[]".utf8) == nil)
        #expect(JSON.members(of: "<html>".utf8) == nil)
    }

    @Test("a value is decoded, or it is nothing")
    func decoded() {
        #expect(JSON.raw(Array(#""a\n""#.utf8)).decoded(as: String.self) == "a\n")
        #expect(JSON.raw(Array("null".utf8)).decoded(as: String.self) == nil)
        #expect(JSON.int(3).decoded(as: Double.self) == 3)
        #expect(JSON.string("3").decoded(as: Double.self) == nil)
    }
}
