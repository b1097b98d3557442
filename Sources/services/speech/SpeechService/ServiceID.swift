// ServiceID: identifiers that a service gives to a request, a task or a version.
internal import System

/// Identifiers of services, told apart from other text that a broken server may send.
package enum ServiceID {
    /// The text, if it may stand on a record: one word of printable ASCII, at most 128 bytes.
    package static func plain(_ text: String) -> String? {
        text.utf8.allSatisfy(ASCII.isVisible) && (1...128).contains(text.utf8.count)
            ? text : nil
    }

    /// The text, if it may stand in a message: a short word of letters, digits, `_`, `.` and
    /// brackets, as error codes and parameters are.
    package static func code(_ text: String) -> String? {
        ASCII.isWord(text, marks: "_.[]", lengths: 1...40) ? text : nil
    }
}
