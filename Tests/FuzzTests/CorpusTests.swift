import Foundation
import FuzzTargets
import Testing

/// What libFuzzer and people found worth keeping; `make fuzz` looks for more.
@Suite("The corpus")
struct CorpusTests {
    private static let mutations = 2000

    @Test(arguments: FuzzTarget.allCases)
    func `every kept input leaves the properties whole`(target: FuzzTarget) async throws {
        let corpus = try Corpus(target)
        #expect(!corpus.inputs.isEmpty)
        for (name, input) in corpus.inputs {
            await #expect(throws: Never.self, "\(target.rawValue)/\(name)") {
                try await target.run(input)
            }
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `so does what becomes of them by chance`(target: FuzzTarget) async throws {
        var mutator = Mutator(try Corpus(target).inputs.map(\.bytes), seed: 1)
        for _ in 0..<Self.mutations {
            let input = mutator.next()
            do {
                try await target.run(input)
            } catch {
                Issue.record("\(error): \(Data(input).base64EncodedString())")
                return
            }
        }
    }
}

/// The files of one target's folder.
struct Corpus {
    let inputs: [(name: String, bytes: [UInt8])]

    init(_ target: FuzzTarget) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fuzz/Corpus/\(target.rawValue)")
        inputs = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            ($0, [UInt8](try Data(contentsOf: folder.appendingPathComponent($0))))
        }
    }
}
