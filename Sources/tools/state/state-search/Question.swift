// Question: the options of state-search as a question, and the ones that mean nothing together.
import CheckpointSearch
import Filter
import Records

extension Options<ToolOptions> {
    /// Refuses a command line with options that would be ignored.
    ///
    /// - Throws: `UsageError`.
    func checkUsage() throws(UsageError) {
        let asking: [any DeclaredOption] = [
            table.phrase, table.substring, table.speaker, table.phone, table.ext, table.from,
            table.to, table.within, table.sentiment, table.source,
        ]
        let showing: [any DeclaredOption] = [
            table.order, table.limit, table.context, table.records, table.count, table.by,
            table.saved, table.isNew, table.explain,
        ]
        for upkeep in [table.rebuild, table.check] where isGiven(upkeep) {
            let place = "with --\(upkeep.spelling.name)"
            try refuse(asking + showing, place)
            try refuseOperands(place)
        }
        if self.rebuild, self.check { throw UsageError("give either --rebuild or --check") }
        if self.rebuild || self.check { return }
        if self.phrase, self.substring {
            throw UsageError("give either --phrase or --substring")
        }
        let results: [any DeclaredOption] = [table.records, table.count, table.by, table.explain]
        if results.filter(isGiven).count > 1 {
            throw UsageError("ask for one of --records, --count, --by and --explain")
        }
        if self.count || self.by != nil {
            try refuse([table.order, table.limit, table.context], "with --count or --by")
        }
        if self.records { try refuse([table.context, table.format], "with --records") }
        if self.isNew, self.saved == nil { throw UsageError("option --new needs --saved NAME") }
        if self.isNew { try refuse([table.order], "with --new") }
        if self.substring { try refuse([table.order], "with --substring") }
        try checkWords(asking)
    }

    private func checkWords(_ asking: [any DeclaredOption]) throws(UsageError) {
        if operands.contains(where: { !$0.isEmpty }) { return }
        if self.saved != nil { return try refuse(asking, "with a question that was saved") }
        if self.phone == nil, self.ext == nil, self.sentiment == nil {
            throw UsageError("give the words to find, or --phone, --extension or --sentiment")
        }
        try refuse(
            [table.phrase, table.substring, table.speaker, table.within, table.context],
            "without words")
        if self.order == .rank { throw UsageError("option --order rank needs words") }
    }

    /// The question of the command line; `nil` when it names a saved one only.
    var question: SearchQuestion? {
        let text = operands.joined(separator: " ")
        if text.isEmpty, self.saved != nil { return nil }
        var question = SearchQuestion(text)
        question.kind = self.phrase ? .phrase : self.substring ? .substring : .words
        question.speaker = self.speaker
        question.phone = self.phone
        question.extension = self.ext
        question.from = self.from?.text
        question.to = self.to?.text
        question.within = self.within
        question.sentiment = self.sentiment
        question.source = self.source
        return question
    }
}
