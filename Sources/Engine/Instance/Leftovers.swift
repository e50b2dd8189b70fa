/// What an instance holds of a provider, for one who leaves it.
struct Leftovers: Sendable {
    let grant: StoredCredential?
    /// The keys that a user pasted.
    let keys: StoredCredential?
    let derived: StoredCredential?
    /// How far an earlier leaving came.
    let record: DisconnectRecord?

    init(of id: ProviderID, in parts: TokenParts) async throws(DatabaseError) {
        grant = try await parts.store.load(id, .oauth)
        keys = try await parts.store.load(id, .apiKey)
        derived = try await parts.store.load(id, .derived)
        let record = try await parts.disconnects.record(id)
        self.record = Self.isAbout(grant, record, parts.sealer) ? record : nil
    }

    var isNothing: Bool { grant == nil && keys == nil && derived == nil && record == nil }

    /// What provisioning learnt, the instance's own affairs left out.
    var members: [String: Secret] { derived?.learnt ?? [:] }

    /// What the latest change replaced, where it was made.
    func values(at host: URL) -> [PriorValue] {
        guard let entry = UndoEntry(derived?.contents?[UndoJournal.member]),
            entry.host == host.withoutTrailingSlash
        else { return [] }
        return entry.values
    }

    /// A finished leaving is over, and one that was about other tokens is begun anew: with a token
    /// that lives every step can be taken again.
    private static func isAbout(
        _ row: StoredCredential?, _ record: DisconnectRecord?, _ sealer: CredentialSealer
    ) -> Bool {
        guard let record, !record.isFinished else { return false }
        guard let row else { return true }
        guard let grant = row.grant(fields: []) else { return record.grantName == nil }
        return record.grantName.map { sealer.isFingerprint($0, of: grant) } ?? true
    }
}

extension StoredCredential {
    /// The names of the instance's own affairs, which no provider writes.
    static let ownMembers = WebhookKeys.ownMembers + [UndoJournal.member]

    /// What provisioning learnt and this row holds, the instance's own affairs left out.
    var learnt: [String: Secret] {
        (contents?.object ?? [:]).compactMapValues { $0.string.map { Secret($0) } }
            .filter { !Self.ownMembers.contains($0.key) }
    }
}
