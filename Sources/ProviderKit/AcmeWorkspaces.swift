import Engine

/// What Acme adds to the instance and to the command line: one route and one verb.
struct AcmeWorkspaces: Sendable {
    let access: ProviderAccess

    /// Reads the list as whoever is signed in, and says what the service refuses.
    func list(_ request: AdminRequest) async throws(AdminRefusal) -> JSONValue {
        let service: ServiceAccess
        do throws(NoAccess) {
            service = try await access.service()
        } catch {
            return ["workspaces": [], "source": "none", "reason": .string(error.rawValue)]
        }
        guard let url = service.host.appending(rawPath: "/api/workspaces"),
            let response = try? await service.api.send(HTTPRequest("GET", url))
        else { throw AdminRefusal(502, "acme_unreachable", "Acme cannot be reached") }
        access.report("workspaces:read", isMissing: response.status == 403)
        guard response.status == 200, let rows = JSONValue(decoding: response.body)?.array else {
            throw AdminRefusal(
                502, "acme_refused", "Acme answered with status \(response.status)",
                hint: "run `hogsend connect acme`")
        }
        return [
            "workspaces": .array(rows.map { $0["name"] ?? .null }),
            "source": .string(service.credential.rawValue),
            "project": service.project.map { .string($0) } ?? .null,
        ]
    }

    static let command = ProviderCommand(
        ["workspaces"], summary: "list the names of Acme's workspaces"
    ) { call throws(CommandRefusal) in
        let answer = try await call.send("GET", "/v1/admin/providers/acme/workspaces")
        guard answer.status == 200, let members = answer.json.object else {
            throw CommandRefusal(answer)
        }
        let names = members["workspaces"]?.array?.compactMap(\.string) ?? []
        return CommandReport(document: members, lines: names.map { $0.sanitized() })
    }
}
