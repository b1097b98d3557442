// AudioTool: the audio of each path on standard input, prepared as transcribe prepares it; a line
// each on standard output, and the most memory of this process at the end.
//
// What is done with each is the argument: mix (the default), split, probe or compare.
import Audio
import Glibc
import Records

let work = CommandLine.arguments.dropFirst().first ?? "mix"

/// Counts, so that what comes is looked at.
func prepare(_ path: String) throws(Failure) -> String {
    var samples = 0
    var peak: Int16 = 0
    let facts: Audio.Facts
    switch work {
    case "probe": facts = try Audio.probe(path)
    case "compare": return "ok \(try Audio.isDualMono(path) ? "alike" : "different")"
    default:
        facts = try Audio.decode(path, channels: work == "split" ? .split : .mix) { _, block in
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
