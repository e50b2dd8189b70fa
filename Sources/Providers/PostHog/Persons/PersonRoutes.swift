import Engine

/// What an instance answers about persons.
///
/// Without a live profile the answer is 200 with `"source": "none"` and a reason, so that a caller
/// goes on with what it knows.
struct PersonRoutes: Sendable {
    static let prefix = "/v1/admin/analytics/"

    let reads: PersonReads

    var routes: [AdminRoute] {
        [
            AdminRoute(
                "GET", "persons/{distinctId}", alias: Self.prefix + "persons/{distinctId}"
            ) { request throws(AdminRefusal) in try await person(request) },
            AdminRoute("POST", "conditions/evaluate", alias: Self.prefix + "conditions/evaluate") {
                request throws(AdminRefusal) in try await evaluate(request)
            },
        ]
    }

    // MARK: One person

    private func person(_ request: AdminRequest) async throws(AdminRefusal) -> JSONValue {
        let id = try Self.checked(request.parameters["distinctId"])
        let candidates = TimeZoneCandidates(
            explicit: request.query["timezone"], contactColumn: request.query["contactColumn"],
            contactProperty: request.query["contactProperty"].map { .string($0) },
            defaultTimezone: request.query["defaultTimezone"])
        // A zone that cannot be used is refused before PostHog is asked.
        if candidates.explicit != nil { _ = try Self.zone(candidates, [:]) }
        let reading = await reads.person(id)
        let zone = try Self.zone(candidates, reading.properties ?? [:])
        var answer = Self.members(id, reading)
        answer["person"] = .null
        if case .found(let person, _) = reading { answer["person"] = person.json }
        answer["timezone"] = [
            "name": .string(zone.name), "source": .string(zone.source.rawValue),
            "warnings": .array(zone.warnings.map { .string($0) }),
        ]
        return .object(answer)
    }

    private static func zone(
        _ candidates: TimeZoneCandidates, _ properties: [String: JSONValue]
    ) throws(AdminRefusal) -> TimeZoneChoice {
        do throws(InvalidTimeZone) {
            return try TimeZoneChoice(candidates, properties: properties)
        } catch {
            let status = if case .unknown = error { 400 } else { 503 }
            throw AdminRefusal(status, error.code, error.description, hint: error.hint)
        }
    }

    /// What both routes say of a reading.
    private static func members(_ id: String, _ reading: PersonReading) -> [String: JSONValue] {
        var members: [String: JSONValue] = [
            "distinctId": .string(id), "found": false, "source": "none", "reason": nil,
            "detail": nil, "remediation": nil,
        ]
        switch reading {
        case .found(_, let credential):
            members["found"] = true
            members["source"] = .string(credential.rawValue)
        case .absent(let credential): members["source"] = .string(credential.rawValue)
        case .unavailable(let reason):
            members["reason"] = .string(reason.code)
            members["detail"] = .string(reason.description)
            members["remediation"] = reason.hint.map { .string($0) } ?? .null
        }
        return members
    }

    // MARK: Conditions

    private func evaluate(_ request: AdminRequest) async throws(AdminRefusal) -> JSONValue {
        let id = try Self.checked(request.body["distinctId"]?.string)
        guard let conditions = request.body["conditions"] else {
            throw AdminRefusal(
                400, "invalid_body", "'conditions' is missing",
                hint: #"pass {"distinctId": …, "conditions": …}"#)
        }
        let condition: Condition
        do throws(InvalidCondition) {
            condition = try Condition(conditions)
        } catch {
            throw AdminRefusal(400, error.code, error.description, hint: error.hint)
        }
        let reading = await reads.person(id)
        var answer = Self.members(id, reading)
        let holds = reading.properties.map { condition.holds(for: $0) }
        answer["matches"] = holds.map { .bool($0) } ?? .null
        return .object(answer)
    }

    private static func checked(_ id: String?) throws(AdminRefusal) -> String {
        guard let id, (1...PersonReads.longestID).contains(id.utf8.count) else {
            throw AdminRefusal(
                400, "invalid_distinct_id",
                "'distinctId' is not a text of 1 to \(PersonReads.longestID) bytes",
                hint: "pass the distinct id of a person")
        }
        return id
    }
}
