/// Seals every row anew, in the envelope under the current key, while others read and write.
///
/// Each row is one compare-and-swap, so that it may be ended at any moment: a second run does what
/// is left.
package struct CredentialRewrap: Sendable {
    /// What was done so far.
    package struct Progress: Sendable, Equatable {
        /// Rows that were looked at.
        package var seen = 0
        /// Rows that were sealed anew, or would be.
        package var rewrapped = 0
        /// Rows that nothing opens.
        package var closed: [Closed] = []
    }

    /// A row that stays as it is.
    package struct Closed: Sendable, Equatable {
        package let provider: ProviderID
        package let kind: CredentialKind
        package let failure: SealedRowError
        /// The key that it wants; nil when it does not say.
        package let keyID: String?
    }

    /// Who still writes under another key makes work in rows that were passed; once more finds it.
    private static let mostPasses = 3

    private let store: CredentialStore
    private let isDry: Bool

    package init(_ store: CredentialStore, dryRun isDry: Bool = false) {
        self.store = store
        self.isDry = isDry
    }

    /// Goes through all rows until a pass finds nothing to do; `report` hears of every row.
    package func run(_ report: (Progress) -> Void = { _ in }) async throws -> Progress {
        var total = Progress()
        for pass in 0..<Self.mostPasses {
            var progress = Progress(rewrapped: total.rewrapped)
            try await store.visitAll { stored in
                try await visit(stored, &progress)
                report(progress)
            }
            let isDone = isDry || progress.rewrapped == total.rewrapped
            total = progress
            if isDone || pass == Self.mostPasses - 1 { break }
        }
        return total
    }

    private func visit(_ stored: StoredCredential, _ progress: inout Progress) async throws {
        progress.seen += 1
        var stored = stored
        while needsRewrap(stored) {
            if let failure = stored.closure {
                progress.closed.append(
                    Closed(
                        provider: stored.provider, kind: stored.kind, failure: failure,
                        keyID: stored.keyID))
                return
            }
            var isDone = isDry
            if !isDone {
                try await store.renameNotes(of: stored)
                isDone = try await store.rewrap(stored)
            }
            if isDone {
                progress.rewrapped += 1
                return
            }
            try Task.checkCancellation()
            // Someone else wrote it, and the row that is there now may need nothing.
            guard let newer = try await store.load(stored.provider, stored.kind) else { return }
            stored = newer
        }
    }

    private func needsRewrap(_ stored: StoredCredential) -> Bool {
        stored.closure != nil || stored.format != .envelope
            || stored.keyID != store.sealer.currentKeyID
    }
}
