/// `POST /v1/admin/providers/{id}/disconnect`: leaves a provider, or says what that would do.
struct DisconnectRoute: InstanceRoute {
    let registry: ProviderRegistry
    let provisioner: Provisioner
    let gaps: ObservedGaps

    func register(in routes: inout InstanceRoutes) {
        for provider in registry.providers {
            routes.admin("POST", APIPath.disconnect(provider.id)) { request in
                let asked = try DisconnectRequest(reading: request)
                let reply = try await provisioner.disconnect(provider, asked)
                if reply.isDisconnected { gaps.forget(provider.id) }
                return Self.answer(reply, provider.id)
            }
        }
    }

    /// What is not finished is no success: 502, with the steps beside the error.
    private static func answer(_ reply: DisconnectReply, _ id: ProviderID) -> HTTPResponse {
        guard !reply.isPlan, !reply.isNothing, !reply.isDisconnected else {
            return .json(reply.json)
        }
        let open = reply.steps.first { [.failed, .pending].contains($0.outcome) }
        let way =
            open?.name == .destination ? "run it with --keep-destination" : "delete the credential"
        return APIError(
            502, "disconnect_incomplete", detail: open?.text,
            remediation: "run `hogsend disconnect \(id)` again, or \(way) to give that step up",
            more: reply.json.object ?? [:]
        ).response
    }
}

extension DisconnectRequest {
    /// Refuses what it does not understand, since whoever wanted a look must not leave.
    init(reading request: ServerRequest) throws(APIError) {
        guard let query = request.query, query.isEmpty else {
            throw APIError(400, "invalid_query", detail: "this route takes no query")
        }
        let body = try request.jsonObject()
        self.init()
        isPlan = try body.flag("plan")
        keepsDestination = try body.flag("keepDestination")
        isEverywhere = try body.flag("everywhere")
    }
}
