import Engine
import Testing

@Suite("Secret")
struct SecretTests {
    struct Holder {
        let name = "holder"
        let secret: Secret
    }

    static let text = "hunter2-hunter2"
    let secret = Secret(text)

    @Test func `its text comes out of reveal`() {
        #expect(secret.reveal() == Self.text)
    }

    @Test func `no way of printing shows it`() {
        var dumped = ""
        dump(secret, to: &dumped)
        let shown = [
            "\(secret)", String(describing: secret), String(reflecting: secret),
            "\(Optional(secret) as Any)", "\([secret])", "\(["key": secret])", dumped,
            String(describingForTest: secret), "\(Result<Secret, any Error>.success(secret))",
        ]
        for text in shown {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("[redacted]"))
        }
    }

    @Test func `a value that holds it does not show it`() {
        let holder = Holder(secret: secret)
        var dumped = ""
        dump(holder, to: &dumped)
        for text in ["\(holder)", String(reflecting: holder), dumped] {
            #expect(!text.contains("hunter2"))
        }
        #expect(!String(describingForTest: holder).contains("hunter2"))
    }

    /// What a failed expectation prints of a value is its mirror and its description.
    @Test func `its mirror is empty`() {
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(Mirror(reflecting: secret).descendant("text") == nil)
    }

    @Test func `it is not encodable`() {
        #expect(!(secret as Any is any Encodable))
        #expect(!(secret as Any is any CustomLeafReflectable))
    }

    @Test(arguments: [("", false), ("hunter2-hunter", false), ("hunter2-hunter2", true)])
    func `it equals the same text alone`(other: String, equal: Bool) {
        #expect((secret == Secret(other)) == equal)
    }
}
