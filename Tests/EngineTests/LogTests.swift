import Engine
import Testing

@Suite("Log")
struct LogTests {
    static func line(_ text: String) -> String {
        let lines = Locked("")
        Log { line in lines.withLock { $0 += line } }(.warning, "event", ["text": .text(text)])
        return lines.withLock { $0 }
    }

    @Test(arguments: [
        "plain", #"a "quoted" \ word"#, "\"\u{301},\"x\":\"y", "\\\u{301}\"", "a\r\nb\u{1B}[2J",
        "{\"a\":1}\n{\"b\":2}", "ü😀", "",
    ])
    func `every text makes one line that is JSON`(text: String) throws {
        let line = Self.line(text)
        #expect(line.unicodeScalars.count { $0 == "\n" } == 1 && line.hasSuffix("\n"))
        let json = try #require(JSONValue(decoding: Data(line.utf8)))
        #expect(json["text"]?.string == text.sanitized())
        #expect(json["level"] == "warning" && json["event"] == "event")
        #expect(json.object?.count == 4)
    }

    @Test func `numbers are numbers`() throws {
        let lines = Locked("")
        Log { line in lines.withLock { $0 += line } }(.info, "e", ["a": 1, "b": .number(1.5)])
        let json = try #require(JSONValue(decoding: Data(lines.withLock { $0 }.utf8)))
        #expect(json["a"] == 1 && json["b"] == .number(1.5) && json["level"] == "info")
    }

    @Test func `lines that are written together are whole in each write`() throws {
        let writes = Locked<[String]>([])
        let log = Log { text in writes.withLock { $0.append(text) } }
        log.together(.error, "e", [:], [])
        #expect(writes.withLock { $0.isEmpty })
        log.together(.error, "e", ["text": "a b"], (0..<100).map { ["n": .integer($0)] })
        let texts = writes.withLock { $0 }
        #expect(texts.count > 1 && texts.allSatisfy { $0.utf8.count <= 4096 && $0.hasSuffix("\n") })
        let lines = texts.joined().split(separator: "\n").compactMap {
            JSONValue(decoding: Data($0.utf8))
        }
        #expect(lines.map { $0["n"] } == (0..<100).map { .integer($0) })
        #expect(lines.allSatisfy { $0["event"] == "e" && $0["text"] == "a b" })
    }
}
