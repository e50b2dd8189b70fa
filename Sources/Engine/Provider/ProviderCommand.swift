/// A verb that a provider adds to the command line: `hogsend <id> <words> <arguments>`.
///
/// It runs on the user's machine and knows nothing but the instance's answers.
public struct ProviderCommand: Sendable {
    /// What a verb does: it calls the instance and reports, or refuses.
    public typealias Body =
        @Sendable (CommandCall) async throws(CommandRefusal) -> CommandReport

    /// An option of the verb beyond those of every command.
    public struct Flag: Sendable, Equatable {
        /// The name with its hyphens, such as `--limit`; no global flag's.
        public let name: String
        /// What stands for the value in help; nil for a switch.
        public let value: String?
        /// What it does, in one line.
        public let help: String

        /// Declares an option.
        public init(_ name: String, value: String? = nil, _ help: String) {
            self.name = name
            self.value = value
            self.help = help
        }
    }

    /// The words after the provider's id, such as `["person"]`.
    public let words: [String]
    /// The names of the arguments that must follow, as help shows them: `["distinct-id"]`.
    public let arguments: [String]
    /// What it does, in one line.
    public let summary: String
    /// Its options.
    public let flags: [Flag]
    /// What runs.
    public let body: Body

    /// Declares a verb.
    public init(
        _ words: [String], arguments: [String] = [], summary: String, flags: [Flag] = [],
        body: @escaping Body
    ) {
        self.words = words
        self.arguments = arguments
        self.summary = summary
        self.flags = flags
        self.body = body
    }
}

/// One use of a provider's verb.
public struct CommandCall: Sendable {
    /// Calls the instance as its administrator, with a method, a path and perhaps a body.
    public typealias Sender =
        @Sendable (String, String, JSONValue?) async throws(CommandRefusal) -> CommandAnswer

    /// The arguments, as many as were declared.
    public let arguments: [String]
    private let flags: [String: String]
    private let sender: Sender

    /// Makes a use; tests make their own.
    public init(arguments: [String], flags: [String: String] = [:], sender: @escaping Sender) {
        self.arguments = arguments
        self.flags = flags
        self.sender = sender
    }

    /// The option's value, empty for a switch that was given; nil when it was not given.
    public subscript(_ flag: String) -> String? { flags[flag] }

    /// Calls the instance; every answer is returned, whatever its status.
    ///
    /// - Throws: ``CommandRefusal`` when the instance cannot be reached or takes no such key.
    public func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil
    ) async throws(CommandRefusal) -> CommandAnswer { try await sender(method, path, body) }
}

/// What the instance answered to a verb.
public struct CommandAnswer: Sendable, Equatable {
    /// The status.
    public let status: Int
    /// The body; null when it is no JSON.
    public let json: JSONValue

    /// Makes an answer.
    public init(status: Int, json: JSONValue) {
        self.status = status
        self.json = json
    }
}

/// What a verb has to say in the end.
public struct CommandReport: Sendable, Equatable {
    /// The members of the one document of `--json`, beside `ok`.
    public let document: [String: JSONValue]
    /// What people read; strangers' texts in it are cleaned by the provider.
    public let lines: [String]

    /// Makes a report.
    public init(document: [String: JSONValue], lines: [String]) {
        self.document = document
        self.lines = lines
    }
}

/// Why a verb did not do what it was asked; ends with 1.
public struct CommandRefusal: ActionableError, Equatable {
    /// The stable word in `verdict`.
    public let code: String
    /// One sentence.
    public let description: String
    /// What to do about it.
    public let hint: String?

    /// Words a refusal.
    public init(_ code: String, _ description: String, hint: String? = nil) {
        self.code = code
        self.description = description
        self.hint = hint
    }

    /// Says what an instance's error answer says.
    public init(_ answer: CommandAnswer) {
        let error = answer.json["error"]?.string?.sanitized(limit: 80)
        let isUnknown = answer.status == 404 && answer.json["detail"] == nil
        self.init(
            isUnknown ? "unsupported_by_instance" : error ?? "unexpected_answer",
            answer.json["detail"]?.string?.sanitized(limit: 600)
                ?? "the instance answered with status \(answer.status)",
            hint: answer.json["remediation"]?.string?.sanitized()
                ?? (isUnknown ? "check that the instance is not older than this program" : nil))
    }
}
