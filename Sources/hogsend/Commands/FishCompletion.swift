/// Completion for fish.
struct FishCompletion {
    let tree: CompletionTree

    var script: String {
        ([head, "complete -c hogsend -f"] + Flag.globals.map { option($0, "") }
            + tree.places.flatMap(lines)).joined(separator: "\n")
    }

    private var head: String {
        let names = tree.flags.filter { $0.value != nil }.flatMap(\.spellings)
        return """
            # Completion of hogsend for fish; load it with `hogsend completions fish | source`.
            function __hogsend_place
                set -l waiting
                set -l place
                set -l given (commandline -opc)
                for word in $given[2..-1]
                    if set -q waiting[1]
                        set waiting
                        continue
                    end
                    switch $word
                        case \(names.joined(separator: " "))
                            set waiting $word
                        case '-*'
                        case '*'
                            set -a place $word
                    end
                end
                echo "$place"
            end
            function __hogsend_at
                test (__hogsend_place) = "$argv"
            end
            function __hogsend_in
                set -l place (__hogsend_place)
                test "$place" = "$argv"; or string match -q -- "$argv *" "$place"
            end
            """
    }

    private func lines(_ place: CompletionTree.Place) -> [String] {
        let path = place.path.joined(separator: " ")
        // A place that others lie behind has flags of its own; behind the others stand arguments.
        let isInner = tree.places.contains {
            $0.path.count > place.path.count && $0.path.starts(with: place.path)
        }
        let condition = " -n \(Self.quoted("__hogsend_\(isInner ? "at" : "in") \(path)"))"
        let words = place.choices.map { choice in
            "complete -c hogsend -n \(Self.quoted("__hogsend_at \(path)")) -a \(choice.word)"
                + (choice.summary.isEmpty ? "" : " -d \(Self.quoted(choice.summary))")
        }
        return words + place.flags.map { option($0, condition) }
    }

    private func option(_ flag: Flag, _ condition: String) -> String {
        let names = flag.spellings.map { name in
            name.hasPrefix("--") ? " -l \(name.dropFirst(2))" : " -s \(name.dropFirst())"
        }
        let value =
            switch CompletionTree.value(of: flag) {
            case .file: " -r -F"
            case .provider:
                " -x -a \(Self.quoted(tree.providers.map(\.word).joined(separator: " ")))"
            case .text: " -x"
            case nil: ""
            }
        return
            "complete -c hogsend\(condition)\(names.joined())\(value) -d \(Self.quoted(flag.help))"
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing(#"\"#, with: #"\\"#).replacing("'", with: #"\'"#) + "'"
    }
}
