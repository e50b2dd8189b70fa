import Engine
import ProviderKit
import Testing

/// Tests/Mutants/mutants.txt fits the sources that it changes.
@Suite("Mutants")
struct MutantTableTests {
    struct Mutant {
        let name: String
        var file = ""
        var check = ""
        var old: [Substring] = []
        var new: [Substring] = []
    }

    let root: String
    let mutants: [Mutant]

    init(here: String = #filePath) throws {
        root = String(here[..<(try #require(here.firstRange(of: "/Tests/")).lowerBound)])
        let text = try String(contentsOfFile: root + "/Tests/Mutants/mutants.txt", encoding: .utf8)
        mutants = text.split(separator: "\n").reduce(into: []) { found, line in
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch words.first {
            case "mutant"?: found.append(Mutant(name: words.last ?? ""))
            case "file"?: found[found.count - 1].file = words.last ?? ""
            case "check"?: found[found.count - 1].check = words.last ?? ""
            case _ where line.hasPrefix("-"): found[found.count - 1].old.append(line.dropFirst())
            case _ where line.hasPrefix("+"): found[found.count - 1].new.append(line.dropFirst())
            default: break
            }
        }
    }

    @Test func `there are at least thirty, each under a name of its own`() {
        #expect(mutants.count >= 30)
        #expect(Set(mutants.map(\.name)).count == mutants.count)
    }

    @Test func `what each one changes occurs once in its file`() throws {
        for mutant in mutants {
            let text = try String(contentsOfFile: root + "/" + mutant.file, encoding: .utf8)
            let old = mutant.old.joined(separator: "\n")
            #expect(!old.isEmpty && mutant.old != mutant.new, "\(mutant.name)")
            #expect(text.ranges(of: old).count == 1, "\(mutant.name)")
        }
    }

    @Test func `each one is to be seen by a check that exists`() {
        let ids = Set(ProviderContract.checks.map(\.id) + ["source.constant-time"])
        for mutant in mutants { #expect(ids.contains(mutant.check), "\(mutant.name)") }
    }
}
