import Engine

/// Why a control call was refused.
package struct ControlError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Routes {
    private typealias ControlAnswer =
        @Sendable (inout Installation, JSONValue) throws(ControlError) -> JSONValue

    /// `/_simulator/…`, for tests that run the executable; it needs no token.
    static func control(_ state: Locked<Installation>) -> Router {
        var routes = Routes(state)
        routes.control("GET", "switches") { state, _ throws(ControlError) in try state.shown }
        routes.control("PUT", "switches") { state, body throws(ControlError) in
            state.switches = try state.switches.setting(body)
            return try state.shown
        }
        routes.control("POST", "reset") { state, _ in
            state.reset()
            return ["ok": true]
        }
        routes.control("GET", "journal") { state, _ throws(ControlError) in try state.report }
        routes.addFaults()
        routes.addDestinations()
        routes.addEvents()
        return routes.router
    }

    private mutating func addFaults() {
        control("POST", "faults") { state, body throws(ControlError) in
            for fault in body.array ?? [body] { state.faults.append(try ServerFault(json: fault)) }
            return ["faults": .integer(Int64(state.faults.count))]
        }
        control("DELETE", "faults") { state, _ in
            state.faults = []
            return ["faults": 0]
        }
    }

    private mutating func addDestinations() {
        control("GET", "destinations") { state, _ in
            let shown = state.functions.filter { !$0.isDeleted }.map { function in
                function.detail.merging(["project": .integer(function.project)])
            }
            return ["destinations": .array(shown)]
        }
        control("POST", "destinations") { state, body throws(ControlError) in
            var ids: [JSONValue] = []
            for entry in body.array ?? [body] {
                ids += try state.seed(entry: entry).map { .string($0) }
            }
            return ["ids": .array(ids)]
        }
    }

    private mutating func addEvents() {
        control("POST", "grants") { state, body in state.makeGrant(body) }
        control("POST", "persons") { state, body throws(ControlError) in
            guard let id = body["distinctID"]?.string else {
                throw ControlError("a person needs 'distinctID'")
            }
            return state.keepPerson(id, body["properties"]?.object ?? [:])
        }
        let state = state
        router.on("POST", "/_simulator/emit") { request in
            do throws(ControlError) {
                let event = try CapturedEvent(json: JSONValue(decoding: request.body) ?? .null)
                let deliveries = await Courier(state).deliver(event)
                return .json(200, ["deliveries": (try? JSONValue(encoding: deliveries)) ?? .null])
            } catch {
                return .json(400, ["error": .string(error.description)])
            }
        }
    }

    private mutating func control(
        _ method: String, _ name: String, _ answer: @escaping ControlAnswer
    ) {
        let state = state
        router.on(method, "/_simulator/\(name)") { request in
            let body = JSONValue(decoding: request.body) ?? .null
            do throws(ControlError) {
                return .json(
                    200,
                    try state.withLock { state throws(ControlError) in try answer(&state, body) })
            } catch {
                return .json(400, ["error": .string(error.description)])
            }
        }
    }
}
