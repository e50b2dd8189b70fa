import Foundation
import Testing

/// `Scripts/new-provider`, run in a copy of the package that is a repository of its own.
@Suite("scaffold", .serialized)
struct ScaffoldTests {
    /// What the script reads, and no build folder.
    static let parts = [
        "Package.swift", ".swift-format", ".gitignore", "Scripts", "Sources", "Tests/Scaffold",
        "Tests/ProviderTests/PostHog/PostHogTests.swift",
    ]

    let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder()
        let root = try #require(#filePath.firstRange(of: "/Tests/hogsendTests/")).lowerBound
        for part in Self.parts {
            let copy = URL(fileURLWithPath: "\(folder.path)/\(part)")
            try FileManager.default.createDirectory(
                at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: URL(fileURLWithPath: "\(#filePath[..<root])/\(part)"), to: copy)
        }
        try await run("git", "init", "-q")
        try await run("git", "add", "--all")
        try await run("git", "commit", "-q", "-m", "Begin")
    }

    /// Runs to the end, within the time that a formatter may take on a busy machine.
    @discardableResult
    private func run(_ words: String...) async throws -> Program.Ended {
        try await Program(
            name: "/usr/bin/env", arguments: words,
            environment: [
                "HOME": folder.path, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a",
                "GIT_AUTHOR_EMAIL": "a@b.example", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@b.example",
            ], folder: folder.path
        ).run(within: .seconds(120))
    }

    private func status() async throws -> String {
        try await run("git", "status", "--porcelain", "--untracked-files=all").output
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(folder.path)/\(path)", encoding: .utf8)
    }

    @Test func `a provider is made, and taken away without a trace`() async throws {
        defer { folder.remove() }
        let source = "Sources/Providers/AcmeLikeName/AcmeLikeName.swift"
        let test = "Tests/ProviderTests/AcmeLikeName/AcmeLikeNameTests.swift"
        let made = try await run("Scripts/new-provider", "acme-like-name")
        #expect(made.status == 0, "\(made.errors)")
        let lists = ["Package.swift", "Sources/hogsend/Providers.swift"]
        #expect(
            try await status()
                == (lists.map { " M \($0)\n" } + ["?? \(source)\n", "?? \(test)\n"]).joined())
        #expect(try text("Package.swift").contains("\n    \"Discord\",\n    \"AcmeLikeName\",\n]"))
        #expect(try text(lists[1]).contains("\n    Discord(),\n    AcmeLikeName(),\n]"))
        for files in [[source, test, lists[1]], [lists[0]]] {
            let parsed = try await Program(
                name: "/usr/bin/env", arguments: ["swiftc", "-parse"] + files, folder: folder.path
            ).run(within: .seconds(120))
            #expect(parsed.status == 0, "\(parsed.errors)")
        }
        let linted = try await run(
            "swift", "format", "lint", "--strict", source, test, lists[0], lists[1])
        #expect(linted.status == 0, "\(linted.errors)")
        #expect(try await run("Scripts/new-provider", "acme-like-name").status == 1, "once")
        let undone = try await run("Scripts/new-provider", "--undo", "acme-like-name")
        #expect(undone.status == 0, "\(undone.errors)")
        #expect(try await status() == "")
    }

    @Test func `what it makes is the template under another name`() async throws {
        defer { folder.remove() }
        try await run("Scripts/new-provider", "new-servicf")
        for (made, template) in [
            ("Sources/Providers/NewServicf/NewServicf", "NewService/NewService"),
            (
                "Tests/ProviderTests/NewServicf/NewServicfTests",
                "NewServiceTests/NewServiceTests"
            ),
        ] {
            let renamed = try text("\(made).swift").replacing("NewServicf", with: "NewService")
                .replacing("new-servicf", with: "new-service")
                .replacing("NEW_SERVICF", with: "NEW_SERVICE")
            #expect(try renamed == text("Tests/Scaffold/\(template).swift"))
        }
    }

    @Test func `a name that cannot be one leaves everything as it is`() async throws {
        defer { folder.remove() }
        for name in [
            "", "Acme", "1st", "-a", "a-", "a--b", "a_b", "a/b", "../a", "post-hog", "posthog",
            "connect", "completions", "secret", "provider", "acme", "new-service", "a b", "a\nb",
            String(repeating: "a", count: 41),
        ] {
            let ended = try await run("Scripts/new-provider", name)
            #expect(ended.status == 1, "\(name)")
            #expect(ended.errors.contains("error: ") && ended.errors.contains("\nhint: "))
        }
        #expect(try await run("Scripts/new-provider").status == 2)
        #expect(try await run("Scripts/new-provider", "a", "b").status == 2)
        #expect(try await run("Scripts/new-provider", "--undo", "nobody").status == 1)
        #expect(try await run("Scripts/new-provider", "--undo", "posthog").status == 1)
        #expect(try await status() == "")
    }

    @Test func `lists with changes of somebody's are left alone`() async throws {
        defer { folder.remove() }
        let list = "Sources/hogsend/Providers.swift"
        try Data((try text(list) + "// mine\n").utf8)
            .write(to: URL(fileURLWithPath: "\(folder.path)/\(list)"))
        let ended = try await run("Scripts/new-provider", "umbrella")
        #expect(ended.status == 1 && ended.errors.contains("not committed"))
        #expect(try await status() == " M \(list)\n")
    }

    @Test func `work of somebody's is not taken away`() async throws {
        defer { folder.remove() }
        try await run("Scripts/new-provider", "umbrella")
        let source = "\(folder.path)/Sources/Providers/Umbrella/Umbrella.swift"
        let made = try text("Sources/Providers/Umbrella/Umbrella.swift")
        try Data((made + "// mine\n").utf8).write(to: URL(fileURLWithPath: source))
        let changed = try await run("Scripts/new-provider", "--undo", "umbrella")
        #expect(changed.status == 1 && changed.errors.contains("was changed since"))
        try Data(made.utf8).write(to: URL(fileURLWithPath: source))
        try Data().write(
            to: URL(fileURLWithPath: "\(folder.path)/Sources/Providers/Umbrella/B.swift"))
        #expect(try await run("Scripts/new-provider", "--undo", "umbrella").status == 1)
        #expect(FileManager.default.fileExists(atPath: source))
    }
}
