import Engine

/// `hogsend completions <shell>`.
struct CompletionsCommand: Command {
    let usage = "completions <shell>"
    let summary = "print what makes a shell complete this program: bash, zsh or fish"
    let arity = 1...1

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let tree = CompletionTree(context.registry)
        let script =
            switch arguments.positionals[0] {
            case "bash": BashCompletion(tree: tree).script
            case "zsh": ZshCompletion(tree: tree).script
            case "fish": FishCompletion(tree: tree).script
            default: throw UsageError("there are completions for bash, zsh and fish alone")
            }
        context.console.document(["ok": true, "script": .string(script)])
        if !context.console.isJSON { context.console.line(script) }
        return ExitStatus.done
    }
}
