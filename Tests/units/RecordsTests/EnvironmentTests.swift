// EnvironmentTests: which setting counts, and where a secret may lie.
import Foundation
import Records
import TestSupport
import Testing

struct EnvironmentTests {
    private func withFiles(
        _ files: [String: String], _ body: (String) throws -> Void
    ) throws {
        let directory = TemporaryDirectory()
        for (name, text) in files { try directory.write(text.utf8, name) }
        try body(directory.path)
    }

    @Test("The first name with a value counts; an empty value is none")
    func names() throws {
        let environment = Environment(["A": "", "B": "b", "C": "c"])
        #expect(environment.value("A", "B", "C") == "b")
        #expect(environment.value("A", "X") == nil)
        #expect(try environment.required("X", "C") == "c")
        let failure = #expect(throws: Failure.self) { try environment.required("X", "Y", "Z") }
        #expect(failure?.kind == .configuration)
        #expect(failure?.scope == .stop)
        #expect(failure?.message == "read X: it is not set")
        #expect(failure?.remedy.contains("(or Y, Z)") == true)
    }

    @Test("A secret comes from the variable, else its _FILE, else the credentials directory")
    func precedence() throws {
        try withFiles(["S": "from directory\n", "f": " \tfrom file\r\n", "T": "t"]) { path throws in
            var variables = ["CREDENTIALS_DIRECTORY": path]
            #expect(try Environment(variables).secret("S") == "from directory")
            #expect(try Environment(variables).secret("X", "T") == "t")
            #expect(try Environment(variables).secret("X") == nil)
            variables["S_FILE"] = path + "/f"
            #expect(try Environment(variables).requiredSecret("S") == "from file")
            variables["S"] = "from variable"
            #expect(try Environment(variables).secret("S", "T") == "from variable")
        }
    }

    @Test("A secret's file that is missing, empty or no text is told by its name alone")
    func unusableFiles() throws {
        try withFiles(["empty": " \n", "S": ""]) { path in
            try Data([0xFF, 0x41]).write(to: URL(fileURLWithPath: path + "/latin"))
            for name in ["empty", "latin", "missing", "."] {
                let environment = Environment(["X_FILE": "\(path)/\(name)"])
                let failure = #expect(throws: Failure.self) { try environment.secret("X") }
                #expect(failure?.kind == .configuration)
                #expect(failure?.message.hasPrefix("read \(path)/\(name): ") == true)
            }
            let environment = Environment(["CREDENTIALS_DIRECTORY": path])
            #expect(throws: Failure.self) { try environment.secret("S") }
            let failure = #expect(throws: Failure.self) { try environment.requiredSecret("X") }
            #expect(failure?.message == "read X: it is not set")
        }
    }
}
