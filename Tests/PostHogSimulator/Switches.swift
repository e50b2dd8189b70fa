package import Engine

/// What a test may change about this PostHog while it runs.
package struct Switches: Sendable, Equatable, Codable {
    // Consent
    package var consent = Consent.approve
    /// The description that goes with an error of `consent`.
    package var errorDescription: String?
    /// What the user grants; nil grants what is asked for.
    package var grantedScopes: [String]?
    /// The projects the user picks; nil picks one if the client asks for one, and all if not.
    package var scopedTeams: [Int64]?
    package var scopedOrganizations: [String]?
    /// The `iss` parameter of the authorization answer (RFC 9207), which PostHog does not send.
    package var iss: String?

    // Tokens
    package var codeLifetime = 300.0
    package var accessTokenLifetime: Int64 = 604_800
    package var rotatesRefreshTokens = false
    /// How long a replaced refresh token still works, in seconds.
    package var rotationGrace = 120.0
    /// Members left out of token answers.
    package var tokenOmissions: [String] = []
    /// Members of token answers as raw JSON, instead of the right ones.
    package var tokenOverrides: [String: JSONValue] = [:]

    // Server
    /// The region that answers tell; nil is a self-hosted server.
    package var region: String? = "us"
    /// `posthog_base_url`, when it is not this server.
    package var baseURL: String?
    /// Members of the discovery document instead of the right ones; null leaves one out.
    package var discoveryOverrides: [String: JSONValue] = [:]
    /// Lists ignore `full=true`, and writes `base_updated_at`.
    package var olderServer = false
    /// The newest template, which takes a signing secret, and deliveries that are signed with it.
    package var signsWebhooks = false
    /// What `@current` means: the project open in the user's browser.
    package var currentProject: Int64 = 67_890
    package var projects = [Project(id: 12_345, name: "Shop"), Project(id: 67_890, name: "Blog")]
    package var personalKeys: [PersonalKey] = []
    /// Seconds by which this server's clock is ahead.
    package var clockOffset = 0.0

    // Deliveries
    /// `host:port` of a destination to `127.0.0.1:port`, where it is really sent.
    package var hosts: [String: String] = [:]
    /// Seconds that go by before each request is sent.
    package var deliveryDelay = 0.0
    /// Seconds after which a request without an answer is given up.
    package var deliveryTimeout = 3.0
    /// The template counts a redirect as a failure, as it has since 2026.
    package var redirectsFail = false
    /// The status with which runs on demand are refused.
    package var invocationRefusal: Int?
    /// Seconds before the second attempt; the third waits twice as long.
    package var retryDelay = 1.0

    package init() {}
}

extension Switches {
    /// A project of the user's.
    package struct Project: Sendable, Equatable, Codable {
        package static let organization = "0190a0b0-c0d0-7000-8000-00000000000a"

        package var id: Int64
        package var name: String
        package var timezone: String?
        package var organization: String?

        package init(
            id: Int64, name: String, timezone: String? = nil, organization: String? = nil
        ) {
            self.id = id
            self.name = name
            self.timezone = timezone
            self.organization = organization
        }
    }

    /// A `phx_…` key that the user made in PostHog's settings.
    package struct PersonalKey: Sendable, Equatable, Codable {
        package var key: String
        package var scopes: [String]
        package var scopedTeams: [Int64]

        package init(key: String, scopes: [String] = ["*"], scopedTeams: [Int64] = []) {
            self.key = key
            self.scopes = scopes
            self.scopedTeams = scopedTeams
        }
    }

    /// These switches with those in `patch` set; null sets one to none.
    func setting(_ patch: JSONValue) throws(ControlError) -> Switches {
        guard let changes = patch.object else { throw ControlError("switches are an object") }
        guard var members = try? JSONValue(encoding: self).object else {
            throw ControlError("the switches cannot be read")
        }
        members.merge(changes) { $1 }
        let text = JSONValue.object(members.filter { $0.value != .null }).encoded()
        do {
            let switches = try JSONDecoder().decode(Switches.self, from: text)
            try switches.check(knows: changes)
            return switches
        } catch {
            throw ControlError("\(error)")
        }
    }

    /// A misspelt switch would be a test that tests nothing.
    private func check(knows changes: [String: JSONValue]) throws {
        let known = try JSONValue(encoding: self).object ?? [:]
        for (name, value) in changes where value != .null && known[name] == nil {
            throw ControlError("there is no switch '\(name)'")
        }
    }
}
