package import Engine

/// A rule by which some of the requests that it concerns go wrong.
package protocol CountedFault {
    /// How many go well first.
    var skip: Int { get set }
    /// How many then go wrong; nil is all.
    var times: Int? { get set }
    /// Whether it concerns a request.
    func matches(_ request: ServerRequest) -> Bool
}

extension Array where Element: CountedFault {
    /// The fault that a request meets, used up by one.
    package mutating func take(for request: ServerRequest) -> Element? {
        for index in indices where self[index].matches(request) {
            if self[index].skip > 0 {
                self[index].skip -= 1
            } else if self[index].times != 0 {
                self[index].times = self[index].times.map { $0 - 1 }
                return self[index]
            }
        }
        return nil
    }
}
