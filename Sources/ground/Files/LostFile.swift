// LostFile: the failures of a record whose file on the disk is not the one that was made.
public import Records

extension Failure {
    /// The failure of a record whose file is not on the disk; its stage has to make it again.
    ///
    /// - Parameters:
    ///   - member: The member of the record that names the file, such as `audio`.
    ///   - action: The work that needs the file, such as `transcribe the audio`.
    ///   - remedy: How to make it again.
    /// - Returns: A failure of scope `temporary`, kind `storage`, with the member as its `file`.
    public static func missing(_ member: String, _ action: String, remedy: String) -> Failure {
        Failure(
            .temporary, .storage, "\(action): the file is not there", remedy: remedy, file: member)
    }

    /// The failure of a record whose file has other bytes than the record says.
    ///
    /// - Parameters:
    ///   - member: The member of the record that names the file, such as `audio`.
    ///   - action: The work that needs the file, such as `transcribe the audio`.
    ///   - remedy: How to make it again.
    /// - Returns: A failure of scope `temporary`, kind `integrity`, with the member as its `file`.
    public static func changed(_ member: String, _ action: String, remedy: String) -> Failure {
        Failure(
            .temporary, .integrity, "\(action): the file was changed since it was made",
            remedy: remedy, file: member)
    }
}
