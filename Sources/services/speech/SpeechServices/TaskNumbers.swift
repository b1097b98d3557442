// TaskNumbers: what a service calls the pieces of a sound that it works on, as a record keeps it.
internal import Records
internal import Speech

/// The tasks of a sound's pieces, in the order of the pieces, as they stand on a record.
struct TaskNumbers: Equatable {
    private static let version = "1"
    private static let none = "-"
    private let numbers: [String?]

    init(_ numbers: [String?]) { self.numbers = numbers }

    /// Reads what a record holds; what was cut in another way says nothing.
    init(_ text: String?, count: Int) {
        let parts = (text ?? "").split(separator: " ").map(String.init)
        if parts.first == TaskNumbers.version, parts.count == count + 1 {
            numbers = parts.dropFirst().map { TaskNumbers.isNumber($0) ? $0 : nil }
        } else {
            numbers = Array(repeating: nil, count: count)
        }
    }

    subscript(index: Int) -> String? { numbers.indices.contains(index) ? numbers[index] : nil }

    /// As it stands on a record.
    var text: String {
        ([TaskNumbers.version] + numbers.map { $0 ?? TaskNumbers.none }).joined(separator: " ")
    }

    /// The failure, with the tasks where any goes on.
    func left(with failure: Failure) -> any Error {
        guard failure.scope == .temporary, numbers.contains(where: { $0 != nil }) else {
            return failure
        }
        return Unfinished(task: text, failure: failure)
    }

    /// The failure that decides over a sound: of the line before one of the record for good.
    static func worst(_ failures: [Failure]) -> Failure? {
        failures.first { $0.scope == .stop } ?? failures.first { $0.scope == .item }
            ?? failures.first
    }

    /// Whether it may be part of an address and of a record.
    static func isNumber(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
        }
        return isPlain && (4...64).contains(text.utf8.count)
    }
}
