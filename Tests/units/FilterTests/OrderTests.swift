// OrderTests: lines wait for those before them, but not without bound.
import Foundation
import Synchronization
import Testing

@testable import Filter

struct OrderTests {
    @Test("Lines that several threads finish in any order come out in order")
    func order() {
        let order = Order()
        let written = Mutex<[UInt16]>([])
        DispatchQueue.concurrentPerform(iterations: 2000) { number in
            let line = [UInt8(number >> 8), UInt8(number & 255)]
            try? order.take(number, line) { line in
                written.withLock { $0.append(UInt16(line[0]) << 8 | UInt16(line[1])) }
            }
        }
        #expect(written.withLock { $0 } == Array(0..<2000))
    }

    @Test("When much is held back, no more is begun until the first has come")
    func bound() throws {
        let order = Order()
        let line = [UInt8](repeating: 0x78, count: 1 << 20)
        var written = 0
        for number in 1...4 { try order.take(number, line) { _ in written += 1 } }
        #expect(!order.isFull)
        try order.take(5, line) { _ in written += 1 }
        #expect(order.isFull)
        #expect(written == 0)
        try order.take(0, line) { _ in written += 1 }
        #expect(!order.isFull)
        #expect(written == 6)
    }
}
