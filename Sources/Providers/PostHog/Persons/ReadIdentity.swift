import Engine

/// What answers depend on: those to one credential are not another's to see.
struct ReadIdentity: Equatable {
    let host: String
    let credential: ServiceAccess.Credential
    let project: String?
    let fields: [String: JSONValue]
    let scopes: [Scope]

    init(_ service: ServiceAccess) {
        host = service.host.withoutTrailingSlash
        credential = service.credential
        project = service.project
        fields = service.grant?.fields ?? [:]
        scopes = service.grant?.scopes ?? []
    }
}
