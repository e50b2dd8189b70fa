/// Values as libpq takes them: texts that end with a zero, arrays in the server's own form, and nil
/// for NULL.
struct PostgresParameters {
    /// The type `text`.
    private static let text: Int32 = 25

    private var bytes: [CChar] = []
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    /// 1 for the server's own form, which needs nothing escaped.
    private var formats: [Int32] = []

    var count: Int { starts.count }

    init(_ values: [SQLValue]) {
        for value in values {
            switch value {
            case .null: add(at: nil, format: 0)
            case .integer(let number): append("\(number)")
            case .text(let text): append(text)
            case .texts(let texts): append(texts)
            }
        }
    }

    /// libpq looks for the end of a text by itself.
    private mutating func append(_ text: String) {
        add(at: bytes.count, format: 0)
        add(text)
        bytes.append(0)
    }

    private mutating func append(_ texts: [String]) {
        let start = bytes.count
        bytes.reserveCapacity(start + texts.reduce(20) { $0 + $1.utf8.count + 4 })
        // One dimension without NULLs, of so many texts, counted from 1.
        for number in [1, 0, Self.text, Int32(clamping: texts.count), 1] { add(number) }
        for text in texts {
            add(Int32(clamping: text.utf8.count))
            add(text)
        }
        add(at: start, format: 1)
        lengths[lengths.count - 1] = Int32(clamping: bytes.count - start)
    }

    private mutating func add(at start: Int?, format: Int32) {
        starts.append(start)
        lengths.append(0)
        formats.append(format)
    }

    private mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes += UnsafeRawBufferPointer($0).bindMemory(to: CChar.self) }
    }

    private mutating func add(_ number: Int32) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0.bindMemory(to: CChar.self) }
    }

    func withPointers<Result>(
        _ body: (
            _ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]
        ) -> Result
    ) -> Result {
        bytes.withUnsafeBufferPointer { bytes in
            let values = starts.map { start in
                start.flatMap { bytes.baseAddress?.advanced(by: $0) }
            }
            return body(values, lengths, formats)
        }
    }
}
