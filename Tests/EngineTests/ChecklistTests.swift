import Engine
import Testing

/// Tests/CHECKLIST.md says what is true.
@Suite("OAuth checklist")
struct ChecklistTests {
    /// How many lines each part has.
    static let parts = [
        ("8252", 14), ("7636", 10), ("8414", 11), ("9207", 7), ("9700", 15), ("6749", 10),
        ("6750", 1), ("7009", 7), ("8628", 5), ("CIMD", 9),
    ]
    static let abilities = ["refresh", "the device grant", "feature scopes"]

    struct Row {
        let id: String
        let holds: String

        /// Names of files and sentences, as they stand in the third column.
        var tests: [(file: Substring, sentence: Substring)] {
            holds.matches(of: /(\w+): `([^`]+)`/).map { ($0.1, $0.2) }
        }
    }

    let rows: [Row]
    let tests: [SourceFile]
    let sources: [SourceFile]

    private static let files = Result {
        (try SourceFile.all(under: "Tests"), try SourceFile.all(under: "Sources"))
    }

    init(here: String = #filePath) throws {
        let folder = try #require(here.firstRange(of: "/EngineTests/")).lowerBound
        let table = try String(contentsOfFile: here[..<folder] + "/CHECKLIST.md", encoding: .utf8)
        rows = table.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingWhitespace() }
            guard cells.count == 3, cells[0].contains("-"), !cells[0].hasPrefix("-") else {
                return nil
            }
            return Row(id: cells[0], holds: cells[2])
        }
        (tests, sources) = try Self.files.get()
    }

    @Test func `every line is there once, in order`() {
        let expected = Self.parts.flatMap { part, count in (1...count).map { "\(part)-\($0)" } }
        #expect(rows.map(\.id) == expected)
    }

    @Test func `every line has a test, a reason, or an ability to come`() {
        for row in rows where row.tests.isEmpty {
            let isToCome = Self.abilities.contains { row.holds == "with \($0)" }
            let hasReason = row.holds.hasPrefix("does not apply: ")
            #expect(isToCome || hasReason, "\(row.id)")
        }
    }

    @Test func `every test that is named exists`() {
        for row in rows {
            for test in row.tests {
                let isThere = tests.contains { source in
                    source.path.hasSuffix("/\(test.file).swift")
                        && source.text.contains("func `\(test.sentence)`(")
                }
                #expect(isThere, "\(row.id): \(test.file): \(test.sentence)")
            }
            let quoted = row.holds.split(separator: "`").count / 2
            #expect(quoted == row.tests.count, "\(row.id): each sentence has its file's name")
        }
    }

    @Test(arguments: [#""plain""#, #""password""#, #""token id_token""#, #""client_credentials""#])
    func `no source knows another transform, or a grant that shows a password`(word: String) {
        #expect(sources.filter { $0.text.contains(word) }.map(\.path) == [])
    }
}
