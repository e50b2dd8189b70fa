import Engine

extension Installation {
    /// RFC 8414, with PostHog's own members (section 2 of posthog.md).
    func discovery(_ request: ServerRequest) -> HTTPResponse {
        let document = JSONValue.object(endpoints.merging(capabilities) { $1 })
            .merging(regionMembers)
            .merging(.object(switches.discoveryOverrides))
        var response = HTTPResponse.json(200, document)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    }

    private var endpoints: [String: JSONValue] {
        [
            "issuer": .string(origin),
            "authorization_endpoint": .string(origin + "/oauth/authorize/"),
            "token_endpoint": .string(origin + "/oauth/token/"),
            "userinfo_endpoint": .string(origin + "/oauth/userinfo/"),
            "revocation_endpoint": .string(origin + "/oauth/revoke/"),
            "introspection_endpoint": .string(origin + "/oauth/introspect/"),
            "registration_endpoint": .string(origin + "/oauth/register/"),
            "jwks_uri": .string(origin + "/.well-known/jwks.json"),
            "service_documentation": "https://posthog.com/docs/api",
        ]
    }

    private var capabilities: [String: JSONValue] {
        [
            "scopes_supported": .array(ScopeCatalogue.advertised.map { .string($0) }),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [
                "authorization_code", "refresh_token",
                "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ],
            "token_endpoint_auth_methods_supported": [
                "none", "client_secret_post", "private_key_jwt",
            ],
            "code_challenge_methods_supported": ["S256"],
            "authorization_grant_profiles_supported": [
                "urn:ietf:params:oauth:grant-profile:id-jag"
            ],
            "client_id_metadata_document_supported": true,
            "agent_auth": ["skill": .string(origin + "/skill.md")],
        ]
    }

    /// What a server of PostHog Cloud tells about itself; nothing on a self-hosted one.
    var regionMembers: JSONValue {
        guard let region = switches.region else { return [:] }
        return [
            "posthog_region": .string(region),
            "posthog_base_url": .string(switches.baseURL ?? origin),
        ]
    }
}
