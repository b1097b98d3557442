// Program: a program as it is to be run, and where it is found.
internal import Glibc

/// A program as it is to be run, without a shell.
public struct Program: Sendable {
    /// Its path.
    public var path: String
    /// Its arguments, without its name.
    public var arguments: [String]
    /// All that it sees of the environment; `nil` for our own.
    public var environment: [String: String]?
    /// The most bytes of memory that it may have; 0 for no limit.
    public var memory: Int
    /// Its own name, the first of its `argv`; the path unless set.
    public var name: String?

    /// A program that sees nothing of the environment and has no limit of memory unless told.
    public init(
        _ path: String, _ arguments: [String] = [], environment: [String: String]? = [:],
        memory: Int = 0
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.memory = memory
    }

    /// The path of a program: a name with a slash as it is, another as found on the search path.
    ///
    /// - Throws: `EACCES` when there is one that may not be run, `ENOENT` when there is none.
    public static func find(
        _ name: String, searchPath: String
    ) throws(SystemError) -> String {
        if name.contains("/") {
            if let error = refusal(toRun: name) { throw error }
            return name
        }
        var reason = SystemError(code: ENOENT)
        guard !name.isEmpty else { throw reason }
        for directory in searchPath.split(separator: ":", omittingEmptySubsequences: false) {
            // An empty entry of the search path is the working directory.
            let path = directory.isEmpty ? "./\(name)" : "\(directory)/\(name)"
            guard let error = refusal(toRun: path) else { return path }
            if error.code == EACCES { reason = error }
        }
        throw reason
    }

    /// The reason why a file cannot be run; a directory has the right to be searched, not run.
    private static func refusal(toRun path: String) -> SystemError? {
        do throws(SystemError) {
            let status = try FileStatus(of: path)
            guard FileSystem.allows(X_OK, to: path) else { return SystemError() }
            return status.kind == .file ? nil : SystemError(code: EACCES)
        } catch {
            return error
        }
    }
}
