/// Sessions that are made on demand, up to a limit, and used again.
///
/// While the server is known to be down, one attempt to connect runs at a time, and all who wait
/// share what becomes of it.
actor PostgresPool {
    private typealias Turn = Promise<Result<PostgresSession, DatabaseError>>

    private let address: PostgresAddress
    private let limit: Int
    private let isUsedBriefly: Bool
    private var idle: [PostgresSession] = []
    private var waiting: [Turn] = []
    private var open = 0
    private var connecting = 0
    private var isDown = false
    private var isClosed = false
    private let emptied = Promise<Void>()

    /// Whether sessions are given back soon decides whether they are waited for.
    init(_ address: PostgresAddress, limit: Int, isUsedBriefly: Bool) {
        self.address = address
        self.limit = limit
        self.isUsedBriefly = isUsedBriefly
    }

    /// A session for one caller, who gives it back or discards it.
    func take(
        within patience: Duration, orThrow late: DatabaseError
    ) async throws(DatabaseError) -> PostgresSession {
        guard !isClosed else { throw Self.closed }
        if let session = idle.popLast() { return session }
        let turn = Turn()
        waiting.append(turn)
        connectAsNeeded()
        if let result = await turn.value(within: patience) { return try result.get() }
        // Between the last moment and now there may have been a session after all.
        turn.settle(.failure(late))
        return try await turn.value.get()
    }

    func giveBack(_ session: PostgresSession) async {
        guard !isClosed else { return await discard(session) }
        while !waiting.isEmpty {
            if waiting.removeFirst().settle(.success(session)) { return }
        }
        idle.append(session)
    }

    func discard(_ session: PostgresSession) async {
        shrink()
        connectAsNeeded()
        await session.close()
    }

    private func shrink() {
        open -= 1
        if isClosed, open == 0 { emptied.settle(()) }
    }

    private func connectAsNeeded() {
        while !isClosed, waiting.count > connecting, open < limit, connecting == 0 || !isDown {
            open += 1
            connecting += 1
            Task { await connect() }
        }
    }

    private func connect() async {
        let session = PostgresSession()
        do throws(DatabaseError) {
            try await session.connect(address)
        } catch {
            return refuse(error)
        }
        (connecting, isDown) = (connecting - 1, false)
        await giveBack(session)
        connectAsNeeded()
    }

    /// Those who wait go on waiting only where others will give their sessions back.
    private func refuse(_ error: DatabaseError) {
        (connecting, isDown) = (connecting - 1, true)
        shrink()
        if open == 0 || !isUsedBriefly { settleAll(.failure(error)) }
    }

    func close() async {
        isClosed = true
        settleAll(.failure(Self.closed))
        let resting = idle
        idle = []
        for session in resting { await discard(session) }
        if isUsedBriefly, open > 0 { await emptied.value }
    }

    private func settleAll(_ result: Result<PostgresSession, DatabaseError>) {
        for turn in waiting { turn.settle(result) }
        waiting = []
    }

    private static let closed = DatabaseError.failed(reason: "it is closed")
}
