import Engine
import Testing

/// The rooms of Sources/Engine and who may know whom.
@Suite("Layering")
struct LayeringTests {
    /// Low to high: a room names no type of a room that stands after it.
    static let rooms = [
        "Concurrency", "Crypto", "HTTP", "Database", "OAuth", "Provider", "Credentials", "Events",
        "InstanceAPI", "Instance", "Connect",
    ]
    static let strangers = [
        "Connect": ["Credentials", "Events", "Database", "Instance"], "Instance": ["Connect"],
    ]
    static let importers = [
        "CCurl": "HTTP", "CMicroHTTPD": "HTTP", "COpenSSL": "Crypto", "CSQLite": "Database",
        "CPostgres": "Database",
    ]

    let sources: [SourceFile]
    let tests: [SourceFile]
    var engine: [SourceFile] { sources.filter { $0.path.hasPrefix("Sources/Engine/") } }

    private static let files = Result {
        (try SourceFile.all(under: "Sources"), try SourceFile.all(under: "Tests"))
    }

    init() throws {
        (sources, tests) = try Self.files.get()
        try #require(engine.count > 50, "Sources/Engine is not where it was")
    }

    @Test func `every folder of the engine is a known room`() {
        let rooms = Set(engine.compactMap(\.room))
        #expect(rooms.subtracting(Self.rooms).isEmpty)
        #expect(rooms.isSuperset(of: ["Concurrency", "Crypto", "HTTP", "Database"]))
    }

    @Test(arguments: rooms)
    func `a room names no type of a room it must not know`(room: String) throws {
        let place = try #require(Self.rooms.firstIndex(of: room))
        let forbidden = Set(Self.rooms[(place + 1)...] + Self.strangers[room, default: []])
        let types = engine.filter { $0.room.map(forbidden.contains) ?? false }
            .reduce(into: Set<String>()) { $0.formUnion($1.declaredTypes) }
        let files = engine.filter { $0.room == room }
        let own = files.reduce(into: Set<String>()) { $0.formUnion($1.ownTypes) }
        let broken = files.flatMap { file in
            file.names.intersection(types.subtracting(own)).map { "\(file.path): \($0)" }
        }
        #expect(broken == [])
    }

    @Test func `the engine names no provider`() {
        let providers = Set(sources.compactMap(\.provider))
        #expect(providers.isSuperset(of: ["PostHog", "Stripe", "Discord"]))
        for provider in providers {
            let name = provider.lowercased()
            #expect(paths(engine) { $0.text.lowercased().contains(name) } == [], "\(provider)")
        }
    }

    @Test(arguments: importers.sorted { $0.key < $1.key })
    func `a C library has one room`(module: String, room: String) {
        let importing = sources.filter { file in
            file.codeLines.contains { $0.hasSuffix("import \(module)") }
        }
        #expect(!importing.isEmpty)
        #expect(paths(importing) { $0.room != room } == [])
    }

    @Test func `no file is longer than 400 lines`() {
        #expect(paths(sources + tests) { $0.lines.count > 400 } == [])
    }

    @Test(arguments: ["try!", "fatalError("])
    func `nothing ends the process on purpose`(words: String) {
        #expect(paths(sources + tests) { $0.code.contains(words) } == [])
    }

    @Test func `an unchecked Sendable says why, right above`() {
        let silent = (sources + tests).flatMap { file in
            file.codeLines.indices
                .filter { file.codeLines[$0].contains("@unchecked") }
                .filter { !file.lines[max(0, $0 - 3)..<$0].contains { $0.contains("//") } }
                .map { "\(file.path):\($0 + 1)" }
        }
        #expect(silent == [])
    }

    private func paths(
        _ files: [SourceFile], where isBroken: (SourceFile) -> Bool
    ) -> [String] {
        files.filter(isBroken).map(\.path)
    }
}
