#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The events that providers delivered.
package struct EventStore: Sendable {
    let database: any Database
    let sql: EventSQL
    private let readings = Locked<[ProviderID: DeliveryReading]>([:])
    private let tests: TestEvents?

    /// `tests` are read and left out; a store that nothing is delivered to needs none.
    package init(_ database: any Database, leavingOut tests: TestEvents? = nil) {
        self.database = database
        self.tests = tests
        sql = EventSQL(database.dialect)
    }

    /// A delivery as it came.
    package struct Arrival: Sendable {
        /// Nil for what no database keeps as a text, and no JSON is.
        let text: String?
        /// Why it is refused where it has no text.
        let refusal: MalformedDelivery
        let provider: ProviderID
        let source: WebhookSource
        let byteCount: Int

        package init(_ body: Data, from provider: ProviderID, reading source: WebhookSource) {
            var text = String(validating: body, as: UTF8.self)
            let holdsZero = text?.withUTF8 { bytes in
                bytes.baseAddress.map { memchr($0, 0, bytes.count) != nil } ?? false
            }
            let isTooDeep = body.isNested(deeperThan: Delivery.mostLevels)
            self.text = holdsZero == false && !isTooDeep ? text : nil
            refusal = isTooDeep ? .tooDeep : .notJSON
            self.provider = provider
            self.source = source
            byteCount = body.count
        }
    }

    package typealias Outcome = Result<Delivery, any Error>

    /// Takes deliveries apart and stores them in one transaction, once for each id of a provider;
    /// durable when it returns.
    ///
    /// A malformed one fails alone.
    package func append(_ arrivals: [Arrival]) async -> [Outcome] {
        let outcomes = await read(arrivals[...])
        let statements = sql.insertions(kept(outcomes, of: arrivals), at: Date())
        if statements.isEmpty { return outcomes }
        do throws(DatabaseError) {
            try await database.transaction(sql.ordering + statements)
            return outcomes
        } catch {
            return outcomes.map { outcome in
                if case .success(let delivery) = outcome, !delivery.isSkipped {
                    .failure(error)
                } else {
                    outcome
                }
            }
        }
    }

    private func kept(
        _ outcomes: [Outcome], of arrivals: [Arrival]
    ) -> [(provider: ProviderID, delivery: Delivery)] {
        var kept: [(provider: ProviderID, delivery: Delivery)] = []
        for (arrival, outcome) in zip(arrivals, outcomes) {
            guard let delivery = try? outcome.get(), !delivery.isSkipped,
                tests?.isTest(delivery.id, of: arrival.provider) != true
            else { continue }
            kept.append((arrival.provider, delivery))
        }
        return kept
    }

    /// PostgreSQL refuses all for one that is no JSON, which is then looked for by halves.
    private func read(_ arrivals: ArraySlice<Arrival>) async -> [Outcome] {
        let readings = arrivals.map { reading($0) }
        do throws(DatabaseError) {
            var rows = try await rows(arrivals, readings)[...]
            return zip(arrivals, readings).map { arrival, reading in
                guard arrival.text != nil, let row = rows.popFirst() else {
                    return .failure(arrival.refusal)
                }
                return Result { try unbroken(reading.delivery(row, of: arrival), arrival) }
            }
        } catch {
            guard case .dataException = error else {
                return arrivals.map { _ in .failure(error) }
            }
            if arrivals.count == 1, let arrival = arrivals.first {
                return [await readStorable(arrival)]
            }
            let middle = arrivals.startIndex + arrivals.count / 2
            return await read(arrivals[..<middle]) + read(arrivals[middle...])
        }
    }

    /// What the database says of each that has a text; those of one source that follow one another
    /// are read together.
    private func rows(
        _ arrivals: ArraySlice<Arrival>, _ readings: [DeliveryReading]
    ) async throws(DatabaseError) -> [[SQLRow]] {
        var runs: [(reading: DeliveryReading, provider: ProviderID, texts: [String])] = []
        for (arrival, reading) in zip(arrivals, readings) {
            guard let text = arrival.text else { continue }
            if let last = runs.indices.last, runs[last].provider == arrival.provider,
                runs[last].reading.isOf(arrival.source)
            {
                runs[last].texts.append(text)
            } else {
                runs.append((reading, arrival.provider, [text]))
            }
        }
        if runs.isEmpty { return [] }
        let statements = runs.map { $0.reading.statements(for: $0.texts) }
        var results = try await database.read(Array(statements.joined()))[...]
        var rows: [[SQLRow]] = []
        for (run, statements) in zip(runs, statements) {
            rows += run.reading.rows(Array(results.prefix(statements.count)))
            results = results.dropFirst(statements.count)
        }
        return rows
    }

    /// Reads the one that PostgreSQL refused, without the escapes that it cannot store.
    ///
    /// It refuses a whole text for one. A user's property is no reason to lose an event; an id would
    /// be another one's.
    private func readStorable(_ arrival: Arrival) async -> Outcome {
        let reading = reading(arrival)
        guard let text = arrival.text else { return .failure(arrival.refusal) }
        let storable = text.replacingUnstorableEscapes()
        guard storable != text,
            let results = try? await database.read(reading.statements(for: [storable])),
            let rows = reading.rows(results).first
        else { return .failure(MalformedDelivery.notJSON) }
        return Result { try reading.delivery(rows, of: arrival).checked(arrival.source) }
    }

    /// SQLite makes a text of half a surrogate pair, and one and the same of any half: two users.
    private func unbroken(
        _ delivery: Delivery, _ arrival: Arrival
    ) throws(MalformedDelivery) -> Delivery {
        guard delivery.mayBeBroken, let text = arrival.text,
            text.replacingUnstorableEscapes() != text
        else { return delivery }
        return try delivery.checked(arrival.source)
    }

    private func reading(_ arrival: Arrival) -> DeliveryReading {
        readings.withLock { readings in
            if let known = readings[arrival.provider], known.isOf(arrival.source) { return known }
            let reading = DeliveryReading(arrival.source, sql)
            readings[arrival.provider] = reading
            return reading
        }
    }
}
