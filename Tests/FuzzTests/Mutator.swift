/// Inputs made from others by chance, the same ones in every run.
struct Mutator {
    private static let words = [
        "\0", "\r\n", "\n\n", "\"", "\\", "%", "%00", "%2F", "&", "=", "+", "?", "/", "//", ".",
        ",",
        "{", "}", "[", "]", "null", "true", "-1", "1e400", "\\u0000", "\\ud800", "\u{1B}[31m",
        "\u{202E}", "\u{301}", "\u{FEFF}", "\u{212A}", "state=", "code=", "error=", "Host: ",
    ].map { Array($0.utf8) }

    private let seeds: [[UInt8]]
    private var generator: SplitMix64

    init(_ seeds: [[UInt8]], seed: UInt64) {
        self.seeds = seeds
        generator = SplitMix64(state: seed)
    }

    mutating func next() -> [UInt8] {
        var input = seeds.randomElement(using: &generator) ?? []
        for _ in 0...Int.random(in: 0...4, using: &generator) { mutate(&input) }
        return input
    }

    private mutating func mutate(_ input: inout [UInt8]) {
        let start = Int.random(in: 0...input.count, using: &generator)
        let end = min(input.count, start + Int.random(in: 0...16, using: &generator))
        switch Int.random(in: 0...5, using: &generator) {
        case 0: input.removeSubrange(start..<end)
        case 1: input.insert(contentsOf: input[start..<end], at: start)
        case 2: input.insert(contentsOf: word(), at: start)
        case 3: input.replaceSubrange(start..<end, with: word())
        case 4 where start < input.count:
            input[start] = UInt8.random(in: .min ... .max, using: &generator)
        case 4: input.append(UInt8.random(in: .min ... .max, using: &generator))
        default:
            let other = seeds.randomElement(using: &generator) ?? []
            let cut = Int.random(in: 0...other.count, using: &generator)
            input.replaceSubrange(start..., with: other[cut...])
        }
    }

    private mutating func word() -> [UInt8] { Self.words.randomElement(using: &generator) ?? [] }
}

/// Steele, Lea and Flood's generator: the system's own takes no seed.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
