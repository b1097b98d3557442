// AnnouncementFile: the announcements that a file names.
import Files
import Measures
import Records
import System

extension Announcements {
    /// Reads a file with an announcement on each line; without a file there are none.
    ///
    /// - Throws: `Failure` of scope `stop`, kind `configuration`, for a file that cannot be read.
    init(file path: String?) throws(Failure) {
        guard let path else {
            self.init([])
            return
        }
        var bytes: [UInt8] = []
        do throws(SystemError) {
            try FileBytes.each(of: path) { part in
                for index in part.indices { bytes.append(part[index]) }
            }
        } catch {
            throw Failure(
                .stop, .configuration, "read announcements from \(path): \(error.reason)",
                remedy: "name a file with an announcement on each line")
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        self.init(lines.map(String.init))
    }
}
