// NamedCall: a call that an operator named by its id.
import Checkpoint
import Records

/// A call that somebody named by its id.
struct NamedCall {
    let number: Int64
    /// When it was erased.
    let erased: String?
    /// The stored text.
    let record: [UInt8]

    /// Looks a call up.
    ///
    /// - Parameters:
    ///   - id: As it was given.
    ///   - checkpoint: Where it has to be.
    ///   - verb: What is to be done to it, for the message.
    /// - Returns: The call as it is stored.
    /// - Throws: `Failure` of scope `item`, kind `notFound`, when nobody knows it.
    static func find(
        _ id: String, in checkpoint: Checkpoint, to verb: String
    ) throws(Failure) -> NamedCall {
        let question = try Statement(
            checkpoint.database, "SELECT number, erased_at, record FROM calls WHERE id = ?1")
        question.bind(1, copying: id)
        guard try question.step() else {
            throw Failure(
                .item, .notFound, "\(verb) \(id): the checkpoint does not know it",
                remedy: "give the id as records have it, such as rc:401234567008")
        }
        let record = unsafe question.text(2).map { unsafe Array($0) } ?? []
        return NamedCall(
            number: question.integer(0), erased: question.string(1), record: record)
    }
}
