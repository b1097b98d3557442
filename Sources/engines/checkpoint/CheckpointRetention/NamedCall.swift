// NamedCall: a call that an operator named by its id.
import Checkpoint
import Records

/// The row of a call, looked up by its id.
struct NamedCall {
    let number: Int64
    /// The time of its erasure.
    let erased: String?
    /// The stored text.
    let record: [UInt8]

    /// Looks a call up.
    ///
    /// - Parameters:
    ///   - id: The id as it was given.
    ///   - checkpoint: The open file.
    ///   - verb: The action on the call, for the message.
    /// - Returns: The call as it is stored.
    /// - Throws: `Failure` of scope `item`, kind `notFound`, for an unknown id.
    static func find(
        _ id: String, in checkpoint: Checkpoint, to verb: String
    ) throws(Failure) -> NamedCall {
        let question = try Statement(
            checkpoint.database, "SELECT number, erased_at, record FROM calls WHERE id = ?1")
        try question.bind(id)
        let call = try question.first { row throws(Failure) in
            NamedCall(
                number: try row.integer(0), erased: try row.string(1),
                record: try row.copy(2) ?? [])
        }
        guard let call else {
            throw Failure(
                .item, .notFound, "\(verb) \(id): the checkpoint does not know it",
                remedy: "give the id as records have it, such as rc:401234567008")
        }
        return call
    }
}
