import Engine
import Foundation
import PostHogProvider
import Testing

@Suite("A person's time zone")
struct TimeZoneTests {
    /// A database of three zones, and whatever a test puts beside it.
    static func withDatabase(_ body: (TimeZoneDatabase, String) throws -> Void) throws {
        let root = "\(NSTemporaryDirectory())zones-\(UUID().uuidString)"
        let folder = "\(root)/zoneinfo"
        defer { try? FileManager.default.removeItem(atPath: root) }
        for name in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+1"] {
            let path = "\(folder)/\(name)"
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
                withIntermediateDirectories: true)
            try Data("TZif2 and more".utf8).write(to: URL(fileURLWithPath: path))
        }
        try body(TimeZoneDatabase(folder: folder), folder)
    }

    @Test(arguments: [
        ("Europe/Berlin", true), ("America/Argentina/Buenos_Aires", true), ("Etc/GMT+1", true),
        ("UTC", true), ("europe/berlin", false), ("Europe", false), ("Europe/", false),
        ("/Europe/Berlin", false), ("Europe//Berlin", false), ("Europe/Paris", false),
        ("../secret", false), ("Europe/../Europe/Berlin", false), ("Europe/../../Secret", false),
        ("./UTC", false), ("", false), (" UTC", false), ("UTC ", false), ("UTC\u{0}", false),
        ("Europe/Berlin\n", false), ("posix/UTC", false), ("Europe\\Berlin", false),
        ("Pacific Standard Time", false), ("Factory", false), ("Broken", false), ("Outside", false),
        ("Ｅurope/Berlin", false), (String(repeating: "A/", count: 40) + "A", false),
    ])
    func `a name is a zone of the database or it is none`(name: String, isZone: Bool) throws {
        try Self.withDatabase { database, folder in
            let manager = FileManager.default
            for (path, text) in [
                ("\(folder)/../Secret", "TZif"), ("\(folder)/Broken", "no zone"),
                ("\(folder)/Factory", "TZif"),
            ] { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
            try manager.createSymbolicLink(
                atPath: "\(folder)/Outside", withDestinationPath: "\(folder)/../Secret")
            try manager.createSymbolicLink(
                atPath: "\(folder)/posix", withDestinationPath: folder)
            #expect(database.contains(name) == isZone)
        }
    }

    @Test func `a link within the database is a zone`() throws {
        try Self.withDatabase { database, folder in
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/Germany", withDestinationPath: "Europe/Berlin")
            #expect(database.contains("Germany"))
        }
    }

    @Test func `this system's database has what it should`() {
        let database = TimeZoneDatabase()
        #expect(database.folder != nil, "tzdata is missing")
        for name in ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"] {
            #expect(database.contains(name))
        }
        #expect(!database.contains("Europe/Atlantis"))
    }

    private static let all = [
        "$timezone", "$geoip_time_zone", "contact.column", "contact.property", "defaultTimezone",
    ]

    /// Every candidate absent or one of its own; the first that is there counts.
    @Test(arguments: 0..<32)
    func `the order is the documented one`(present: Int) throws {
        try Self.withDatabase { database, folder in
            for name in ["A", "B", "C", "D", "E"] {
                try Data("TZif".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            }
            func value(_ place: Int) -> String? {
                present >> place & 1 == 1 ? ["A", "B", "C", "D", "E"][place] : nil
            }
            var properties: [String: JSONValue] = [:]
            properties["$timezone"] = value(0).map { .string($0) }
            properties["$geoip_time_zone"] = value(1).map { .string($0) } ?? .null
            let candidates = TimeZoneCandidates(
                contactColumn: value(2), contactProperty: value(3).map { .string($0) },
                defaultTimezone: value(4))
            let choice = try TimeZoneChoice(
                candidates, properties: properties, database: database)
            let first = (0..<5).first { value($0) != nil }
            #expect(choice.name == first.flatMap(value) ?? "UTC")
            #expect(choice.source.rawValue == first.map { Self.all[$0] } ?? "UTC")
            #expect(choice.warnings == [])
            let explicit = try TimeZoneChoice(
                TimeZoneCandidates(explicit: "Europe/Berlin"), properties: properties,
                database: database)
            #expect(explicit.name == "Europe/Berlin" && explicit.source == .explicit)
        }
    }

    @Test func `what is no zone is passed over with a warning each`() throws {
        try Self.withDatabase { database, _ in
            let choice = try TimeZoneChoice(
                TimeZoneCandidates(
                    contactColumn: "../secret", contactProperty: ["Europe/Berlin"],
                    defaultTimezone: "Europe/Berlin"),
                properties: ["$timezone": "\u{1B}[2JMars", "$geoip_time_zone": 7],
                database: database)
            #expect(choice.name == "Europe/Berlin" && choice.source == .defaultTimezone)
            #expect(
                choice.warnings == [
                    "$timezone is passed over: '[2JMars' is no time zone",
                    "$geoip_time_zone is passed over: '7' is no time zone",
                    "contact.column is passed over: '../secret' is no time zone",
                    #"contact.property is passed over: '["Europe/Berlin"]' is no time zone"#,
                ])
        }
    }

    @Test(arguments: ["", "Mars", "../UTC", "europe/berlin"])
    func `an explicit one that is none is an error`(name: String) throws {
        try Self.withDatabase { database, _ in
            let error = #expect(throws: InvalidTimeZone.self) {
                try TimeZoneChoice(
                    TimeZoneCandidates(explicit: name, defaultTimezone: "UTC"), database: database)
            }
            #expect(error == .unknown(name) && error?.code == "invalid_timezone")
        }
    }

    @Test func `a system without a database says so`() throws {
        let database = TimeZoneDatabase(folder: "/nowhere")
        #expect(database.folder == nil)
        let choice = try TimeZoneChoice(
            TimeZoneCandidates(), properties: ["$timezone": "Europe/Berlin"], database: database)
        #expect(choice.name == "UTC" && choice.source == .utc)
        #expect(choice.warnings.count == 1)
        #expect(choice.warnings.first?.contains("no time zone database") == true)
        let error = #expect(throws: InvalidTimeZone.self) {
            try TimeZoneChoice(TimeZoneCandidates(explicit: "Europe/Berlin"), database: database)
        }
        #expect(error?.code == "no_timezone_database" && error?.hint?.contains("tzdata") == true)
        #expect(
            try TimeZoneChoice(TimeZoneCandidates(explicit: "UTC"), database: database).name
                == "UTC")
    }

    @Test func `an explicit zone asks PostHog nothing, any other asks once`() async throws {
        let desk = try PersonDesk(.person("ada", ["$geoip_time_zone": "Europe/Berlin"]))
        let reads = desk.reads()
        let explicit = try await reads.timeZone(of: "ada", TimeZoneCandidates(explicit: "UTC"))
        #expect(explicit.source == .explicit && desk.lines == [])
        let live = try await reads.timeZone(of: "ada")
        #expect(live.name == "Europe/Berlin" && live.source == .geoIP)
        desk.service.withLock { $0 = .failure(.noCredential) }
        let degraded = try await reads.timeZone(
            of: "ada", TimeZoneCandidates(contactColumn: "Asia/Tokyo"))
        #expect(degraded.name == "Asia/Tokyo" && degraded.source == .contactColumn)
        #expect(desk.lines.count == 1)
    }
}
