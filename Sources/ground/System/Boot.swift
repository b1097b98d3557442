// Boot: the machine's run since it was started, and the clocks.
internal import Glibc

/// The machine's run since it was started.
public enum Boot {
    /// A text that no other boot has; empty where the kernel does not tell.
    public static let id: String = {
        let path = "/proc/sys/kernel/random/boot_id"
        let bytes = (try? Descriptor.contents(of: path, atMost: 256)) ?? []
        return String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)
    }()

    /// Seconds since the boot, those asleep included; setting the clock does not move them.
    ///
    /// The corresponding C function is `clock_gettime` with `CLOCK_BOOTTIME`.
    public static var seconds: Double {
        let time = SystemClock.read(CLOCK_BOOTTIME)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Readings of the kernel's clocks.
public enum SystemClock {
    /// The time of day, in milliseconds since 1970.
    ///
    /// The corresponding C function is `clock_gettime` with `CLOCK_REALTIME`.
    public static var milliseconds: Int {
        let time = read(CLOCK_REALTIME)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Seconds from any fixed moment, for spans; setting the clock does not move them.
    ///
    /// The corresponding C function is `clock_gettime` with `CLOCK_MONOTONIC`.
    public static var seconds: Double {
        let time = read(CLOCK_MONOTONIC)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    fileprivate static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return time
    }
}
