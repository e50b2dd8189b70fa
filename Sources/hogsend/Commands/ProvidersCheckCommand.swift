import Engine
import ProviderKit

/// `hogsend providers check <provider>`: holds the engine and a declared provider to their contract.
///
/// Nothing leaves this machine. What needs the service itself does not apply; its author's tests
/// bring one.
struct ProvidersCheckCommand: Command {
    let usage = "providers check <provider>"
    let summary = "run the named checks of the engine with a provider, on this machine alone"
    let arity = 1...1

    func run(_ arguments: Arguments, _ context: CommandContext) async throws -> Int32 {
        let provider = try context.provider(arguments.positionals[0])
        let report = await ProviderContract(provider).run()
        context.console.document(document(report))
        if !context.console.isJSON { show(report, context.console) }
        return report.isKept ? ExitStatus.done : ExitStatus.refused
    }

    private func document(_ report: ContractReport) -> JSONValue {
        var members = report.json.object ?? [:]
        members["ok"] = .bool(report.isKept)
        members["verdict"] = report.isKept ? "contract_kept" : "contract_broken"
        return .object(members)
    }

    private func show(_ report: ContractReport, _ console: Console) {
        for result in report.broken {
            console.line("broken  \(result.id): \(result.claim)")
            if let reason = result.reason { console.line("        \(reason)") }
        }
        console.line(
            "\(report.count(.passed)) checks hold, \(report.broken.count) do not, "
                + "\(report.count(.notApplicable)) do not apply")
    }
}
