import Engine

/// Checks the inputs of a hog function against its schema.
struct InputValidation {
    let schema: [JSONValue]
    /// What is stored already: secrets that are not sent again are kept.
    var stored: [String: JSONValue] = [:]

    /// What is to be stored; inputs that the schema does not know are dropped.
    func validated(_ inputs: [String: JSONValue]) throws(APIProblem) -> JSONValue {
        var result: [String: JSONValue] = [:]
        for entry in schema {
            guard let key = entry["key"]?.string else { continue }
            let input = inputs[key] ?? .null
            if entry["secret"]?.bool == true, Self.keepsSecret(input) {
                result[key] = try storedSecret(key, entry, input)
            } else if let checked = try check(input, entry, "inputs__\(key)") {
                result[key] = checked
            }
        }
        return .object(result)
    }

    private static func keepsSecret(_ input: JSONValue) -> Bool {
        input.object?.isEmpty ?? true || input["secret"]?.bool == true || input["value"] == nil
    }

    private func storedSecret(
        _ key: String, _ entry: JSONValue, _ input: JSONValue
    ) throws(APIProblem) -> JSONValue? {
        if let stored = stored[key] { return stored }
        if input["secret"]?.bool == true {
            throw .invalid(
                "inputs__\(key)",
                "No value is saved for this secret input. Enter the value again.")
        }
        guard entry["required"]?.bool != true else {
            throw .invalid("inputs__\(key)", "This field is required.")
        }
        return .none
    }

    private func check(
        _ input: JSONValue, _ entry: JSONValue, _ attribute: String
    ) throws(APIProblem) -> JSONValue? {
        let value = input["value"] ?? .null
        if Self.isEmpty(value) {
            guard entry["required"]?.bool != true else {
                throw .invalid(attribute, "This field is required.")
            }
            guard input["value"] != nil else { return .none }
            return Bytecode.removing(from: input)
        }
        guard Self.fits(value, entry["type"]?.string) else {
            throw .invalid(attribute, "Value must be a \(entry["type"]?.string ?? "string").")
        }
        if let fault = HogTemplate.firstFault(in: value) {
            throw .invalid(attribute, "Invalid template: \(fault)")
        }
        return Bytecode.removing(from: input)
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .string(""), .bool(false), .integer(0): true
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }

    private static func fits(_ value: JSONValue, _ type: String?) -> Bool {
        switch type {
        case "string": value.string != nil
        case "boolean": value.bool != nil
        case "dictionary": value.object != nil
        default: true
        }
    }
}
