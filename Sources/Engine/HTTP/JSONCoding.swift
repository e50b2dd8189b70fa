/// How JSON and dates look on every wire of this program.
package enum JSONCoding {
    package static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension Date {
    /// ISO 8601 in UTC with milliseconds: `2026-01-02T03:04:05.678Z`.
    package var iso8601: String {
        // The format truncates, and .678 may be stored as .677999…: half a millisecond rounds.
        addingTimeInterval(0.0005).formatted(
            .iso8601.year().month().day().dateSeparator(.dash).time(
                includingFractionalSeconds: true
            )
            .timeSeparator(.colon)) + "Z"
    }

    /// Reads ISO 8601 with any offset and any number of fraction digits, or none.
    package init?(iso8601 text: String) {
        let formats = [
            Date.ISO8601FormatStyle(includingFractionalSeconds: true),
            Date.ISO8601FormatStyle(),
        ]
        for format in formats {
            if let date = try? format.parse(text) {
                self = date
                return
            }
        }
        return nil
    }
}
