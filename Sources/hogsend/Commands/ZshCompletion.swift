/// Completion for zsh, as a file on the `fpath` or as something to evaluate.
struct ZshCompletion {
    let tree: CompletionTree

    var script: String {
        """
        #compdef hogsend
        # Completion of hogsend for zsh; load it with `source <(hogsend completions zsh)`.
        _hogsend_place() {
            case $1 in
        \(tree.places.map(place).joined(separator: "\n"))
            (*) return 1 ;;
            esac
        }

        _hogsend() {
            local place='' waiting='' word='' lost='' i
            local -a choices flags
            for ((i = 2; i < CURRENT; i++)); do
                word=${words[i]}
                if [[ -n $waiting ]]; then
                    waiting=''
                    continue
                fi
                case $word in
        \(values("text", \.isText))\(values("file", \.isFile))\(values("provider", \.isProvider))\
                (-*) ;;
                (*) place+=" $word" ;;
                esac
            done
            case $waiting in
            (text) return 1 ;;
            (file) _files; return ;;
            (provider) compadd -- \(providers); return ;;
            esac
            until _hogsend_place $place; do place=${place% *} lost=1; done
            if [[ $PREFIX == -* ]]; then
                flags+=(\(described(Flag.globals)))
                _describe -o flag flags
            elif [[ -z $lost ]]; then
                _describe word choices
            fi
        }

        if [[ ${funcstack[1]} == _hogsend ]]; then
            _hogsend "$@"
        else
            compdef _hogsend hogsend
        fi
        """
    }

    private var providers: String {
        tree.providers.map(\.word.quotedForShell).joined(separator: " ")
    }

    private func place(_ place: CompletionTree.Place) -> String {
        let path = place.path.map { " \($0)" }.joined().quotedForShell
        let choices = place.choices.map { Self.item($0.word, $0.summary) }.joined(separator: " ")
        return """
                (\(path))
                    choices=(\(choices))
                    flags=(\(described(place.flags))) ;;
            """
    }

    private func described(_ flags: [Flag]) -> String {
        flags.flatMap { flag in flag.spellings.map { Self.item($0, flag.help) } }
            .joined(separator: " ")
    }

    private static func item(_ word: String, _ summary: String) -> String {
        let word = word.replacing(":", with: #"\:"#)
        return (summary.isEmpty ? word : "\(word):\(summary)").quotedForShell
    }

    private func values(
        _ kind: String, _ isMeant: (CompletionTree.Value) -> Bool
    ) -> String {
        let names = tree.flags.filter { CompletionTree.value(of: $0).map(isMeant) ?? false }
            .flatMap(\.spellings).joined(separator: "|")
        return names.isEmpty ? "" : "        (\(names)) waiting=\(kind) ;;\n"
    }
}
