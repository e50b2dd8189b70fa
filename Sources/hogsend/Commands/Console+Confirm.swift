import Engine

extension Console {
    private static let mostTries = 3

    /// Asks whether to go on; nothing but a yes is one.
    ///
    /// Throws ``Verdict/declined`` with the hint for a no, and at the end of input as for Ctrl-C.
    func confirm(_ question: String, hint: String) async throws {
        for _ in 0..<Self.mostTries {
            guard let answer = await readLine("\(question) [y/N]: ") else {
                throw CancellationError()
            }
            switch answer.trimmingWhitespace().lowercased() {
            case "y", "yes": return
            case "", "n", "no": throw Self.declined(hint)
            default: line("please answer y or n")
            }
        }
        throw Self.declined(hint)
    }

    private static func declined(_ hint: String) -> ConnectError {
        ConnectError(.declined, "nothing was done", hint: hint)
    }
}
