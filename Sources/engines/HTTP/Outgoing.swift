// Outgoing: a request's body, read as it is sent and never longer than declared.
internal import Glibc
internal import Records
internal import System

/// A body that is being sent, with the place of its next byte.
struct Outgoing: ~Copyable {
    private let parts: [Request.Part]
    let length: Int
    private var position = 0
    private var openPart: Int?
    private var file: OwnedDescriptor?

    init(_ body: Request.Body) {
        switch body {
        case .empty: parts = []
        case .bytes(let bytes): parts = [.bytes(bytes)]
        case .parts(let parts): self.parts = parts
        }
        length = body.length
    }

    mutating func seek(to offset: Int) -> Bool {
        guard (0...length).contains(offset) else { return false }
        position = offset
        return true
    }

    /// Fills the room with bytes of one piece; 0 is the end of the body.
    mutating func read(into room: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        var start = 0
        for (index, part) in parts.enumerated() {
            let place = position - start
            guard place >= part.length else {
                let count = min(room.count, part.length - place)
                let wanted = unsafe UnsafeMutableRawBufferPointer(rebasing: room[..<count])
                let got = try unsafe read(index, part, from: place, into: wanted)
                position += got
                return got
            }
            start += part.length
        }
        return 0
    }

    private mutating func read(
        _ index: Int, _ part: Request.Part, from place: Int,
        into room: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> Int {
        switch part {
        case .bytes(let bytes):
            unsafe room.copyBytes(from: bytes[place..<(place + room.count)])
            return room.count
        case .file(let path, let offset, _):
            let descriptor = try descriptor(of: path, part: index)
            let count: Int
            do {
                count = try unsafe Descriptor.read(descriptor, at: offset + place, into: room)
            } catch {
                throw unreadable(error.reason)
            }
            guard count > 0 else { throw unreadable("it is shorter than it was") }
            return count
        }
    }

    private mutating func descriptor(of path: String, part: Int) throws(Failure) -> Int32 {
        if openPart != part {
            do {
                file = try OwnedDescriptor(opening: path, O_RDONLY)
            } catch {
                throw unreadable(error.reason)
            }
            openPart = part
        }
        return file?.number ?? -1
    }

    private func unreadable(_ reason: String) -> Failure {
        Failure(
            .temporary, .storage, "read the file to send: \(reason)",
            remedy: "run again when nothing writes to the file")
    }
}
