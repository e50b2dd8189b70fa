import Engine
import Foundation
import Testing

extension BinaryTests {
    @Suite("An instance that is killed under load") struct KillTests {
        /// `Tests/Peers/deliveries/soak.py`, with as few deliveries as show anything.
        @Test(arguments: StageDatabase.allCases)
        func `stores each id once and loses none that it answered with 200`(
            database: StageDatabase
        ) async throws {
            try await database.make { address in
                let script =
                    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                    .deletingLastPathComponent().path + "/Peers/deliveries/soak.py"
                let ended = try await Program(
                    name: "/usr/bin/env",
                    arguments: [
                        "python3", script, Program.path("hogsend"), "--count", "2500",
                        "--database", address,
                    ]
                ).run(within: .seconds(120))
                let report = try #require(ended.document, "\(ended.errors)")
                #expect(report["ok"] == true, "\(ended.output)")
                #expect(report["kills"] == 3)
                let answered = try #require(report["answered"]?.integer)
                let stored = try #require(report["stored"]?.integer)
                #expect(answered > 2000 && stored >= answered)
            }
        }
    }
}
