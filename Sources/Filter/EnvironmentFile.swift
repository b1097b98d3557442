// EnvironmentFile: `NAME=value` lines, as systemd's EnvironmentFile= and the shell understand them.
internal import Glibc
import Records

/// Settings from the process and from a file.
enum EnvironmentFile {
    /// The process environment over what the file says.
    ///
    /// No path stands for `.env`, which may be missing.
    static func environment(_ path: String?) throws(Failure) -> Environment {
        var variables: [String: String] = [:]
        do {
            let bytes = try Descriptor.contents(of: path ?? ".env", atMost: 1 << 20)
            try parse(String(decoding: bytes, as: UTF8.self), path ?? ".env", into: &variables)
        } catch let error as SystemError {
            if path != nil || error.code != ENOENT {
                throw Failure(
                    .stop, .configuration, "read \(path ?? ".env"): \(error.reason)",
                    remedy: "name a readable file with --env-file")
            }
        } catch let failure as Failure {
            throw failure
        } catch {}
        return Environment(variables.merging(process()) { _, process in process })
    }

    private static func parse(
        _ text: String, _ path: String, into variables: inout [String: String]
    ) throws(Failure) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            var line = trimmed(line)
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("export ") { line = trimmed(line.dropFirst(7)) }
            guard let equals = line.firstIndex(of: "="), equals != line.startIndex else {
                // The line itself may be a secret, so only its number is told.
                throw Failure(
                    .stop, .configuration, "read \(path): line \(index + 1) is not NAME=value")
            }
            let value = trimmed(line[line.index(after: equals)...])
            variables[String(trimmed(line[..<equals]))] = unquoted(value)
        }
    }

    private static func unquoted(_ value: Substring) -> String {
        guard value.count >= 2, let first = value.first, first == value.last else {
            return String(value)
        }
        if first == "'" { return String(value.dropFirst().dropLast()) }
        guard first == "\"" else { return String(value) }
        var text = ""
        var isEscaped = false
        for character in value.dropFirst().dropLast() {
            if !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            text.append(isEscaped && character == "n" ? "\n" : character)
            isEscaped = false
        }
        return text
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text
        while rest.last?.isWhitespace == true { rest.removeLast() }
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        return rest
    }

    private static func process() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            unsafe entry += 1
        }
        return variables
    }
}
