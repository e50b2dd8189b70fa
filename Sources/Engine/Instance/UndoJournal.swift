/// What the latest change at a provider replaced, kept in its sealed derived row until it is undone.
///
/// There it is sealed anew and deleted with the rest. One change is kept: a run that came to its end
/// makes room for the next, and one that did not is carried on by it. A row that cannot be opened is
/// left alone, and nothing is kept then.
struct UndoJournal: Sendable {
    /// Its name among what is kept under the kind `derived`.
    static let member = "provisionUndo"
    private static let limit = 1 << 20
    private static let mostTries = 20

    let store: CredentialStore
    let provider: ProviderID

    enum Lookup: Sendable {
        case found(UndoEntry)
        case none
        /// Something is stored that does not open.
        case unreadable(SealedRowError)
    }

    func lookUp() async throws(DatabaseError) -> Lookup {
        guard let stored = try await store.load(provider, .derived) else { return .none }
        switch stored.reading {
        case .failure(let failure): return .unreadable(failure)
        case .success(let contents):
            return UndoEntry(contents[Self.member]).map { .found($0) } ?? .none
        }
    }

    /// Adds the values to those of the running change, which is one that has not ended.
    func keep(_ values: [PriorValue], at host: URL) async throws {
        try await update { old in
            let entry = UndoEntry(
                host: host.withoutTrailingSlash, at: Date().iso8601, isComplete: false,
                values: old.map { $0.isComplete ? [] : $0.values } ?? [])
            return entry.adding(values)
        }
    }

    /// Notes that the running change came to its end.
    func complete() async throws {
        try await update { old in
            var entry = old
            entry?.isComplete = true
            return entry
        }
    }

    func remove() async throws {
        try await update { _ in nil }
    }

    private func update(_ change: (UndoEntry?) -> UndoEntry?) async throws {
        for _ in 0..<Self.mostTries {
            let stored = try await store.load(provider, .derived)
            var members: [String: JSONValue] = [:]
            if let stored {
                guard let object = stored.contents?.object else { return }
                members = object
            }
            let old = UndoEntry(members[Self.member])
            guard case let new = change(old), new != old else { return }
            members[Self.member] = try new.map(Self.bounded)
            if try await write(.object(members), over: stored) { return }
        }
        throw DatabaseError.failed(reason: "the derived row kept changing")
    }

    private func write(
        _ contents: JSONValue, over stored: StoredCredential?
    ) async throws(DatabaseError) -> Bool {
        guard let stored else {
            return try await store.saveIfAbsent(provider, .derived, contents) != nil
        }
        return try await store.swap(stored, for: contents)
    }

    /// The member of the derived row that holds the entry.
    static func members(_ entry: UndoEntry?) throws(ProvisionError) -> [String: JSONValue] {
        guard let entry else { return [:] }
        return [member: try bounded(entry)]
    }

    private static func bounded(_ entry: UndoEntry) throws(ProvisionError) -> JSONValue {
        let text = entry.json.encoded()
        guard text.count <= limit else {
            throw .unexpectedAnswer(
                step: "keeping the values that are replaced", status: nil,
                detail: "they are larger than a mebibyte, so nothing was changed")
        }
        return .string(String(decoding: text, as: UTF8.self))
    }
}
