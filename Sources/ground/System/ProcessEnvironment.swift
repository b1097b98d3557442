// ProcessEnvironment: the environment of this process.
internal import Glibc

/// The variables that this process was started with, and those that it sets for its children.
public enum ProcessEnvironment {
    /// The variables by name; entries without `=` are left out.
    public static var variables: [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text).utf8
            if let equals = pair.firstIndex(of: UInt8(ascii: "=")) {
                variables[String(Substring(pair[..<equals]))] =
                    String(Substring(pair[pair.index(after: equals)...]))
            }
            unsafe entry += 1
        }
        return variables
    }

    /// Sets a variable; only before there are other threads, since those may read it.
    ///
    /// The corresponding C function is `setenv`.
    public static func set(_ name: String, to value: String) { unsafe setenv(name, value, 1) }
}
