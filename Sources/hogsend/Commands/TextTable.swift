import Engine

/// Rows of cells, with as much room for each column as its widest cell takes.
struct TextTable: CustomStringConvertible {
    /// What stands where nothing is known.
    static let missing = "\u{2013}"

    let description: String

    init(_ titles: [String], _ rows: [[String]]) {
        let lines = [titles] + rows
        let widths = titles.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        description = lines.map { cells in
            zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ").trimmingWhitespace()
        }.joined(separator: "\n")
    }
}
