// StorageFailure: what an error of the file system means for the record and for the line.
internal import Glibc
internal import Records
internal import System

extension Failure {
    /// A failure of reading or writing files; a full or read-only disk concerns every record.
    static func storage(_ action: String, _ error: SystemError) -> Failure {
        let message = "\(action): \(error.reason)"
        switch error.code {
        case ENOSPC, EDQUOT:
            return Failure(.stop, .storage, message, remedy: "free some space and run again")
        case EROFS, EACCES, EPERM:
            return Failure(
                .stop, .storage, message, remedy: "make the data directory writable for this user")
        // EFBIG: what stands against one file, an RLIMIT_FSIZE or the file system, hits the next too.
        case EIO, EFBIG, EMFILE, ENFILE, ENOTDIR, ELOOP:
            return Failure(.stop, .storage, message)
        case ENAMETOOLONG: return Failure(.item, .input, message)
        case ENOENT:
            return Failure(.temporary, .storage, message, remedy: "run the stage that makes it")
        default: return Failure(.temporary, .storage, message)
        }
    }
}
