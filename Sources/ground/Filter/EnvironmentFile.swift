// EnvironmentFile: `NAME=value` lines, as the shell and the dotenv libraries read them.
internal import Glibc
import Records
internal import System

/// Settings from a file.
struct EnvironmentFile {
    private let path: String
    private let variables: [String: String]
    /// The file stays open, for its lock; `nil` when there is none.
    private let descriptor: Int32?

    /// Reads a file.
    ///
    /// Without a path it is `.env`. That may be missing, or a directory, as some virtual
    /// environments of Python are.
    init(_ given: String?) throws(Failure) {
        path = given ?? ".env"
        var file: Int32?
        var bytes: [UInt8] = []
        do throws(SystemError) {
            file = try OwnedDescriptor(opening: path, O_RDONLY).release()
            bytes =
                try file.map { file throws(SystemError) in
                    try Descriptor.contents(of: file, atMost: 1 << 20)
                } ?? []
        } catch {
            guard given == nil, error.code == ENOENT || error.code == EISDIR else {
                throw Failure(
                    .stop, .configuration, "read \(path): \(error.reason)",
                    remedy: "name a readable file with --env-file")
            }
        }
        descriptor = file
        variables = try EnvironmentFile.variables(in: bytes, path)
    }

    /// The names of the settings.
    var names: [String] { variables.keys.sorted() }

    /// The process environment over the settings of the file.
    var environment: Environment {
        Environment(variables.merging(ProcessEnvironment.variables) { $1 })
    }

    /// Sentences about settings that no tool reads, and about secrets that other users can read.
    ///
    /// All programs of a pipe read the file, but only one gives the sentences: the first one to
    /// lock the file. It keeps the lock until it ends.
    var warnings: [String] {
        guard let descriptor, (try? Descriptor.lock(descriptor)) == true else { return [] }
        var sentences = ReplacedSettings.advice.filter { variables[$0.key] != nil }.map {
            "\(path): \($0.key) is not read; \($0.value)"
        }
        let secrets = variables.filter { ReplacedSettings.isSecret($0.key) && !$0.value.isEmpty }
        if let name = secrets.keys.min(), let file = try? FileStatus(of: descriptor),
            file.permissions & 0o004 != 0
        {
            sentences.append(
                "\(path): it holds \(name), and all users of this machine can read it;"
                    + " run chmod 600 \(path)")
        }
        return sentences
    }

    /// The settings that a file's text makes.
    static func variables(in bytes: [UInt8], _ path: String) throws(Failure) -> [String: String] {
        var text = EnvironmentText(bytes)
        var variables: [String: String] = [:]
        while let answer = text.next() {
            switch answer {
            case .setting(let name, let value): variables[name] = value
            // The line itself may be a secret, so only its number is told.
            case .wrong(let line, let reason):
                throw Failure(.stop, .configuration, "read \(path): line \(line) \(reason)")
            }
        }
        return variables
    }
}

/// Takes settings off the front of a text, byte by byte; a value may hold any bytes.
private struct EnvironmentText {
    enum Answer {
        case setting(String, String)
        case wrong(line: Int, String)
    }

    private var rest: ArraySlice<UInt8>
    private var line = 1

    init(_ bytes: [UInt8]) {
        rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    }

    /// The next setting; `nil` at the end.
    mutating func next() -> Answer? {
        skip { $0 <= 0x20 }
        while rest.first == UInt8(ascii: "#") || rest.first == UInt8(ascii: ";") {
            skip { $0 != 0x0A }
            skip { $0 <= 0x20 }
        }
        if rest.isEmpty { return nil }
        let start = line
        var name = take { $0 > 0x20 && $0 != UInt8(ascii: "=") }
        skip(ASCII.isBlank)
        if name.elementsEqual("export".utf8), rest.first != UInt8(ascii: "=") {
            name = take { $0 > 0x20 && $0 != UInt8(ascii: "=") }
            skip(ASCII.isBlank)
        }
        guard !name.isEmpty, rest.popFirst() == UInt8(ascii: "=") else {
            return .wrong(line: start, "is not NAME=value")
        }
        guard let value = value() else {
            return .wrong(line: start, "has a quotation mark without its partner")
        }
        guard let name = String(validating: name, as: UTF8.self),
            let value = String(validating: value, as: UTF8.self)
        else { return .wrong(line: start, "is not UTF-8") }
        return .setting(name, value)
    }

    /// The value up to the end of its line or, in quotation marks, over several lines.
    private mutating func value() -> [UInt8]? {
        let blanks = take(ASCII.isBlank)
        guard let mark = rest.first, mark == UInt8(ascii: "'") || mark == UInt8(ascii: "\"") else {
            return plainValue(after: blanks)
        }
        rest.removeFirst()
        let value = mark == UInt8(ascii: "'") ? take { $0 != mark } : doubleQuoted()
        guard rest.popFirst() == mark else { return nil }
        skip(ASCII.isBlank)
        if rest.first == UInt8(ascii: "#") { skip { $0 != 0x0A } }
        return rest.isEmpty || rest.first == 0x0A || rest.first == 0x0D ? value : nil
    }

    /// A value without quotation marks ends before white space and `#`; a password may begin so.
    private mutating func plainValue(after blanks: [UInt8]) -> [UInt8] {
        var value = blanks + take { $0 != 0x0A }
        let comment = value.indices.dropFirst().first { index in
            value[index] == UInt8(ascii: "#") && value[index - 1] <= 0x20
        }
        if let comment { value.removeSubrange(comment...) }
        while let last = value.last, last <= 0x20 { value.removeLast() }
        return Array(value.drop { $0 <= 0x20 })
    }

    /// In double quotation marks `\n` is a line break, as keys in one line need it, and a backslash
    /// protects what the shell says it protects.
    private mutating func doubleQuoted() -> [UInt8] {
        var value: [UInt8] = []
        while let byte = rest.first, byte != UInt8(ascii: "\"") {
            advance()
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                value.append(byte)
                continue
            }
            switch next {
            case UInt8(ascii: "n"): value.append(0x0A)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"):
                value.append(next)
            default: value += [byte, next]
            }
            advance()
        }
        return value
    }

    private mutating func advance() {
        if rest.removeFirst() == 0x0A { line += 1 }
    }

    private mutating func skip(_ condition: (UInt8) -> Bool) { _ = take(condition) }

    private mutating func take(_ condition: (UInt8) -> Bool) -> [UInt8] {
        var taken: [UInt8] = []
        while let byte = rest.first, condition(byte) {
            taken.append(byte)
            advance()
        }
        return taken
    }
}
