// Remedy: the commands that delete a recording's files at a destination.

/// The remedy for a destination that still has files of a recording.
func remedy(_ destination: String, _ id: String) -> String {
    destination == "drive"
        ? "run: state-erase --records \(id) | drive-delete | state-erase --reason TEXT -"
        : "delete them there first"
}
