// NoiseLevels: the levels of made sound.
import TestSound

@testable import Speech

extension Noise {
    static func levels(_ samples: [Int16], rate: Int = 8000) -> Levels {
        var levels = Levels(rate: rate)
        levels.append(samples.span)
        levels.finish()
        return levels
    }
}
