import Engine

/// An instance that is connected to a provider's service, and everything that it asks there.
struct ProvisionBench: Sendable {
    let subject: ContractSubject
    let desk: ContractDesk
    let service: any ContractService
    let watch: ServiceWatch
    private let door: Locked<ContractDesk?>

    static func open(
        _ subject: ContractSubject, _ body: (ProvisionBench) async throws -> Void
    ) async throws {
        let door = Locked<ContractDesk?>(nil)
        let service = try await Self.service(subject, door)
        do {
            let watch = ServiceWatch(service)
            try await ContractDesk.open(subject.provider, client: watch) { desk in
                door.withLock { $0 = desk }
                let bench = ProvisionBench(
                    subject: subject, desk: desk, service: service, watch: watch, door: door)
                try await bench.connect()
                try await body(bench)
                door.withLock { $0 = nil }
            }
        } catch {
            await service.stop()
            throw error
        }
        await service.stop()
    }

    /// What the author brings.
    private static func service(
        _ subject: ContractSubject, _ door: Locked<ContractDesk?>
    ) async throws -> any ContractService {
        guard let make = subject.service else {
            throw NotApplicable("nothing plays its service")
        }
        return try await make { request in
            guard let desk = door.withLock({ $0 }) else { return HTTPResponse(status: 503) }
            let target = request.url.absoluteString.split(
                separator: "/", maxSplits: 3, omittingEmptySubsequences: false
            ).last
            return await desk.send(
                ServerRequest(
                    method: request.method, target: "/\(target ?? "")", headers: request.headers,
                    body: request.body))
        }
    }

    private func connect() async throws {
        let credential = JSONValue.object(service.credential)
        let isPasted = subject.kind == .keys
        let payload: JSONValue =
            isPasted
            ? [
                "keys": credential, "fields": [:],
                "privateHost": .string(service.host.absoluteString),
            ] : credential
        let answer = await desk.call(
            "PUT", APIPath.credential(id.rawValue),
            ["kind": isPasted ? "api_key" : "oauth", "payload": payload])
        try demand(
            answer.status == 200, "the instance takes no credential: \(answer.json.encodedText)")
    }

    /// The same service and database, through another client, as after a crash.
    func restarted(
        client: (any HTTPClient)? = nil, over database: (any Database)? = nil
    ) throws -> ProvisionBench {
        let desk = try desk.restarted(client: client ?? watch, over: database)
        door.withLock { $0 = desk }
        return ProvisionBench(
            subject: subject, desk: desk, service: service, watch: watch, door: door)
    }

    var id: ProviderID { subject.declared.id }
    var webhookURL: String { ContractDesk.publicURL + APIPath.webhook(id) }

    // MARK: Asking the instance

    func provision(_ more: [String: JSONValue] = [:]) async -> ContractDesk.Answer {
        var body = more
        if body["undo"] == nil { body["projectId"] = service.project.map { .string($0) } }
        return await desk.call(
            "POST", ProviderRoutes.standard(id).provision, .object(body))
    }

    func plan(_ more: [String: JSONValue] = [:]) async -> ContractDesk.Answer {
        var body = more
        if body["undo"] == nil { body["projectId"] = service.project.map { .string($0) } }
        return await desk.call(
            "POST", ProviderRoutes.standard(id).provision + "?plan=true", .object(body))
    }

    func verify() async -> ContractDesk.Answer {
        await desk.call("POST", APIPath.verify(id))
    }

    func disconnect(_ body: JSONValue = [:]) async -> ContractDesk.Answer {
        await desk.call("POST", APIPath.disconnect(id), body)
    }

    /// Provisions, which must succeed.
    @discardableResult
    func provisioned() async throws -> JSONValue {
        let answer = await provision()
        try demand(
            answer.status == 200,
            "provisioning is answered \(answer.status): \(answer.json.encodedText)")
        return answer.json
    }

    /// The objects at the service that deliver to this instance.
    func ours() async -> Int { await service.destinations().count { $0 == webhookURL } }

    /// Delivers an event as the service would, with what it was told or gave out.
    ///
    /// - Throws: ``NotApplicable`` where only the service can prove deliveries.
    func deliver() async throws {
        let told = await service.deliverySecret()
        guard let secret = told else {
            guard subject.declared.webhook?.verification.isSignedByService == false else {
                throw NotApplicable("nobody but the service can prove its deliveries")
            }
            throw Broken("its service does not say what its deliveries are proven with")
        }
        let sender = try LateSender(
            subject.declared, secret: secret, await desk.deliverySecrets().second)
        let status = try await sender.deliver(to: desk)
        try demand(status == 200, "its delivery is answered \(status)")
    }

    /// Not applicable where there is nothing to set up.
    func needDestination() async throws {
        try await provisioned()
        guard await ours() > 0 else { throw NotApplicable("it sets up nothing that delivers") }
    }
}

extension JSONValue {
    var encodedText: String { String(decoding: encoded(), as: UTF8.self) }
}

/// A service behind something that notes every request, and may go away.
final class ServiceWatch: HTTPClient {
    private struct State {
        var asked: [HTTPRequest] = []
        var left = Int.max
        var answer: HTTPResponse?
    }

    private let service: any ContractService
    private let state = Locked(State())

    init(_ service: any ContractService) { self.service = service }

    /// Every request that was sent, in order.
    var asked: [HTTPRequest] { state.withLock(\.asked) }

    /// Whether a crash came.
    var isCrashed: Bool { state.withLock { $0.left <= 0 } }

    /// Lets so many requests through; the answer of the last one is lost, and nothing is sent
    /// after it.
    func crash(after calls: Int) { state.withLock { $0.left = calls } }

    /// Gives this answer to all requests from now on; nil for the service's own.
    func answer(_ answer: HTTPResponse?) { state.withLock { $0.answer = answer } }

    func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        let (left, answer) = state.withLock { state in
            state.left = state.left == Int.max ? Int.max : state.left - 1
            if state.left >= 0 { state.asked.append(request) }
            return (state.left, state.answer)
        }
        guard left >= 0 else { throw .unreachable(host: "service", reason: "a crash") }
        if let answer { return answer }
        let response = try await service.send(request)
        guard left > 0 else { throw .answerUnknown(host: "service", reason: "a crash") }
        return response
    }
}
