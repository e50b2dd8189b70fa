import Engine
import Testing

@Suite("Provision reply")
struct ProvisionReplyTests {
    @Test(arguments: [("created", true), ("updated", false), ("unchanged", false)])
    func `its document is pinned`(action: String, created: Bool) throws {
        let reply = ProvisionReply(
            action: action, webhookURL: try address("https://hogsend.example/v1/webhooks/acme"),
            details: ["id": "x", "created": "evil", "provisioned": false])
        #expect(
            String(decoding: reply.json.encoded(), as: UTF8.self) == #"""
                {"action":"\#(action)","changes":[],"created":\#(created),"duplicates":[],"id":"x",\#
                "provisioned":true,\#
                "webhookUrl":"https://hogsend.example/v1/webhooks/acme"}
                """#)
    }

    @Test(arguments: [
        (#"{"provisioned":true,"created":true,"hogFunctionId":"h"}"#, "created"),
        (#"{"provisioned":true,"created":false,"hogFunctionId":"h"}"#, "unchanged"),
        (#"{"provisioned":true,"hogFunctionId":"h"}"#, "unchanged"),
        (
            #"{"provisioned":true,"created":false,"action":"updated","hogFunctionId":"h"}"#,
            "updated"
        ),
    ])
    func `it reads an older instance, which names no action`(text: String, action: String) throws {
        let reply = try #require(ProvisionReply(.text(text)))
        #expect(reply.action == action && reply.webhookURL == nil)
        #expect(reply.details == ["hogFunctionId": "h"])
    }

    @Test(arguments: [
        "{}", #"{"provisioned":false}"#, #"{"provisioned":"true"}"#, #"{"error":"x"}"#,
    ])
    func `what says nothing of success is none`(text: String) {
        #expect(ProvisionReply(.text(text)) == nil)
    }
}
