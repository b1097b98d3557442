// DeadlineTests: how long a service is waited for.
import SpeechServices
import Testing

@Suite("Deadline")
struct DeadlineTests {
    @Test("a short call has ten minutes, a long one five times its length and more")
    func grows() {
        #expect(Deadline.forSound(ofSeconds: 5) == .seconds(600))
        #expect(Deadline.forSound(ofSeconds: 3600) == .seconds(18_060))
        #expect(Deadline.forSound(ofSeconds: -1) == .seconds(600))
    }
}
