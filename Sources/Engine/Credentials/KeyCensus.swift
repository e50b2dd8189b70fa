/// How many rows each key still holds.
package struct KeyCensus: Sendable {
    package enum Standing: String, Sendable {
        /// New rows are sealed with it.
        case current
        /// One of the earlier secrets makes it.
        case previous
        /// No secret of this instance makes it, or the row does not say which key it is.
        case unknown
    }

    package struct Entry: Sendable, Equatable {
        package let keyID: String?
        package let format: SealedFormat?
        package let standing: Standing
        package var rows = 0
        /// Those of them that do not open.
        package var closed = 0
    }

    /// The current key first, then the previous ones, newest first, also those that hold nothing.
    package private(set) var entries: [Entry]

    init(_ sealer: CredentialSealer) {
        entries =
            [Entry(keyID: sealer.currentKeyID, format: .envelope, standing: .current)]
            + sealer.previousKeyIDs.map { id in
                Entry(keyID: id, format: .envelope, standing: .previous)
            }
    }

    mutating func count(_ stored: StoredCredential) {
        let index = entries.firstIndex {
            $0.keyID == stored.keyID && $0.format == stored.format
        }
        let place = index ?? addition(for: stored)
        entries[place].rows += 1
        if stored.closure != nil { entries[place].closed += 1 }
    }

    /// A row of the earlier format stands beside the envelopes of its key.
    private mutating func addition(for stored: StoredCredential) -> Int {
        let place = entries.lastIndex { $0.keyID == stored.keyID }.map { $0 + 1 } ?? entries.count
        let standing = entries.first { $0.keyID == stored.keyID }?.standing ?? .unknown
        entries.insert(
            Entry(keyID: stored.keyID, format: stored.format, standing: standing), at: place)
        return place
    }
}

extension CredentialStore {
    private static let pageSize = 100

    /// Counts every row of every kind, a page at a time.
    package func census() async throws -> KeyCensus {
        var census = KeyCensus(sealer)
        try await visitAll { census.count($0) }
        return census
    }

    /// Visits every row of every kind, without holding more than a page of them.
    func visitAll(_ visit: (StoredCredential) async throws -> Void) async throws {
        var last: StoredCredential?
        while case let page = try await page(after: last, limit: Self.pageSize), !page.isEmpty {
            for stored in page {
                try Task.checkCancellation()
                try await visit(stored)
            }
            last = page.last
        }
    }
}
