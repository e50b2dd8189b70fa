import Engine
import Testing

@testable import PostHogProvider

@Suite("The program of our destination")
struct DestinationProgramTests {
    private static func program(_ keys: [String], _ code: String = "") -> DestinationProgram {
        DestinationProgram([
            "inputs_schema": .array(keys.map { ["key": .string($0), "type": "kept"] }),
            "hog": .string(code),
        ])
    }

    @Test func `sends nothing when its schema is whole`() {
        let program = Self.program(["debug", "url", "mine", "method", "body", "headers"])
        #expect(program.mended.isEmpty)
        #expect(program.changes.isEmpty)
    }

    @Test func `gets the entries it lacks and keeps the others`() {
        let program = Self.program(["url", "method", "payload", "headers", "mine"])
        let schema = program.mended["inputs_schema"]?.array ?? []
        #expect(
            schema.map { $0["key"]?.string } == [
                "url", "method", "headers", "mine", "body", "debug",
            ])
        #expect(schema.map { $0["type"]?.string }.prefix(4).allSatisfy { $0 == "kept" })
        #expect(program.mended["hog"] == nil)
        #expect(program.changes.map(\.field) == ["inputs_schema"])
    }

    @Test(arguments: [
        ("'body': inputs.payload,", "'body': inputs.body,"),
        ("inputs?.payload", "inputs?.body"), ("inputs['payload']", "inputs['body']"),
        ("inputs[\"payload\"]", "inputs[\"body\"]"),
        ("let payload := inputs.payloads", nil), ("myinputs.payload", nil),
        ("fetch(inputs.url, payload)", nil),
    ])
    func `posts the body where it posted the payload`(code: String, mended: String?) {
        let program = Self.program(["url", "method", "body", "headers", "debug"], code)
        #expect(program.mended["hog"]?.string == mended)
        #expect(program.changes.map(\.field) == (mended == nil ? [] : ["hog"]))
    }
}
