import CCurl

/// libcurl; a handle lives for one transfer, so that curl never resends on a dead connection.
package struct CurlClient: StreamingHTTPClient {
    package let userAgent: String
    /// A file of trusted certificates; libcurl reads neither `SSL_CERT_FILE` nor `CURL_CA_BUNDLE`.
    package let certificateFile: String?

    package init(userAgent: String = "hogsend", certificateFile: String? = nil) {
        self.userAgent = userAgent
        self.certificateFile = certificateFile
    }

    package func send(_ request: HTTPRequest) async throws(HTTPClientError) -> HTTPResponse {
        try await perform(request, receive: nil)
    }

    package func stream(
        _ request: HTTPRequest, _ receive: @escaping @Sendable (Data) -> Void
    ) async throws(HTTPClientError) -> HTTPResponse {
        try await perform(request, receive: receive)
    }

    private func perform(
        _ request: HTTPRequest, receive: (@Sendable (Data) -> Void)?
    ) async throws(HTTPClientError) -> HTTPResponse {
        let cancelled = CancellationFlag()
        let result: Result<HTTPResponse, HTTPClientError> = await withTaskCancellationHandler {
            await BlockingCall.run { [self] in
                do throws(HTTPClientError) {
                    let transfer = try CurlTransfer(self, request, receive: receive)
                    return .success(try transfer.perform(cancelled: cancelled))
                } catch {
                    return .failure(error)
                }
            }
        } onCancel: {
            cancelled.set()
        }
        return try result.get()
    }
}
