import Engine
import HogsendCommands

/// `.env` files.
enum DotEnvTarget {
    static func run(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        let variables = DotEnv.parse(text)
        var lines = "\u{FEFF}" == text.prefix(1) ? "" : "# written again\r\n"
        for (name, value) in variables {
            try require(
                !name.isEmpty
                    && name.utf8.allSatisfy {
                        switch $0 {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"),
                            UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                            true
                        default: false
                        }
                    }, "'\(name)' is a name")
            try require(!value.contains(where: \.isNewline), "a value is one line")
            try require(text.contains(value), "a value stands in the file")
            guard let quote = ["\"", "'"].first(where: { !value.contains($0) }) else { continue }
            lines += "export \(name) = \(quote)\(value)\(quote) # \(name)\n"
        }
        for (name, value) in DotEnv.parse(lines) {
            try require(variables[name]?.isSame(as: value) == true, "'\(name)' reads as written")
        }
    }
}
