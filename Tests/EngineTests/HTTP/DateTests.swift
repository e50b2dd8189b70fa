import Engine
import Testing

@Suite("Dates on the wire")
struct DateTests {
    /// The moment 2026-01-02T03:04:05Z.
    static let start = Date(timeIntervalSince1970: 1_767_323_045)

    @Test func `every millisecond is written and read exactly`() throws {
        for millisecond in 0..<1000 {
            let digits = String(String(1000 + millisecond).dropFirst())
            let text = "2026-01-02T03:04:05.\(digits)Z"
            let date = Date(timeIntervalSince1970: 1_767_323_045 + Double(millisecond) / 1000)
            try #require(date.iso8601 == text)
            let read = try #require(Date(iso8601: text))
            try #require(abs(read.timeIntervalSince(date)) < 0.0001)
            try #require(read.iso8601 == text)
        }
    }

    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000Z"), (-0.001, "1969-12-31T23:59:59.999Z"),
        (1_709_164_800, "2024-02-29T00:00:00.000Z"),
        (1_767_225_599.9994, "2025-12-31T23:59:59.999Z"),
        (1_767_225_599.9996, "2026-01-01T00:00:00.000Z"),
        (253_402_300_799, "9999-12-31T23:59:59.000Z"),
    ])
    func `a moment is written in UTC`(seconds: Double, text: String) {
        #expect(Date(timeIntervalSince1970: seconds).iso8601 == text)
    }

    @Test(arguments: [
        "2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05-00:00",
        "2026-01-02T05:34:05+02:30", "2026-01-01T19:04:05-08:00", "2026-01-02T05:04:05+0200",
        "2026-01-02T17:04:05+14:00", "2026-01-02T03:04:05.000000+00:00",
        "2026-01-02t03:04:05z", "2026-01-02T03:04:05.0Z",
    ])
    func `any offset is read`(text: String) {
        #expect(Date(iso8601: text) == Self.start)
    }

    @Test(arguments: 1...9)
    func `any number of fraction digits is read`(count: Int) throws {
        let digits = "123456789".prefix(count)
        let fraction = try #require(Double("0.\(digits)"))
        for zone in ["Z", "+00:00"] {
            let date = try #require(Date(iso8601: "2026-01-02T03:04:05.\(digits)\(zone)"))
            #expect(abs(date.timeIntervalSince(Self.start) - fraction) < 0.000_01)
        }
    }

    @Test(arguments: [
        "", " ", "now", "2026", "2026-01-02", "03:04:05", "1767323045", "2026-13-02T03:04:05Z",
        "2026-00-02T03:04:05Z", "2026-01-32T03:04:05Z", "2026-02-29T03:04:05Z",
        "2026-01-00T03:04:05Z", "2026-01-02T24:04:05Z", "2026-01-02T03:60:05Z",
        "2026-01-02T03:04:0500Z", "2026-01-02T03:04:61Z", "2026-01-02T03:04Z",
        "2026-01-02T03:04:05", "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05.123", "2026-01-02 03:04:05.", "2026-01-02T03:04:05Zx",
        "2026-01-02T03:04:05+", "2026-01-02T03:04:05.5+", "x2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05Z ", "20260102T030405Z", "26-01-02T03:04:05Z",
        "2026-01-02T03:04:05.12a4Z", "2026-1-2T3:4:5Z", "2026-01-02T03:04:05.1.2Z",
        "2026-01-02T03:04:05..1Z",
        "2026-01-02T03:04:05+02:60", "2026-01-02T03:04:05+2", "2026-01-02T03:04:05.\u{0661}Z",
        "2026-01-02T03:04:05+\u{0661}000", "2026-01-02T03:04:05--100", "2026-01-02T03:04:05+02:00Z",
        "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-02T-3:04:05Z",
    ])
    func `what is no moment is refused`(text: String) {
        #expect(Date(iso8601: text) == nil)
    }
}
