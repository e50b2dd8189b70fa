import Engine

/// What may stand where on a command line, from the declarations of commands and flags.
struct CompletionTree: Sendable {
    /// A word, and what it does.
    struct Choice: Sendable, Equatable {
        let word: String
        let summary: String
    }

    /// What may follow some words.
    struct Place: Sendable {
        let path: [String]
        fileprivate(set) var choices: [Choice] = []
        fileprivate(set) var flags: [Flag] = []
    }

    /// What the value of a flag is.
    enum Value: Sendable {
        case file
        case provider
        case text
    }

    static let shells = ["bash", "zsh", "fish"]

    private(set) var places: [Place] = []
    let providers: [Choice]

    init(_ registry: ProviderRegistry) {
        providers = registry.providers.map { Choice(word: $0.id.rawValue, summary: $0.name) }
        let table = CommandTable(registry: registry)
        for verb in table.verbs(for: nil) { add(verb) }
        for provider in registry.providers {
            for verb in table.verbs(for: provider)
            where Self.takesProvider(verb.command, provider) {
                change(verb.words + [provider.id.rawValue]) { $0.flags = Self.shown(verb.command) }
            }
        }
    }

    /// The value that a flag takes; nil for a switch.
    static func value(of flag: Flag) -> Value? {
        switch (flag.value, flag.name) {
        case (nil, _): nil
        case ("PATH", _): .file
        case (_, "--provider"): .provider
        default: .text
        }
    }

    /// Every flag that some command takes, once, in order.
    var flags: [Flag] {
        var seen: Set<String> = []
        return (places.flatMap(\.flags) + Flag.globals).filter { seen.insert($0.name).inserted }
    }

    /// Whether its last word is a provider, of which the usage may name one already.
    private static func takesProvider(
        _ command: any Command, _ provider: (any Provider)? = nil
    ) -> Bool {
        command.usage.hasSuffix(" <provider>")
            || provider.map { command.usage.hasSuffix(" \($0.id)") } ?? false
    }

    /// Without what stands for a flag in the help of all providers.
    private static func shown(_ command: any Command) -> [Flag] {
        command.flags.filter { !$0.name.contains("<") }
    }

    private mutating func add(_ verb: CommandTable.Verb) {
        for (index, word) in verb.words.enumerated() {
            let isLast = index == verb.words.count - 1
            let choice = Choice(word: word, summary: isLast ? verb.command.summary : "")
            change(Array(verb.words[..<index])) { place in
                if !place.choices.contains(where: { $0.word == word }) {
                    place.choices.append(choice)
                }
            }
        }
        let providers = providers
        change(verb.words) { place in
            place.flags = Self.shown(verb.command)
            if Self.takesProvider(verb.command) { place.choices += providers }
            if verb.command.usage.hasSuffix(" <shell>") {
                place.choices += Self.shells.map { Choice(word: $0, summary: "") }
            }
        }
    }

    private mutating func change(_ path: [String], _ body: (inout Place) -> Void) {
        if let index = places.firstIndex(where: { $0.path == path }) {
            body(&places[index])
        } else {
            var place = Place(path: path)
            body(&place)
            places.append(place)
        }
    }
}

extension Flag {
    /// Its name and the other one that it has.
    var spellings: [String] { [name] + (alias.map { [$0] } ?? []) }
}

extension String {
    /// Between single quotes, as bash and zsh read them.
    var quotedForShell: String { "'" + replacing("'", with: #"'\''"#) + "'" }
}
