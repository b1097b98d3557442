// BoundedQueueTests: values handed from one thread to another.
import Testing

@testable import System

@Suite struct BoundedQueueTests {
    /// Adds values on a thread of its own, and says at the end how many were taken.
    private func add(_ count: Int, to queue: BoundedQueue<Int>) throws -> BoundedQueue<Int> {
        let added = BoundedQueue<Int>(room: 1)
        try OwnThread.begin {
            let taken = (0..<count).prefix { queue.add($0) }.count
            queue.finish()
            _ = added.add(taken)
        }
        return added
    }

    @Test(arguments: [1, 2, 64]) func allValuesComeInTheirOrderAndNeverMoreThanThereIsRoom(
        room: Int
    ) throws {
        let queue = BoundedQueue<Int>(room: room)
        let added = try add(10_000, to: queue)
        var all: [Int] = []
        while true {
            let some = queue.takeAll()
            if some.isEmpty { break }
            #expect(some.count <= room)
            all += some
        }
        #expect(all == Array(0..<10_000))
        #expect(added.takeAll() == [10_000])
    }

    @Test func aThreadThatWaitsForRoomIsLetGoWhenNoMoreIsTaken() throws {
        let queue = BoundedQueue<Int>(room: 4)
        let added = try add(10_000, to: queue)
        #expect(queue.takeAll().first == 0)
        queue.close()
        let taken = try #require(added.takeAll().first)
        #expect(taken < 10_000)
        #expect(!queue.add(1))
    }

    @Test func anEndWithoutValuesIsNone() {
        let queue = BoundedQueue<Int>(room: 1)
        queue.finish()
        #expect(queue.takeAll().isEmpty)
    }
}
