/// The secrets by which a provider's deliveries are known: the current one, and earlier ones that
/// the service may still use.
struct WebhookKeys: Sendable, Equatable {
    /// Its name among what is kept under the kind `derived`; the earlier implementation reads it.
    static let member = "webhookSecret"
    /// The name of the earlier ones, as JSON in a text.
    static let earlierMember = "webhookSecretsEarlier"
    /// All names of the instance's own affairs with secrets.
    static let ownMembers = [member, earlierMember, SigningState.member]
    /// How many earlier ones may count at a time: each is one more that a thief could have.
    private static let mostEarlier = 3

    /// A secret that was the current one.
    struct Earlier: Sendable, Equatable {
        let secret: Secret
        /// The one that signed beside it.
        var signing: Secret?
        /// Nil until the service is known to have the one that came after.
        var until: Date?
    }

    let current: Secret
    private(set) var earlier: [Earlier] = []
    /// What deliveries are to be signed with as well, where the provider's are.
    var signing: SigningState?
    /// What the environment says was in use before.
    var previous: Secret?
    /// Whether the store could not be read, so that there may be newer ones.
    var isRemembered = false
    /// Whether the current one is a value that a user pasted to connect.
    var isPasted = false

    init(current: Secret) { self.current = current }

    /// Whether the service may not have the current one yet.
    var isRotating: Bool { earlier.contains { $0.until == nil } }

    /// Until when the last of the earlier ones counts; nil where none does, or no end is known.
    func earlierUntil(at now: Date) -> Date? {
        isRotating ? nil : earlier.compactMap(\.until).filter { $0 > now }.max()
    }

    /// Until when the one counts that the current one replaced.
    func previousUntil(at now: Date) -> Date? {
        earlier.last?.until.flatMap { $0 > now ? $0 : nil }
    }

    /// What counts at that time, the current one first.
    func accepted(at now: Date) -> [Secret] {
        [current] + living(at: now).map(\.secret) + [previous].compactMap { $0 }
    }

    /// What a signature may be made with at that time.
    func signers(at now: Date) -> [Secret] {
        [signing?.secret].compactMap { $0 } + living(at: now).compactMap(\.signing)
    }

    private func living(at now: Date) -> [Earlier] {
        earlier.filter { $0.until.map { $0 > now } ?? true }
    }

    // MARK: Rotating

    /// The same with a new secret, which counts beside the one that it replaces.
    ///
    /// A rotation that did not come to its end is gone on with: the service has one of these two, and
    /// a third would be one too many.
    func rotated(
        to secret: Secret, signing new: Secret? = nil, at now: Date
    ) throws(APIError) -> WebhookKeys {
        if isRotating { return self }
        var keys = WebhookKeys(current: secret)
        keys.earlier = living(at: now)
        keys.signing = new.map { signing?.renewed($0) ?? SigningState(secret: $0) }
        if keys.earlier.count >= Self.mostEarlier {
            throw Self.tooMany(keys.earlier.compactMap(\.until).min() ?? now)
        }
        keys.earlier.append(Earlier(secret: current, signing: signing?.secret))
        return keys
    }

    /// The same once the service has the current one: what went before it counts until then.
    func settled(until end: Date) -> WebhookKeys {
        var keys = self
        for place in keys.earlier.indices where keys.earlier[place].until == nil {
            keys.earlier[place].until = end
        }
        return keys
    }

    private static func tooMany(_ end: Date) -> APIError {
        APIError(
            409, "too_many_rotations",
            detail:
                "\(mostEarlier) earlier secrets are still accepted, the first until \(end.iso8601)",
            remediation: "wait until then, and run the command again")
    }

    // MARK: Values that hold a secret

    /// A value that was kept of the service's side, with the current secret for every earlier one.
    ///
    /// So an undoing puts none back that is, or will be, refused.
    func renewing(_ value: PriorValue) -> PriorValue {
        PriorValue(
            object: value.object, field: value.field, before: renewing(value.before),
            after: renewing(value.after))
    }

    private func renewing(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text):
            earlier.contains { $0.secret == Secret(text) } ? .string(current.reveal()) : value
        case .array(let elements): .array(elements.map(renewing))
        case .object(let members): .object(members.mapValues(renewing))
        case .null, .bool, .integer, .number: value
        }
    }
}

extension WebhookKeys {
    /// Nil where there is no secret; an empty one would match an empty header.
    init?(_ members: JSONValue) {
        guard let text = members[Self.member]?.string, !text.isEmpty else { return nil }
        self.init(current: Secret(text))
        let list = members[Self.earlierMember]?.string.flatMap {
            JSONValue(decoding: Data($0.utf8))
        }
        earlier = (list?.array ?? []).compactMap(Earlier.init)
        signing = SigningState(members[SigningState.member])
    }

    /// The members of the derived row.
    var members: [String: JSONValue] {
        let list = JSONValue.array(earlier.map(\.json)).encoded()
        return [
            Self.member: .string(current.reveal()),
            SigningState.member: signing.map(\.member) ?? .null,
            Self.earlierMember: earlier.isEmpty
                ? .null : .string(String(decoding: list, as: UTF8.self)),
        ]
    }
}

extension WebhookKeys? {
    /// The same with a secret that the service gave out; what it gave out before counts on.
    func adopting(_ issued: Secret, at now: Date) -> WebhookKeys {
        guard let self, self.current != issued else { return self ?? WebhookKeys(current: issued) }
        return (try? self.rotated(to: issued, at: now)) ?? WebhookKeys(current: issued)
    }
}

extension WebhookKeys.Earlier {
    /// What names an end that is none counts no more.
    fileprivate init?(_ json: JSONValue) {
        guard let text = json["secret"]?.string, !text.isEmpty else { return nil }
        secret = Secret(text)
        signing = json["signing"]?.string.map { Secret($0) }
        if let end = json["until"], end != .null {
            guard let end = end.string.flatMap({ Date(iso8601: $0) }) else { return nil }
            until = end
        }
    }

    fileprivate var json: JSONValue {
        [
            "secret": .string(secret.reveal()),
            "signing": signing.map { .string($0.reveal()) } ?? .null,
            "until": until.map { .string($0.iso8601) } ?? .null,
        ]
    }
}
