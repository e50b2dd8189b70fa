/// The admin routes' bearer key.
struct AdminAuthentication: Sendable {
    let key: Secret

    func check(_ request: ServerRequest) throws(APIError) {
        let headers = request.headers.values(for: "Authorization")
        let parts = headers.first?.split(separator: " ", maxSplits: 1) ?? []
        guard headers.count == 1, parts.count == 2, parts[0].lowercased() == "bearer",
            Secret(parts[1].trimmingWhitespace()) == key
        else { throw .unauthorized }
    }
}
