import Engine

/// What was read not long ago, bounded in number and size; the oldest go first.
struct PersonCache {
    private struct Entry {
        let reading: PersonReading
        let end: Date
        let cost: Int
        let stamp: Int
    }

    private let limits: PersonReadLimits
    /// By the bytes of the distinct id: to Swift, ids that PostHog tells apart may be equal texts.
    private var entries: [Data: Entry] = [:]
    private var order: [(key: Data, stamp: Int)] = []
    private var head = 0
    private var stamp = 0
    private(set) var cost = 0

    init(_ limits: PersonReadLimits) { self.limits = limits }

    var count: Int { entries.count }

    func reading(_ key: Data, at now: Date) -> PersonReading? {
        entries[key].flatMap { $0.end > now ? $0.reading : nil }
    }

    mutating func keep(_ reading: PersonReading, for key: Data, until end: Date, bytes: Int) {
        forget(key)
        stamp += 1
        // A little for the entry itself, so that many small ones count too.
        let entry = Entry(reading: reading, end: end, cost: bytes + 256, stamp: stamp)
        entries[key] = entry
        order.append((key, stamp))
        cost += entry.cost
        while entries.count > limits.entries || cost > limits.bytes, head < order.count {
            let oldest = order[head]
            head += 1
            if entries[oldest.key]?.stamp == oldest.stamp { forget(oldest.key) }
        }
        if order.count > 2 * entries.count + 64 { compact() }
    }

    mutating func empty() { self = PersonCache(limits) }

    private mutating func forget(_ key: Data) {
        if let old = entries.removeValue(forKey: key) { cost -= old.cost }
    }

    /// Places of entries that were replaced meanwhile go.
    private mutating func compact() {
        order = order[head...].filter { entries[$0.key]?.stamp == $0.stamp }
        head = 0
    }
}
