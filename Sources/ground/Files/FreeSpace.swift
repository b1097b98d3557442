// FreeSpace: the room that a file system has to keep, asked for before anything is written.
public import Records
internal import System

/// A floor under the free space of a file system.
///
/// It is for work that can wait: it stops the line while there is still room for what must be
/// written down, such as the marks of what is done.
public struct FreeSpace: Sendable {
    private let path: String
    private let floor: ByteCount

    /// Watches the file system of a directory.
    ///
    /// - Parameters:
    ///   - path: A directory that is there.
    ///   - floor: The room that has to stay free; 0 asks for nothing.
    public init(_ path: String, keeping floor: ByteCount) {
        self.path = path
        self.floor = floor
    }

    /// Sees that there is room.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `space`, where less is free than has to stay free.
    public func check() throws(Failure) {
        guard floor.bytes > 0 else { return }
        let free: Int
        do {
            free = try FileSystem.freeBytes(at: path)
        } catch {
            throw .storage("look at the free space of \(path)", error)
        }
        guard free < floor.bytes else { return }
        throw Failure(
            .stop, .space,
            "write below \(path): \(ByteCount(free)) are free, and \(floor) have to stay free",
            remedy: "make room, for example by state-prune, or ask for less with --min-free")
    }
}
