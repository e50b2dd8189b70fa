/// One webhook of a collection, as it was listed.
package struct ListedWebhook: Sendable, Equatable {
    package let id: String
    let address: String
    let isActive: Bool
    let json: JSONValue

    var place: Substring { WebhookAddress(address).place }

    var duplicate: ProvisionPlan.Duplicate {
        .init(id: id, address: WebhookAddress(address).shown, isEnabled: isActive)
    }
}

extension WebhookCollection {
    /// Those in an answer that have an address; nil where there is no list, or one of them has no id
    /// that can stand in a path.
    package func webhooks(in answer: JSONValue) -> [ListedWebhook]? {
        guard let list = answer.value(at: list)?.array else { return nil }
        var webhooks: [ListedWebhook] = []
        for json in list {
            guard let address = json.value(at: address)?.string else { continue }
            guard let id = id(of: json) else { return nil }
            let isActive = active.map { json.value(at: $0.path) == $0.on } ?? true
            webhooks.append(.init(id: id, address: address, isActive: isActive, json: json))
        }
        return webhooks
    }

    /// A stranger's text that cannot be a part of a path is none.
    func id(of json: JSONValue) -> String? {
        let member = json.value(at: id)
        guard let id = member?.string ?? member?.integer.map(String.init),
            !["", ".", ".."].contains(id), id.utf8.count <= 500
        else { return nil }
        return id
    }

    /// The body that makes or changes one by these members and settings.
    func body(_ members: JSONValue, _ settings: [WebhookKeeping.Setting]) -> JSONValue {
        let webhook = settings.reduce(members) { $0.setting($1.value, at: $1.path.names[...]) }
        return JSONValue.null.setting(webhook, at: sent.names[...])
    }

    /// The path of one; whatever stands in the id, it is one part of it.
    package func path(of id: String) -> String {
        path.hasSuffix("/") ? "\(path)\(id.percentEncoded)/" : "\(path)/\(id.percentEncoded)"
    }
}
