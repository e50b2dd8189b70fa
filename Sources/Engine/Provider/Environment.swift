/// The variables that a process was started with, then those of a `.env` file.
public struct Environment: Sendable {
    private let variables: [String: String]
    private let fileVariables: [String: String]

    /// Makes an environment; a variable that is set, even to nothing, is not read from the file.
    public init(_ variables: [String: String], file: [String: String] = [:]) {
        self.variables = variables
        fileVariables = file
    }

    /// The variable's value without white space around it; nil when unset or empty.
    public subscript(_ name: String) -> String? {
        let value = (variables[name] ?? fileVariables[name])?.trimmingWhitespace()
        return value?.isEmpty == false ? value : nil
    }

    /// The value exactly as it is set, white space included; nil when unset or empty.
    package func untrimmed(_ name: String) -> String? {
        let value = variables[name] ?? fileVariables[name]
        return value?.isEmpty == false ? value : nil
    }

    /// The value that the process was started with, whatever a `.env` file says.
    package func ofProcess(_ name: String) -> String? {
        variables[name] == nil ? nil : self[name]
    }

    /// Whether the value comes from the `.env` file.
    package func isFromFile(_ name: String) -> Bool {
        variables[name] == nil && self[name] != nil
    }
}
