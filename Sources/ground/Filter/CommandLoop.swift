// CommandLoop: the frame of a tool that runs another program and ends with its status.

extension Tool {
    /// Runs a tool that reads and writes nothing itself, and ends the program.
    ///
    /// - Parameter body: The work; it returns the exit status.
    public func command(_ body: (Options<Table>) throws -> Int32) -> Never {
        let (session, options, _) = Session.start(self, NoOptions())
        do {
            session.leave(with: try body(options))
        } catch {
            session.finish(error, counting: false)
        }
    }
}
