import Engine

/// `hogsend <provider> …`: a verb that the provider brought along.
struct ProviderVerb: Command {
    let provider: any Provider
    let verb: ProviderCommand

    var words: [String] { [provider.id.rawValue] + verb.words }
    var usage: String { (words + verb.arguments.map { "<\($0)>" }).joined(separator: " ") }
    var summary: String { verb.summary }
    var arity: ClosedRange<Int> { verb.arguments.count...verb.arguments.count }
    var flags: [Flag] { verb.flags.map { Flag($0.name, value: $0.value, $0.help) } }

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let instance = try await InstanceAccess(arguments: arguments, context: context).client()
        let given = verb.flags.compactMap { flag in arguments[flag.name].map { (flag.name, $0) } }
        let call = CommandCall(
            arguments: arguments.positionals, flags: Dictionary(given) { $1 },
            sender: { method, path, body throws(CommandRefusal) in
                try await Self.send(method, path, body, to: instance)
            })
        do throws(CommandRefusal) {
            let report = try await verb.body(call)
            context.console.document(.object(report.document.merging(["ok": true]) { $1 }))
            if !context.console.isJSON {
                for line in report.lines { context.console.line(line) }
            }
            return ExitStatus.done
        } catch {
            // What the user stopped is no refusal of the provider's.
            try Task.checkCancellation()
            context.console.refusal(error)
            return ExitStatus.refused
        }
    }

    private static func send(
        _ method: String, _ path: String, _ body: JSONValue?, to instance: InstanceClient
    ) async throws(CommandRefusal) -> CommandAnswer {
        do {
            let answer = try await instance.call(method, path, body)
            return CommandAnswer(status: answer.status, json: answer.json)
        } catch let error as any ActionableError {
            throw CommandRefusal(error.code, error.description, hint: error.hint)
        } catch {
            throw CommandRefusal("interrupted", "interrupted", hint: "run the command again")
        }
    }
}
