import Engine
import SimulatedService

/// The door: notes every request, lets faults have their way, and sends the rest to its route.
struct Front: Sendable {
    private let state: Locked<Installation>
    private let routes: Router
    private let control: Router

    init(_ state: Locked<Installation>) {
        self.state = state
        var routes = Routes(state)
        routes.addOAuth()
        routes.addAPI()
        routes.addInvocations()
        self.routes = routes.router
        control = Routes.control(state)
    }

    func respond(to request: ServerRequest) async -> HTTPResponse {
        if request.path.hasPrefix("/_simulator/") { return await control.respond(to: request) }
        let place = state.withLock { state in
            state.examine(request)
            return state.journal.record(request, at: state.now)
        }
        let fault = state.withLock { $0.faults.take(for: request) }
        let response = await answer(request, fault)
        state.withLock { $0.journal.answered(place, status: response.status) }
        return response
    }

    private func answer(_ request: ServerRequest, _ fault: ServerFault?) async -> HTTPResponse {
        guard let fault else { return await route(request) }
        let performed = fault.performs ? await route(request) : nil
        if fault.delay > .zero { try? await Task.sleep(for: fault.delay) }
        if let answer = fault.answer ?? performed { return answer }
        return await route(request)
    }

    private func route(_ request: ServerRequest) async -> HTTPResponse {
        let response = await routes.respond(to: request)
        guard routes.pattern(for: request) == nil else { return response }
        guard request.path.hasPrefix("/api/") else { return catchAll(request, response) }
        return response.status == 405
            ? APIProblem.methodNotAllowed(request.method).response
            : APIProblem.notFound("Endpoint not found.").response
    }

    /// The app answers every other path with its login page.
    private func catchAll(_ request: ServerRequest, _ response: HTTPResponse) -> HTTPResponse {
        if response.status == 405 { return response }
        if request.path == "/login" {
            return .webPage(200, "<title>PostHog</title><h1>Log in</h1>")
        }
        return .found(at: "/login?next=\(FormURLEncoding.escape(String(request.path)))")
    }
}

/// Routes that are answered under the lock of the installation.
struct Routes: Sendable {
    typealias Answer = @Sendable (inout Installation, ServerRequest) -> HTTPResponse

    let state: Locked<Installation>
    var router = Router()

    init(_ state: Locked<Installation>) {
        self.state = state
    }

    /// Adds `path`, which ends in a slash, with and without that slash, as PostHog does.
    mutating func on(_ method: String, _ path: String, _ answer: @escaping Answer) {
        let state = state
        handle(method, path) { request in state.withLock { answer(&$0, request) } }
    }

    mutating func handle(_ method: String, _ path: String, _ handler: @escaping RequestHandler) {
        router.on(method, path, handler)
        router.on(method, String(path.dropLast()), handler)
    }
}
