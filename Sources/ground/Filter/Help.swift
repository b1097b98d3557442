// Help: the texts of --help and --completion, made from the declared options.

extension Program {
    /// The text of `--help`.
    var help: String {
        var text = "usage: \(name) [options]\(operands.isEmpty ? "" : " \(operands)")\n"
        text += "\(name): \(summary)\n\n"
        for example in examples { text += "  \(example)\n" }
        if !examples.isEmpty { text += "\n" }
        text += "options:\n"
        let width = options.map { Program.spelled($0).count }.max() ?? 0
        for option in options {
            let name = Program.spelled(option)
            let gap = String(repeating: " ", count: width - name.count + 2)
            text += "  \(name)\(gap)\(option.help)\n"
        }
        return text + "\nThe manual: man \(name), man callpipe.\n"
    }

    private static func spelled(_ option: OptionSpelling) -> String {
        let letter = option.letter.map { "-\($0), " } ?? "    "
        return "\(letter)--\(option.name)" + (option.valueName.map { " \($0)" } ?? "")
    }

    /// The text of `--completion SHELL`.
    func completion(for shell: Shell) -> String {
        switch shell {
        case .bash: bashCompletion
        case .zsh: zshCompletion
        case .fish: fishCompletion
        }
    }

    private var bashCompletion: String {
        let words = options.map { "--\($0.name)" }.joined(separator: " ")
        let choices = options.filter { !$0.choices.isEmpty }.map { option in
            "        --\(option.name)) words=\"\(option.choices.joined(separator: " "))\" ;;\n"
        }.joined()
        return """
            _\(function)() {
                local word=${COMP_WORDS[COMP_CWORD]} words=
                case ${COMP_WORDS[COMP_CWORD - 1]} in
            \(choices)        *) [[ $word == -* ]] && words="\(words)" ;;
                esac
                if [[ -n $words ]]; then
                    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
                else
                    mapfile -t COMPREPLY < <(compgen -f -- "$word")
                fi
            }
            complete -o filenames -F _\(function) \(name)

            """
    }

    private var zshCompletion: String {
        let rows = options.map { option in
            let help = option.help.replacing("'", with: "").replacing("[", with: "(")
                .replacing("]", with: ")")
            let values =
                option.choices.isEmpty ? "_files" : "(\(option.choices.joined(separator: " ")))"
            let value = option.valueName.map { ":\($0):\(values)" } ?? ""
            return "  '--\(option.name)[\(help)]\(value)'"
        }
        return "#compdef \(name)\n_arguments \\\n"
            + (rows + ["  '*:file:_files'"]).joined(separator: " \\\n") + "\n"
    }

    private var fishCompletion: String {
        options.map { option in
            let letter = option.letter.map { " -s \($0)" } ?? ""
            let value = option.valueName == nil ? "" : " -r"
            let choices =
                option.choices.isEmpty ? "" : " -fa '\(option.choices.joined(separator: " "))'"
            let help = option.help.replacing("'", with: "\\'")
            return "complete -c \(name) -l \(option.name)\(letter)\(value)\(choices) -d '\(help)'\n"
        }.joined()
    }

    private var function: String { name.replacing("-", with: "_") }
}

/// The shells with a completion.
enum Shell: String, CaseIterable {
    case bash, zsh, fish
}

extension String {
    fileprivate func replacing(_ mark: Character, with text: String) -> String {
        reduce(into: "") { $0 += $1 == mark ? text : String($1) }
    }
}
