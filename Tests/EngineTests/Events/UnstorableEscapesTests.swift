import Testing

@testable import Engine

@Suite("Unstorable escapes")
struct UnstorableEscapesTests {
    @Test(arguments: [
        (#"{"a":"\u0000"}"#, #"{"a":"\ufffd"}"#), (#""\u0000\u0000x""#, #""\ufffd\ufffdx""#),
        (#""\ud800""#, #""\ufffd""#), (#""\uD800x""#, #""\ufffdx""#), (#""\udc00""#, #""\ufffd""#),
        (#""\ud800\ud83d\ude00""#, #""\ufffd\ud83d\ude00""#),
        (#""\ud83d\u0041""#, #""\ufffd\u0041""#),
    ])
    func `what no text can hold is replaced`(text: String, storable: String) {
        #expect(text.replacingUnstorableEscapes() == storable)
    }

    @Test(arguments: [
        #""\\u0000""#, #""\\\\u0000""#, #""\"\\""#, #""\ud83d\ude00""#, #""\u00e9\n""#, "{}", "",
        #""é\/""#, #""\u12"#, #""\"#,
    ])
    func `everything else stays as it is`(text: String) {
        #expect(text.replacingUnstorableEscapes() == text)
    }
}
