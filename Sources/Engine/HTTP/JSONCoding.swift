/// How JSON and dates look on every wire of this program.
package enum JSONCoding {
    package static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension Date {
    /// The spelling on every wire, ISO 8601 in UTC with milliseconds: `2026-01-02T03:04:05.678Z`.
    public var iso8601: String {
        // The format truncates, and .678 may be stored as .677999…: half a millisecond rounds.
        let rounded = addingTimeInterval(0.0005)
        if let text = CivilTime.text(rounded.timeIntervalSince1970) { return text }
        return rounded.formatted(
            .iso8601.year().month().day().dateSeparator(.dash).time(
                includingFractionalSeconds: true
            )
            .timeSeparator(.colon)) + "Z"
    }

    /// Reads ISO 8601 with any offset and any number of fraction digits, or none.
    ///
    /// The format alone takes 29 February of any year, hour 24 and whatever follows the zone, so
    /// it must write what it read.
    public init?(iso8601 text: String) {
        if let seconds = CivilTime.seconds(text) {
            self.init(timeIntervalSince1970: seconds)
            return
        }
        let text = text.uppercased()
        let (second, rest) = (text.prefix(19), text.dropFirst(19))
        let fraction = rest.prefix { $0 == "." || $0.isWholeNumber }
        guard let offset = Self.offset(of: rest.dropFirst(fraction.count)),
            let part = fraction.isEmpty ? 0 : Double("0\(fraction)"), fraction.count != 1,
            fraction.isEmpty || fraction.first == ".",
            let local = try? Date.ISO8601FormatStyle().parse(second + "Z"),
            local.iso8601.prefix(19) == second
        else { return nil }
        let date = local.addingTimeInterval(part - offset)
        guard Self.spellable.contains(date.timeIntervalSince1970) else { return nil }
        self = date
    }

    /// What a year of four digits can spell (before 1582 in the Julian calendar); an offset reaches
    /// beyond.
    private static let spellable = -62_135_769_600...253_402_300_799.9994

    /// The seconds that `Z`, `+02:00` or `-0330` is ahead of UTC.
    private static func offset(of zone: Substring) -> Double? {
        if zone == "Z" { return 0 }
        let digits = zone.dropFirst().filter { $0 != ":" }
        guard let sign = zone.first, sign == "+" || sign == "-", digits.utf8.count == 4,
            digits.allSatisfy(\.isWholeNumber), let number = Int(digits), number % 100 < 60
        else { return nil }
        return Double(number / 100 * 3600 + number % 100 * 60) * (sign == "-" ? -1 : 1)
    }
}
