import Engine

/// PostHog's template for a webhook destination.
enum WebhookTemplate {
    static let id = "template-webhook"
    static let name = "HTTP Webhook"
    static let description = "Sends a webhook templated by the incoming event data"
    static let icon = "/static/posthog-icon.svg"

    static let hog = program(body: "inputs.body")

    /// The code of destinations made when the body's input was called `payload`.
    static let legacyHog = program(body: "inputs.payload")

    private static func program(body: String) -> String {
        """
        let payload := {
          'headers': inputs.headers,
          'body': \(body),
          'method': inputs.method
        }

        if (inputs.debug) {
          print('Request', inputs.url, payload)
        }

        let res := fetch(inputs.url, payload);

        if (res.status >= 400) {
          throw Error(f'Webhook failed with status {res.status}: {res.body}');
        }

        if (inputs.debug) {
          print('Response', res.status, res.body);
        }
        """
    }

    static let url: JSONValue = [
        "key": "url", "type": "string", "label": "Webhook URL", "secret": false, "required": true,
        "description": "Endpoint URL to send event data to.",
    ]
    static let method: JSONValue = [
        "key": "method", "type": "choice", "label": "Method", "secret": false, "required": false,
        "default": "POST",
        "choices": .array(
            ["POST", "PUT", "PATCH", "GET", "DELETE"].map { ["label": $0, "value": $0] }),
    ]
    static let body = json("body", label: "JSON Body")
    static let payload = json("payload", label: "JSON Payload")
    static let headers: JSONValue = [
        "key": "headers", "type": "dictionary", "label": "Headers", "secret": false,
        "required": false, "default": ["Content-Type": "application/json"],
    ]
    static let debug: JSONValue = [
        "key": "debug", "type": "boolean", "label": "Log responses", "secret": false,
        "required": false, "default": false,
        "description": "Logs the response of http calls for debugging.",
    ]

    /// Of the newest template alone.
    static let signingSecret: JSONValue = [
        "key": "signing_secret", "type": "string", "label": "Signing secret", "secret": true,
        "required": false,
    ]

    static let newestInputsSchema: JSONValue = [url, method, body, headers, signingSecret, debug]
    static let inputsSchema: JSONValue = [url, method, body, headers, debug]
    static let legacyInputsSchema: JSONValue = [url, method, payload, headers, debug]

    private static func json(_ key: String, label: String) -> JSONValue {
        [
            "key": .string(key), "type": "json", "label": .string(label), "secret": false,
            "required": false, "default": ["event": "{event}", "person": "{person}"],
        ]
    }

    /// The template as it reads back in a function that was made from it.
    static let object: JSONValue = [
        "id": .string(id), "type": "destination", "name": .string(name),
        "description": .string(description), "status": "stable", "free": false,
        "icon_url": .string(icon), "category": ["Custom"], "hog": .string(hog),
        "inputs_schema": inputsSchema, "filters": nil, "mappings": nil,
    ]
}
