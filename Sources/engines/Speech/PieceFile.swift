// PieceFile: a piece as a file with a name, for programs that read files.
internal import Glibc
package import Records
internal import System

extension Piece {
    /// The most bytes that are copied at a time.
    private static let block = 1 << 20

    /// Writes the WAV file of the piece.
    ///
    /// - Parameter path: The file, which must not exist.
    /// - Throws: `Failure` of scope `stop`, kind `storage`.
    package func write(to path: String) throws(Failure) {
        do throws(SystemError) {
            let target = try OwnedDescriptor(
                opening: path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try Descriptor.writeAll(target.number, header)
            for range in ranges {
                var start = range.lowerBound
                while start < range.upperBound {
                    let end = min(range.upperBound, start + Piece.block)
                    try Descriptor.writeAll(target.number, samples(start..<end))
                    start = end
                }
            }
        } catch {
            throw .temporary(error)
        }
    }
}
