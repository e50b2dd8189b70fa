extension TokenManager {
    /// Renews what is about to end and hears of changes, until the task is cancelled.
    package func run() async {
        // Listened to first: what is stored while rows are read is heard of.
        let changes = await parts.database.changes()
        await sync()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in changes { await self.sync() } }
            group.addTask {
                while !Task.isCancelled {
                    await self.tick()
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    /// What is due now: renewals, new tokens that wait to be stored, and a look at the database.
    package func tick() async {
        if parts.now().timeIntervalSince(lastSync) >= Self.recheck { await sync() }
        for (id, current) in held {
            if let unsaved = current.unsaved {
                await saveAgain(id, current, unsaved)
            } else if mustRenew(id, current), isDue(current) {
                start(
                    id,
                    current.life.isFresh(at: parts.now())
                        ? .replacing(
                            current.grant.accessToken) : .due)
            }
        }
    }

    /// Before its end, or before the provider forgets a refresh token that nobody used.
    private func mustRenew(_ id: ProviderID, _ current: HeldGrant) -> Bool {
        if let renewal = current.renewal, renewal <= parts.now() { return true }
        let uses = [current.record.refreshedAt, Date(iso8601: current.stored.updatedAt)]
        guard let limit = provider(id)?.refreshTokenIdleLimit,
            let last = uses.compactMap({ $0 }).max()
        else { return false }
        return last.adding(limit * 3 / 4) <= parts.now()
    }

    func saveAgain(
        _ id: ProviderID, _ current: HeldGrant, _ unsaved: GrantRenewal
    ) async {
        let before = revision
        let saving = RefreshSaving(parts: parts, id: id, fields: fields(id))
        guard let end = try? await saving.save(current, unsaved),
            revisions[id, default: 0] <= before
        else { return }
        switch end {
        case .ended(.held(let grant), _): keep(grant, for: id)
        case .ended: keep(nil, for: id)
        case .givenUp where !parts.isEnding.isSet: start(id, .forced)
        case .givenUp: break
        }
    }

    // MARK: Other processes' changes

    /// Reads every row; keeps what memory knows when the database cannot be read.
    package func sync() async {
        let start = revision
        guard
            let news = try? await parts.store.news(
                .oauth, known: held.mapValues(\.stored.payload)),
            let records = try? await parts.journal.all()
        else { return }
        lastSync = parts.now()
        absent = [:]
        func isCurrent(_ id: ProviderID) -> Bool { revisions[id, default: 0] <= start }
        for row in news.changed where isCurrent(row.provider) {
            adopt(row, records[row.provider] ?? .none)
        }
        for (id, current) in held where isCurrent(id) {
            if !news.stored.contains(id) {
                keep(nil, for: id)
            } else if current.record != records[id] ?? .none {
                adopt(current.stored, records[id] ?? .none)
            }
        }
    }

    /// Reads one row.
    package func reload(_ id: ProviderID) async throws(DatabaseError) {
        let start = revision
        let row = try await parts.store.load(id, .oauth)
        let record = try await parts.journal.record(id)
        guard revisions[id, default: 0] <= start else { return }
        guard let row else { return keep(nil, for: id) }
        adopt(row, record)
    }

    private func adopt(_ row: StoredCredential, _ record: RefreshRecord) {
        let current = held[row.provider]
        if let current, current.stored.payload == row.payload, current.record == record { return }
        // Ahead of the row, as long as the row is the one it was made from or does not open.
        if let current, current.unsaved != nil,
            row.contents == nil
                || current.stored.contents?["refreshToken"] == row.contents?["refreshToken"]
        {
            return
        }
        keep(HeldGrant(row, record, fields: fields(row.provider)), for: row.provider)
    }
}
