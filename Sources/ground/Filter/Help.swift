// Help: the texts that are printed from the table of options.

extension Tool {
    /// The text of `--help`.
    var help: String {
        var text = "usage: \(name) [options]\(operands.isEmpty ? "" : " \(operands)")\n"
        text += "\(name): \(summary)\n\n"
        for example in examples { text += "  \(example)\n" }
        if !examples.isEmpty { text += "\n" }
        text += "options:\n"
        let width = allOptions.map { Tool.spelled($0).count }.max() ?? 0
        for option in allOptions {
            let name = Tool.spelled(option)
            let gap = String(repeating: " ", count: width - name.count + 2)
            text += "  \(name)\(gap)\(option.help)\n"
        }
        return text + "\nThe manual: man \(name), man callpipe.\n"
    }

    private static func spelled(_ option: Option) -> String {
        let letter = option.letter.map { "-\($0), " } ?? "    "
        return "\(letter)--\(option.name)" + (option.valueName.map { " \($0)" } ?? "")
    }

    /// The text of `--completion SHELL`.
    func completion(for shell: String) throws(UsageError) -> String {
        let words = allOptions.map { "--\($0.name)" }
        switch shell {
        case "bash":
            return """
                _\(function)() {
                    local word=${COMP_WORDS[COMP_CWORD]}
                    if [[ $word == -* ]]; then
                        mapfile -t COMPREPLY < <(compgen -W "\(words.joined(separator: " "))" -- "$word")
                    else
                        mapfile -t COMPREPLY < <(compgen -f -- "$word")
                    fi
                }
                complete -o filenames -F _\(function) \(name)

                """
        case "zsh":
            let rows = allOptions.map { option in
                let help = option.help.replacing("'", with: "").replacing("[", with: "(")
                    .replacing("]", with: ")")
                let value = option.valueName.map { ":\($0):_files" } ?? ""
                return "  '--\(option.name)[\(help)]\(value)'"
            }
            return "#compdef \(name)\n_arguments \\\n"
                + (rows + ["  '*:file:_files'"]).joined(separator: " \\\n") + "\n"
        case "fish":
            return allOptions.map { option in
                let letter = option.letter.map { " -s \($0)" } ?? ""
                let value = option.valueName == nil ? "" : " -r"
                let help = option.help.replacing("'", with: "\\'")
                return "complete -c \(name) -l \(option.name)\(letter)\(value) -d '\(help)'\n"
            }.joined()
        default:
            throw UsageError("option --completion knows bash, zsh and fish, not \"\(shell)\"")
        }
    }

    private var function: String { name.replacing("-", with: "_") }
}

extension String {
    fileprivate func replacing(_ mark: Character, with text: String) -> String {
        reduce(into: "") { $0 += $1 == mark ? text : String($1) }
    }
}
