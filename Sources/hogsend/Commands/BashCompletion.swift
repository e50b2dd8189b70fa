/// Completion for bash, of which macOS has version 3.2.
struct BashCompletion {
    let tree: CompletionTree

    var script: String {
        """
        # Completion of hogsend for bash; load it with `source <(hogsend completions bash)`.
        _hogsend_value() {
            case $1 in
        \(values("text", \.isText))\(values("file", \.isFile))\(values("provider", \.isProvider))\
            *) kind= ;;
            esac
        }

        _hogsend_place() {
            case $1 in
        \(tree.places.map(place).joined(separator: "\n"))
            *) return 1 ;;
            esac
        }

        _hogsend() {
            local current=${COMP_WORDS[COMP_CWORD]} place='' kind='' waiting='' words='' flags=''
            local word i lost=''
            COMPREPLY=()
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [[ $waiting ]]; then
                    [[ $word == '=' ]] || waiting=''
                    continue
                fi
                _hogsend_value "$word"
                waiting=$kind
                [[ $kind || $word == -* ]] || place+=" $word"
            done
            [[ $current == '=' ]] && current=''
            case $waiting in
            text) return ;;
            file)
                local IFS=$'\\n'
                compopt -o filenames 2>/dev/null
                COMPREPLY=($(compgen -f -- "$current"))
                return
                ;;
            provider)
                COMPREPLY=($(compgen -W \(providers) -- "$current"))
                return
                ;;
            esac
            until _hogsend_place "$place"; do place=${place% *} lost=1; done
            if [[ $current == -* ]]; then
                COMPREPLY=($(compgen -W "$flags \(globals)" -- "$current"))
            elif [[ ! $lost ]]; then
                COMPREPLY=($(compgen -W "$words" -- "$current"))
            fi
        }

        complete -F _hogsend hogsend
        """
    }

    private var providers: String {
        tree.providers.map(\.word).joined(separator: " ").quotedForShell
    }

    private var globals: String {
        Flag.globals.flatMap(\.spellings).joined(separator: " ")
    }

    private func place(_ place: CompletionTree.Place) -> String {
        let path = place.path.map { " \($0)" }.joined().quotedForShell
        let words = place.choices.map(\.word).joined(separator: " ").quotedForShell
        let flags = place.flags.flatMap(\.spellings).joined(separator: " ").quotedForShell
        return "    \(path)) words=\(words) flags=\(flags) ;;"
    }

    private func values(
        _ kind: String, _ isMeant: (CompletionTree.Value) -> Bool
    ) -> String {
        let names = tree.flags.filter { CompletionTree.value(of: $0).map(isMeant) ?? false }
            .flatMap(\.spellings).joined(separator: " | ")
        return names.isEmpty ? "" : "    \(names)) kind=\(kind) ;;\n"
    }
}

extension CompletionTree.Value {
    var isText: Bool { self == .text }
    var isFile: Bool { self == .file }
    var isProvider: Bool { self == .provider }
}
