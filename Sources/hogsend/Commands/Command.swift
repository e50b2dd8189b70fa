import Engine

/// One verb of the command line.
protocol Command: Sendable {
    /// The words before the flags, such as `credentials show <provider>`.
    var usage: String { get }
    /// What it does, in one line.
    var summary: String { get }
    /// Its flags beyond the global ones.
    var flags: [Flag] { get }
    /// What help shows below the flags.
    var sections: [HelpSection] { get }
    /// How many words may follow the verb.
    var arity: ClosedRange<Int> { get }

    /// Runs; the answer is the exit status. Throws a ``UsageError`` or a ``ConnectError``.
    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32
}

extension Command {
    var flags: [Flag] { [] }
    var sections: [HelpSection] { [] }
    var arity: ClosedRange<Int> { 0...0 }
}

/// What every command may use.
struct CommandContext: Sendable {
    let registry: ProviderRegistry
    let environment: Environment
    /// The process's own variables, for the browser.
    let variables: [String: String]
    let console: Console
    /// What a worker hands events to.
    var sinks: [any EventSink] = []

    /// The provider of that name, or the verdict for one that this program does not know.
    func provider(_ name: String) throws(ConnectError) -> any Provider {
        do throws(UnknownProvider) {
            return try registry.provider(name)
        } catch {
            throw ConnectError(.unknownProvider, error.description, hint: error.hint)
        }
    }

    var client: CurlClient {
        CurlClient(
            userAgent: "hogsend/\(Hogsend.version)", certificateFile: environment.certificateFile)
    }
}

/// What a command's end means to a script.
enum ExitStatus {
    static let done: Int32 = 0
    static let refused: Int32 = 1
    static let usage: Int32 = 2
    static let somethingToDo: Int32 = 3
    static let interrupted: Int32 = 130
    /// As of a program that SIGPIPE ended.
    static let unread: Int32 = 141
}
