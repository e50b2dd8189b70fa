public import Engine

/// Reads persons' properties from PostHog as they are now, and does without when it cannot.
///
/// The stored grant is used, else the personal key, else nothing is asked. No function throws for a
/// failure of PostHog's. Make one for as long as a process runs: it holds the cache.
public actor PersonReads {
    /// The longest distinct id that is asked for, in bytes.
    public static let longestID = 1000

    private let access: ProviderAccess
    private let limits: PersonReadLimits
    private let now: @Sendable () -> Date
    private var cache: PersonCache
    private var flights: [Flight: Task<PersonReading, Never>] = [:]
    private var project: (finding: Task<Result<Int64, ReadFailure>, Never>, end: Date)?
    private var lastProject: Int64?
    private var pause: (reason: PersonReading.Reason, end: Date)?
    /// Whose answers are kept, counted up with each change of the credential.
    private var identity: ReadIdentity?
    private var generation = 0
    private var turnstile: Turnstile

    private struct Flight: Hashable {
        let generation: Int
        let key: Data
    }

    /// Reads with whatever credential is in force at each call.
    public init(
        _ access: ProviderAccess, limits: PersonReadLimits = PersonReadLimits(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.access = access
        self.limits = limits
        self.now = now
        cache = PersonCache(limits)
        turnstile = Turnstile(limits.requests)
    }

    /// The person of that distinct id, from memory or from PostHog.
    public func person(_ distinctID: String) async -> PersonReading {
        guard (1...Self.longestID).contains(distinctID.utf8.count) else {
            return .unavailable(.invalidID)
        }
        let reading = Task { await self.reading(distinctID) }
        return await Deadline.value(of: reading, within: limits.timeout) ?? .unavailable(.timedOut)
    }

    /// The properties of that person; none when PostHog knows no such person, nil when it could not
    /// be asked.
    public func properties(_ distinctID: String) async -> [String: JSONValue]? {
        await person(distinctID).properties
    }

    // MARK: One reading

    private func reading(_ id: String) async -> PersonReading {
        let service: ServiceAccess
        do throws(NoAccess) {
            service = try await access.service()
        } catch {
            return .unavailable(PersonReading.Reason(error))
        }
        adopt(ReadIdentity(service))
        let key = Data(id.utf8)
        if let known = cache.reading(key, at: now()) { return known }
        if let pause, pause.end > now() { return .unavailable(pause.reason) }
        let flight = Flight(generation: generation, key: key)
        if let running = flights[flight] { return await running.value }
        let task = Task { await self.fetch(id, service, flight) }
        flights[flight] = task
        return await task.value
    }

    /// Answers to another credential are not this one's to see.
    private func adopt(_ current: ReadIdentity) {
        guard identity != current else { return }
        identity = current
        generation += 1
        cache.empty()
        project = nil
        lastProject = nil
        pause = nil
    }

    private func fetch(
        _ id: String, _ service: ServiceAccess, _ flight: Flight
    ) async -> PersonReading {
        if !turnstile.enter() { await withCheckedContinuation { turnstile.wait($0) } }
        defer { turnstile.leave() }
        // What happened to those before concerns those who waited.
        if let pause, pause.end > now(), flight.generation == generation {
            flights[flight] = nil
            return .unavailable(pause.reason)
        }
        let result: Result<PersonRequest.Answer, ReadFailure>
        do throws(ReadFailure) {
            let project = try await project(service)
            let request = PersonRequest(service: service, project: project, limits: limits)
            result = .success(try await request.send(id))
        } catch {
            result = .failure(error)
        }
        flights[flight] = nil
        return keep(result, service.credential, flight)
    }

    private func keep(
        _ result: Result<PersonRequest.Answer, ReadFailure>,
        _ credential: ServiceAccess.Credential, _ flight: Flight
    ) -> PersonReading {
        switch result {
        case .success(let answer):
            access.report("person:read", isMissing: false)
            let reading = answer.person.map { PersonReading.found($0, credential) }
            let life = reading == nil ? limits.missLife : limits.life
            return keep(reading ?? .absent(credential), life, answer.bytes, flight)
        case .failure(let failure):
            if let scope = failure.scope { access.report(scope, isMissing: true) }
            let reading = PersonReading.unavailable(failure.reason)
            guard case .everyone(let wait) = failure.extent else {
                return keep(reading, limits.failureLife, 0, flight)
            }
            if flight.generation == generation {
                pause = (failure.reason, now().adding(wait))
                project = nil
            }
            return reading
        }
    }

    private func keep(
        _ reading: PersonReading, _ life: Duration, _ bytes: Int, _ flight: Flight
    ) -> PersonReading {
        if flight.generation == generation {
            cache.keep(reading, for: flight.key, until: now().adding(life), bytes: bytes)
        }
        return reading
    }

    /// Found once for all who ask, and again after the life of a person: provisioning may have
    /// chosen another one.
    private func project(_ service: ServiceAccess) async throws(ReadFailure) -> Int64 {
        if let project, project.end > now() { return try await project.finding.value.get() }
        let finder = PersonProject(service: service, access: access, limits: limits)
        let finding = Task {
            do throws(ReadFailure) {
                return Result<Int64, ReadFailure>.success(try await finder.find())
            } catch {
                return .failure(error)
            }
        }
        let current = generation
        project = (finding, now().adding(limits.life))
        let result = await finding.value
        if current == generation { remember(result) }
        return try result.get()
    }

    private func remember(_ result: Result<Int64, ReadFailure>) {
        switch result {
        // One that failed is looked for again with the next person.
        case .failure: project = nil
        case .success(let id):
            if let lastProject, lastProject != id { cache.empty() }
            lastProject = id
        }
    }
}
