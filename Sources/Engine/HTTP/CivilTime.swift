/// Dates of our age and their text by arithmetic: Foundation's formats cost ten times as much, and
/// each delivery needs several.
///
/// Everything else, and every text of another form, is left to them.
enum CivilTime {
    private static let years = 1970...9998
    private static let cumulative = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

    /// `2026-01-02T03:04:05.678Z`; nil for dates that are not of these years.
    static func text(_ seconds: Double) -> String? {
        guard seconds >= 0, seconds < 253_370_764_800 else { return nil }
        let milliseconds = Int64((seconds * 1000).rounded(.down))
        let (days, rest) = (Int(milliseconds / 86_400_000), Int(milliseconds % 86_400_000))
        let (year, month, day) = date(days)
        let parts: [(Int, Int, UInt8)] = [
            (year, 4, 0x2D), (month, 2, 0x2D), (day, 2, 0x54), (rest / 3_600_000, 2, 0x3A),
            (rest / 60_000 % 60, 2, 0x3A), (rest / 1000 % 60, 2, 0x2E), (rest % 1000, 3, 0x5A),
        ]
        return String(unsafeUninitializedCapacity: 24) { bytes in
            var end = 0
            for (number, digits, mark) in parts {
                var number = number
                for place in stride(from: end + digits - 1, through: end, by: -1) {
                    bytes[place] = UInt8(0x30 + number % 10)
                    number /= 10
                }
                bytes[end + digits] = mark
                end += digits + 1
            }
            return end
        }
    }

    /// Reads `2026-01-02T03:04:05`, with a fraction or without, and `Z`; nil for every other text.
    static func seconds(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= 20, bytes.count <= 30, bytes[bytes.count - 1] == 0x5A,
                bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54, bytes[13] == 0x3A,
                bytes[16] == 0x3A, let year = number(bytes[0..<4]),
                let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
                let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]),
                let second = number(bytes[17..<19]), years.contains(year),
                (1...12).contains(month), (1...length(month, year)).contains(day), hour < 24,
                minute < 60, second < 60, let fraction = fraction(bytes[19..<(bytes.count - 1)])
            else { return nil }
            let time = hour * 3600 + minute * 60 + second
            return Double(days(year, month, day) * 86_400 + time) + fraction
        }
    }

    private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        var number = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return number
    }

    private static func fraction(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
        if text.isEmpty { return 0 }
        guard text.first == 0x2E, text.count > 1, let value = number(text.dropFirst()) else {
            return nil
        }
        return Double(value) / (1...(text.count - 1)).reduce(1) { power, _ in power * 10 }
    }

    // MARK: The calendar

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func length(_ month: Int, _ year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let past = year - 1
        let leaps = past / 4 - past / 100 + past / 400 - 477
        return (year - 1970) * 365 + leaps + cumulative[month - 1]
            + (month > 2 && isLeap(year) ? 1 : 0) + day - 1
    }

    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        var year = 1970 + days / 366
        while self.days(year + 1, 1, 1) <= days { year += 1 }
        var rest = days - self.days(year, 1, 1)
        var month = 1
        while rest >= length(month, year) {
            rest -= length(month, year)
            month += 1
        }
        return (year, month, rest + 1)
    }
}
