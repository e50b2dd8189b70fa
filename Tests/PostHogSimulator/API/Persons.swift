import Engine

extension Installation {
    /// `GET …/persons/?distinct_id=`: a miss is 200 with an empty list.
    func personList(_ request: ServerRequest) -> HTTPResponse {
        let found = request.parameter("distinct_id").map { id in persons[id].map { [$0] } ?? [] }
        let results = found ?? persons.sorted { $0.key < $1.key }.map(\.value)
        return .json(200, ["next": nil, "previous": nil, "results": .array(results)])
    }

    /// Keeps the person of an event, or one that a test describes.
    mutating func keepPerson(_ distinctID: String, _ properties: [String: JSONValue]) -> JSONValue {
        var person = persons[distinctID]?.object ?? newPerson(distinctID)
        let known = person["properties"]?.object ?? [:]
        let properties = known.merging(properties) { $1 }
        person["properties"] = .object(properties)
        person["name"] = properties["email"] ?? properties["name"] ?? .string(distinctID)
        persons[distinctID] = .object(person)
        return .object(person)
    }

    private mutating func newPerson(_ distinctID: String) -> [String: JSONValue] {
        [
            "id": .integer(Int64(persons.count + 1)),
            "uuid": .string(UUID().uuidString.lowercased()),
            "distinct_ids": [.string(distinctID)], "created_at": .string(nextTimestamp()),
        ]
    }
}
