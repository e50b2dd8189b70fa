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

    /// The value as a secret that a header carries.
    ///
    /// - Throws: ``ConfigurationError`` for characters other than visible ASCII, without the value.
    public func header(_ name: String) throws(ConfigurationError) -> Secret? {
        guard let text = self[name] else { return nil }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ConfigurationError(
                "\(name) holds characters other than printable ASCII, which no header can carry",
                hint: "set it again, without spaces and line ends inside")
        }
        return Secret(text)
    }

    /// The value as a key that could as well have been pasted.
    ///
    /// - Throws: ``ConfigurationError`` for one that breaks the field's rule, without the value.
    public func key(_ name: String, _ field: KeyField) throws(ConfigurationError) -> Secret? {
        guard let text = self[name] else { return nil }
        if let demand = field.rule.demand(of: text) {
            throw ConfigurationError(
                "\(name) must \(demand)",
                hint: "set it to the \(field.label), whole and without anything around it")
        }
        return Secret(text)
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
