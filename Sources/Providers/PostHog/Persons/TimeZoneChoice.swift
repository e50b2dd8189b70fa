public import Engine

/// The time zone that counts for a person, and why it does.
public struct TimeZoneChoice: Sendable, Equatable {
    /// The zone's name in the IANA database, such as `Europe/Berlin`.
    public let name: String
    /// Where it was found.
    public let source: Source
    /// A sentence for each earlier candidate that is no zone.
    public let warnings: [String]

    /// Where a zone may be found, in the order in which it is looked for.
    public enum Source: String, Sendable, CaseIterable {
        /// The caller asked for it.
        case explicit
        /// The person's property `$timezone`, which is there if the app sets it.
        case timezone = "$timezone"
        /// The person's property `$geoip_time_zone`, which PostHog infers from an IP address.
        case geoIP = "$geoip_time_zone"
        /// The column of the caller's own contact.
        case contactColumn = "contact.column"
        /// A property of the caller's own contact.
        case contactProperty = "contact.property"
        /// The caller's default for all.
        case defaultTimezone
        /// Nothing else was usable.
        case utc = "UTC"
    }
}

/// What the caller knows of a person's time zone; every part may be left out.
public struct TimeZoneCandidates: Sendable, Equatable {
    /// A zone that must be used, or be an error.
    public var explicit: String?
    /// The column of the caller's contact.
    public var contactColumn: String?
    /// The property of the caller's contact.
    public var contactProperty: JSONValue?
    /// The default for all.
    public var defaultTimezone: String?

    /// Names what is known.
    public init(
        explicit: String? = nil, contactColumn: String? = nil, contactProperty: JSONValue? = nil,
        defaultTimezone: String? = nil
    ) {
        self.explicit = explicit
        self.contactColumn = contactColumn
        self.contactProperty = contactProperty
        self.defaultTimezone = defaultTimezone
    }
}

/// A zone that was asked for and cannot be used.
public enum InvalidTimeZone: Error, Equatable {
    /// The database has no zone of that name.
    case unknown(String)
    /// The system has no database to look the name up in.
    case noDatabase(String)
}

extension InvalidTimeZone: ActionableError {
    /// The word on the wire.
    public var code: String {
        switch self {
        case .unknown: "invalid_timezone"
        case .noDatabase: "no_timezone_database"
        }
    }

    /// One sentence with the name, cleaned.
    public var description: String {
        switch self {
        case .unknown(let name): "'\(name.sanitized(limit: 64))' is no time zone"
        case .noDatabase(let name):
            "'\(name.sanitized(limit: 64))' cannot be looked up: this system has no time zone database"
        }
    }

    /// The remedy.
    public var hint: String? {
        switch self {
        case .unknown: "use a name of the IANA database, such as Europe/Berlin"
        case .noDatabase: "install the package tzdata on the instance, or set TZDIR"
        }
    }
}

extension TimeZoneChoice {
    /// Chooses by the documented order: what is absent is passed over, what is no zone is passed
    /// over with a warning.
    ///
    /// - Throws: ``InvalidTimeZone`` for an explicit zone alone.
    public init(
        _ candidates: TimeZoneCandidates, properties: [String: JSONValue] = [:],
        database: TimeZoneDatabase = TimeZoneDatabase()
    ) throws(InvalidTimeZone) {
        if let name = candidates.explicit {
            try Self.check(name, database)
            self.init(name: name, source: .explicit, warnings: [])
            return
        }
        let found: [(Source, JSONValue?)] = [
            (.timezone, properties["$timezone"]), (.geoIP, properties["$geoip_time_zone"]),
            (.contactColumn, candidates.contactColumn.map { .string($0) }),
            (.contactProperty, candidates.contactProperty),
            (.defaultTimezone, candidates.defaultTimezone.map { .string($0) }),
        ]
        var warnings: [String] = []
        for (source, value) in found {
            guard let value, value != .null, value != "" else { continue }
            do throws(InvalidTimeZone) {
                let name = value.string ?? String(decoding: value.encoded(), as: UTF8.self)
                try Self.check(name, database)
                self.init(name: name, source: source, warnings: warnings)
                return
            } catch {
                warnings.append("\(source.rawValue) is passed over: \(error.description)")
            }
        }
        self.init(name: "UTC", source: .utc, warnings: warnings)
    }

    private static func check(
        _ name: String, _ database: TimeZoneDatabase
    ) throws(InvalidTimeZone) {
        guard !database.contains(name) else { return }
        throw database.folder == nil ? .noDatabase(name) : .unknown(name)
    }
}

extension PersonReads {
    /// The time zone that counts for a person now.
    ///
    /// Without a live profile its two properties are passed over. PostHog is not asked when a zone
    /// is explicit.
    ///
    /// - Throws: ``InvalidTimeZone`` for an explicit zone that cannot be used.
    public func timeZone(
        of distinctID: String, _ candidates: TimeZoneCandidates = TimeZoneCandidates(),
        database: TimeZoneDatabase = TimeZoneDatabase()
    ) async throws(InvalidTimeZone) -> TimeZoneChoice {
        let properties =
            candidates.explicit == nil ? await self.properties(distinctID) ?? [:] : [:]
        return try TimeZoneChoice(candidates, properties: properties, database: database)
    }
}
