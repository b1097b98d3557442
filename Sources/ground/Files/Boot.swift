// Boot: time that no clock setting moves, and which boot it belongs to.
internal import Glibc
internal import Records
internal import System

/// The machine's run since it was started.
public enum Boot {
    /// A text that no other boot has; empty where the kernel does not tell.
    public static let id: String = {
        let path = "/proc/sys/kernel/random/boot_id"
        let bytes = (try? Descriptor.contents(of: path, atMost: 256)) ?? []
        return String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
    }()

    /// Seconds since the boot, those asleep included.
    ///
    /// The corresponding C function is `clock_gettime` with `CLOCK_BOOTTIME`.
    public static var seconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
