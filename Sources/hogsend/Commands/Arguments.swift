/// A command line taken apart; nothing is looked up or checked against the world.
struct Arguments: Sendable {
    private(set) var positionals: [String] = []
    private var values: [String: String] = [:]

    /// Reads `--flag value`, `--flag=value` and switches; after `--` everything is positional.
    ///
    /// The first `verbWords` positionals are the command's own name and are left out.
    init(_ words: [String], flags: [Flag], verbWords: Int = 0) throws(UsageError) {
        try read(words, flags)
        positionals.removeFirst(min(verbWords, positionals.count))
    }

    private mutating func read(_ words: [String], _ flags: [Flag]) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                positionals += rest
                return
            }
            guard word.hasPrefix("-"), word != "-" else {
                positionals.append(word)
                continue
            }
            try read(word, &rest, flags)
        }
    }

    private mutating func read(
        _ word: String, _ rest: inout ArraySlice<String>, _ flags: [Flag]
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = flags.first(where: { $0.name == name || $0.alias == name }) else {
            throw UsageError("there is no flag '\(name.prefix(60))' here")
        }
        guard values[flag.name] == nil else {
            throw UsageError("'\(flag.name)' is given twice")
        }
        values[flag.name] = try value(of: flag, parts.count == 2 ? String(parts[1]) : nil, &rest)
    }

    private func value(
        of flag: Flag, _ attached: String?, _ rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard flag.value != nil else {
            guard attached == nil else { throw UsageError("'\(flag.name)' takes no value") }
            return ""
        }
        // A word that looks like a flag is one; such a value is attached with `=`.
        let next = rest.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
        guard let value = attached ?? next, !value.isEmpty else {
            throw UsageError("'\(flag.name)' needs a value")
        }
        if attached == nil { rest.removeFirst() }
        return value
    }

    subscript(_ flag: String) -> String? { values[flag] }

    func has(_ flag: String) -> Bool { values[flag] != nil }
}

/// A command line that cannot be understood; ends with 2.
struct UsageError: Error, Equatable {
    let description: String
    init(_ description: String) { self.description = description }
}
