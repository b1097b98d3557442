// TemporaryDirectory: the one place on the disk for the files of a test.
public import Foundation

/// A directory for one test, which exists as long as this object.
///
/// So it is removed with all that lies in it when the test ends, also when the test fails.
public final class TemporaryDirectory: Sendable {
    /// The absolute path, without a slash at its end.
    public let path: String
    /// The same as a URL.
    public var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

    /// Makes an empty directory, open to this user alone; a machine without room ends the tests.
    public init() {
        let base = FileManager.default.temporaryDirectory
        path = base.appending(path: "callpipe-test-\(UUID().uuidString)").path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            fatalError("no directory for a test can be made: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file or folder in it.
    public subscript(name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, whose folder exists, and gives its path.
    @discardableResult
    public func write(_ bytes: some Sequence<UInt8>, _ name: String) throws -> String {
        try Data(Array(bytes)).write(to: URL(filePath: self[name]))
        return self[name]
    }

    /// The text of a file.
    public func text(_ name: String) throws -> String {
        try String(contentsOfFile: self[name], encoding: .utf8)
    }

    /// The names in a folder of it, sorted.
    public func names(_ folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self[folder]).sorted()
    }
}
