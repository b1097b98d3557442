// BoundedQueue: values that one thread hands to another.
internal import Glibc

/// Values on their way from one thread to another, in their order, never more than a number of them.
///
/// A thread that waits in it blocks, so both ends belong on threads of their own.
///
/// It is `Sendable` because every access to its values and its marks holds the lock.
@safe
public final class BoundedQueue<Value: Sendable>: @unchecked Sendable {
    private let room: Int
    private var values: [Value] = []
    private var isFinished = false
    private var isClosed = false
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Makes a queue with room for so many values, at least one.
    ///
    /// The corresponding C functions are `pthread_mutex_init` and `pthread_cond_init`.
    public init(room: Int) {
        self.room = max(1, room)
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(change, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(change)
        unsafe pthread_mutex_destroy(lock)
        unsafe change.deallocate()
        unsafe lock.deallocate()
    }

    /// Adds a value, once there is room for it.
    ///
    /// - Returns: False when the other thread takes no more.
    public func add(_ value: Value) -> Bool {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while values.count >= room, !isClosed { unsafe pthread_cond_wait(change, lock) }
        guard !isClosed else { return false }
        values.append(value)
        if values.count == 1 { unsafe pthread_cond_signal(change) }
        return true
    }

    /// Says that no value will follow.
    public func finish() {
        unsafe pthread_mutex_lock(lock)
        isFinished = true
        unsafe pthread_cond_signal(change)
        unsafe pthread_mutex_unlock(lock)
    }

    /// Takes all values that are there, and waits for the first; none are left once it is empty.
    public func takeAll() -> [Value] {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while values.isEmpty, !isFinished { unsafe pthread_cond_wait(change, lock) }
        var taken: [Value] = []
        swap(&taken, &values)
        unsafe pthread_cond_signal(change)
        return taken
    }

    /// Takes no more values, so that the other thread need not find any.
    public func close() {
        unsafe pthread_mutex_lock(lock)
        isClosed = true
        values = []
        unsafe pthread_cond_signal(change)
        unsafe pthread_mutex_unlock(lock)
    }
}
