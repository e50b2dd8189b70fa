import Engine
import Testing

@Suite("Environment")
struct EnvironmentTests {
    static let environment = Environment(
        ["A": "process", "B": "", "C": "  spaced \t", "D": " "],
        file: ["A": "file", "B": "file", "E": "file", "F": ""])

    @Test(arguments: [
        ("A", "process", false), ("B", nil, false), ("C", "spaced", false), ("D", nil, false),
        ("E", "file", true), ("F", nil, false), ("G", nil, false), ("a", nil, false),
    ])
    func `the process goes before the file, also with nothing`(
        name: String, value: String?, isFromFile: Bool
    ) {
        #expect(Self.environment[name] == value)
        #expect(Self.environment.isFromFile(name) == isFromFile)
    }

    @Test func `a secret for a header is visible ASCII, and a refusal does not repeat it`() throws {
        #expect(try Self.environment.header("A") == Secret("process"))
        #expect(try Self.environment.header("B") == nil)
        for value in ["hunter2 x", "hunter2\nx", "hünter2", "hunter2\u{7F}"] {
            let error = #expect(throws: ConfigurationError.self) {
                try Environment(["KEY": value]).header("KEY")
            }
            #expect(error?.description.hasPrefix("KEY ") == true)
            #expect(error?.description.contains("nter2") == false)
        }
    }
}
