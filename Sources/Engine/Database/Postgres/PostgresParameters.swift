/// Values as libpq takes them: texts that end with a zero, and nil for NULL.
struct PostgresParameters {
    private var bytes: [CChar] = []
    private var starts: [Int?] = []

    var count: Int { starts.count }

    init(_ values: [SQLValue]) {
        for value in values {
            switch value {
            case .null: starts.append(nil)
            case .integer(let number): append("\(number)")
            case .text(let text): append(text)
            }
        }
    }

    private mutating func append(_ text: String) {
        starts.append(bytes.count)
        bytes += text.utf8CString
    }

    func withPointers<Result>(_ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { bytes in
            body(starts.map { start in start.flatMap { bytes.baseAddress?.advanced(by: $0) } })
        }
    }
}
