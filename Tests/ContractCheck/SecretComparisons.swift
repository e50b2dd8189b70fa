import Engine

/// What the sources that verify deliveries compare otherwise than by `ConstantTime.equal`.
///
/// A comparison there may be with a literal or between two counts, which no secret has a part in, or
/// between two `Secret`s, whose own `==` is one of those that are looked at.
struct SecretComparisons {
    /// Each file, and how often it calls `ConstantTime.equal`.
    private static let files = [
        ("Sources/Engine/Crypto/Secret.swift", 1),
        ("Sources/Engine/Provider/Webhooks/WebhookProof.swift", 1),
    ]
    private static let betweenSecrets = "secrets.contains { $0 == given }"
    private static let others = ["elementsEqual(", "hasPrefix(", "hasSuffix(", "firstRange(of:"]

    /// The lines with such a comparison, and the files that call it more or less often.
    let inTheOpen: [String]

    init(here: String = #filePath) throws {
        let end = here.firstRange(of: "/Tests/")?.lowerBound ?? here.endIndex
        inTheOpen = try Self.files.flatMap { file, calls in
            let text = try String(
                contentsOfFile: String(here[..<end]) + "/" + file, encoding: .utf8)
            let found = text.ranges(of: "ConstantTime.equal(").count
            let lines = text.split(separator: "\n").map(String.init).filter(Self.isInTheOpen)
            return lines + (found == calls ? [] : ["\(file) calls it \(found) times"])
        }
    }

    private static func isInTheOpen(_ line: String) -> Bool {
        let code = line.trimmingWhitespace()
        guard !code.hasPrefix("//"), !code.contains("func =="), !code.contains(betweenSecrets)
        else { return false }
        if others.contains(where: { code.contains($0) }) { return true }
        return [" == ", " != "].contains { sign in
            code.ranges(of: sign).contains { place in
                !isPlain(code[..<place.lowerBound], code[place.upperBound...])
            }
        }
    }

    private static func isPlain(_ left: Substring, _ right: Substring) -> Bool {
        let isLiteral = right.first.map { $0.isNumber || $0 == "\"" } ?? false
        let word = right.prefix { $0.isLetter || $0 == "." }
        return isLiteral || (left.hasSuffix(".count") && word.hasSuffix(".count"))
    }
}
