// AudioTool: the audio of each path on standard input, prepared as transcribe prepares it; a line
// each on standard output, and the most memory of this process at the end.
//
// The argument is the work: mix (the default), mixReversed, split or probe.
import Audio
import Glibc
import Records

let work = CommandLine.arguments.dropFirst().first ?? "mix"

/// Counts the samples, so that each is looked at.
func prepare(_ path: String) throws(Failure) -> String {
    var samples = 0
    var peak: Int16 = 0
    let facts: Audio.Facts
    switch work {
    case "probe": facts = try Audio.probe(path)
    default:
        let channels: Audio.Channels =
            work == "split" ? .split : work == "mixReversed" ? .mixReversed : .mix
        facts = try Audio.decode(path, channels: channels) { _, block in
            samples += block.count
            for index in block.indices { peak = max(peak, block[index]) }
        }
    }
    return "ok \(facts.seconds) s \(facts.rate) Hz \(facts.channels) \(facts.codec)"
        + " \(facts.damagedPackets) damaged, \(facts.missingSeconds) s missing, \(samples) samples up to \(peak)"
}

Audio.report { event in
    if case .note(let text) = event { print("note", text) }
}
while let path = readLine() {
    do throws(Failure) {
        print(try prepare(path))
    } catch {
        print(error.scope.rawValue, error.message)
    }
    fflush(nil)
}
var usage = rusage()
unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
print("most memory \(usage.ru_maxrss) KiB")
