// CommandLoop: the frame of a tool that runs another program and ends as that does.

extension Tool {
    /// Runs a tool that reads and writes nothing itself, and ends the program.
    ///
    /// - Parameter body: The work; it answers the exit status.
    public func command(_ body: (Options) throws -> Int32) -> Never {
        let session = Session.start(self)
        do {
            session.leave(with: try body(session.options))
        } catch {
            session.finish(error, counting: false)
        }
    }
}
