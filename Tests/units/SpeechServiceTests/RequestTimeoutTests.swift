// RequestTimeoutTests: the time that a service may take.
import Testing

@testable import SpeechService

@Suite("RequestTimeout")
struct RequestTimeoutTests {
    @Test("a short call has ten minutes, a long one five times its length and more")
    func grows() {
        #expect(RequestTimeout.forSound(ofSeconds: 5) == .seconds(600))
        #expect(RequestTimeout.forSound(ofSeconds: 3600) == .seconds(18_060))
        #expect(RequestTimeout.forSound(ofSeconds: -1) == .seconds(600))
    }
}
