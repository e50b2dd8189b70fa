/// Tells of each kind of stray callback once, whatever comes.
///
/// The receiver's thread must not wait for a terminal: one that nobody reads would stop the right
/// callback as well.
final class StrayReports: Sendable {
    private static let patience = Duration.seconds(1)

    private let report: @Sendable (ConnectEvent) -> Void
    private let told = Locked<[LoopbackReceiver.Stray: Promise<Void>]>([:])

    init(report: @escaping @Sendable (ConnectEvent) -> Void) {
        self.report = report
    }

    func add(_ stray: LoopbackReceiver.Stray) {
        let done = Promise<Void>()
        let isFirst = told.withLock { told in
            guard told[stray] == nil else { return false }
            told[stray] = done
            return true
        }
        guard isFirst else { return }
        let report = report
        Task {
            await BlockingCall.run { report(.warning(stray.sentence)) }
            done.settle(())
        }
    }

    /// Returns when all is shown, or cannot be.
    func told() async {
        for done in told.withLock({ Array($0.values) }) {
            _ = await done.value(within: Self.patience)
        }
    }
}

extension LoopbackReceiver.Stray {
    fileprivate var sentence: String {
        switch self {
        case .state: "a callback with a wrong or missing state came and was ignored"
        case .path: "an answer came to the address of another provider and was ignored"
        case .tls:
            "something tried https on the callback's port: the address in the browser must begin with http://127.0.0.1"
        }
    }
}
