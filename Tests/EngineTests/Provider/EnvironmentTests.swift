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
}
