import Engine
import Foundation
import Testing

/// Plugins.md says what is true.
@Suite("Plugins.md")
struct PluginsTests {
    let root: String
    let page: String

    init(here: String = #filePath) throws {
        root = String(
            here[..<(try #require(here.firstRange(of: "/Tests/hogsendTests/")).lowerBound)])
        page = try String(contentsOfFile: "\(root)/Plugins.md", encoding: .utf8)
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
    }

    /// What stands under a heading.
    private func section(_ title: String) throws -> Substring {
        let start = try #require(page.firstRange(of: "\n## \(title)\n")).upperBound
        return page[start...].prefix(
            upTo: page[start...].firstRange(of: "\n## ")?.lowerBound ?? page.endIndex)
    }

    /// The names in the first column of a section's tables.
    private func rows(_ title: String) throws -> [String] {
        try section(title).split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^\| `([^`]+)` \|/).map { String($0.1) }
        }
    }

    /// The members that the protocol requires, functions with their labels.
    private func requirements() throws -> (properties: [String], functions: [String]) {
        let source = try text("Sources/Engine/Provider/Provider.swift")
        let start = try #require(source.firstRange(of: "public protocol Provider")).lowerBound
        let end = try #require(source[start...].firstRange(of: "\n}\n")).lowerBound
        let body = source[start..<end].split(separator: "\n")
            .filter { !$0.trimmingWhitespace().hasPrefix("///") }.joined(separator: "\n")
        let functions = body.matches(of: /\n    func (\w+)\(([^)]*)\)/).map { match in
            let labels = match.2.split(separator: ",").map { parameter in
                parameter.trimmingWhitespace().prefix { $0 != " " && $0 != ":" } + ":"
            }
            return "\(match.1)(\(labels.joined()))"
        }
        return (body.matches(of: /\n    var (\w+):/).map { String($0.1) }, functions)
    }

    /// The blocks of Swift, in order.
    private var blocks: [String] {
        page.split(separator: "```swift\n").dropFirst().compactMap { rest in
            rest.firstRange(of: "```").map { String(rest[..<$0.lowerBound]) }
        }
    }

    @Test func `the protocol is there whole, in its order within each table`() throws {
        let (properties, functions) = try requirements()
        #expect(properties.count > 15 && functions.count > 10)
        #expect(try rows("The protocol") == properties + functions)
    }

    @Test func `of every function it is said when it is called`() throws {
        let functions = try requirements().functions
        #expect(try Set(rows("When a function is called")) == Set(functions))
    }

    @Test func `every part of a delivery's and a collection's description is there`() throws {
        for (file, title) in [
            ("WebhookSource", "Deliveries"), ("WebhookCollection", "Setting up the service's side"),
        ] {
            let source = try text("Sources/Engine/Provider/Webhooks/\(file).swift")
            let members = source.matches(of: /\n    public let (\w+):/).map { String($0.1) }
            #expect(members.count > 8)
            for member in members where member != "path" {
                #expect(try section(title).contains("`\(member)`"), "\(member)")
            }
        }
    }

    @Test func `the example is the one that is built and tested, in sixty lines`() throws {
        let example = try text("Tests/Scaffold/Initech/Initech.swift")
        #expect(blocks.first == example)
        let lines = example.split(separator: "\n").filter {
            let line = $0.trimmingWhitespace()
            return !line.isEmpty && !line.hasPrefix("///")
        }
        #expect(lines.count <= 60)
    }

    @Test func `the program is that of the package in Examples`() throws {
        #expect(blocks.contains(try text("Examples/Globex/Sources/Program/main.swift")))
    }

    @Test func `every block of Swift compiles for those who are outside the package`() async throws
    {
        #expect(blocks.count == 4)
        // Ours alone are among the modules that were built.
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        for block in blocks where !block.contains("import GlobexProvider") {
            let ended = try await typecheck(block, in: folder)
            #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        }
    }

    /// By the compiler, against the modules that were built beside this very test.
    ///
    /// The cache of C modules is the folder's own, since one remembers the path that it was made at.
    private func typecheck(
        _ source: String, in folder: TemporaryFolder
    ) async throws -> Program.Ended {
        let file = "\(folder.path)/main.swift"
        try Data(source.utf8).write(to: URL(fileURLWithPath: file))
        let libraries = "\(root)/Sources/CLibraries"
        let maps = try FileManager.default.contentsOfDirectory(atPath: libraries).flatMap {
            ["-Xcc", "-fmodule-map-file=\(libraries)/\($0)/module.modulemap"]
        }
        let features = [
            "ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault",
            "NonisolatedNonsendingByDefault",
        ].flatMap { ["-enable-upcoming-feature", $0] }
        return try await Program(
            name: "/usr/bin/env",
            arguments: ["swiftc", "-typecheck", "-swift-version", "6", "-warnings-as-errors"]
                + features + ["-I", "\(Program.buildFolder)/Modules"]
                + ["-module-cache-path", "\(folder.path)/modules"]
                + ["-Xcc", "-I/usr/include/postgresql"] + maps + [file],
            environment: ["HOME": folder.path], folder: folder.path
        ).run(within: .seconds(120))
    }
}
