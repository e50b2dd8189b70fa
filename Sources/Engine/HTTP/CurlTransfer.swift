import CCurl

/// One request over one easy handle of its own, on a thread that may block.
final class CurlTransfer {
    private static let ready = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    private static let pollMilliseconds: Int32 = 100

    private let handle: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let failureText: UnsafeMutablePointer<CChar>
    private let request: HTTPRequest
    private let host: String
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var response = HTTPResponse(status: 0)
    private var isTooLarge = false
    private var hasAllHeaders = false
    /// Takes the body of an answer 200 in pieces, for as long as it goes on.
    private let receive: (@Sendable (Data) -> Void)?
    private var lastByte = ContinuousClock.now

    init(
        _ client: CurlClient, _ request: HTTPRequest,
        receive: (@Sendable (Data) -> Void)? = nil
    ) throws(HTTPClientError) {
        self.request = request
        self.receive = receive
        host = request.url.host() ?? ""
        guard Self.ready == CURLE_OK, let handle = curl_easy_init() else {
            throw .unreachable(host: host, reason: "libcurl did not start")
        }
        guard let multi = curl_multi_init() else {
            curl_easy_cleanup(handle)
            throw .unreachable(host: host, reason: "libcurl did not start")
        }
        self.handle = handle
        self.multi = multi
        failureText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        failureText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try configure(client)
    }

    deinit {
        curl_multi_remove_handle(multi, handle)
        curl_easy_cleanup(handle)
        curl_multi_cleanup(multi)
        curl_slist_free_all(headerList)
        failureText.deallocate()
    }

    func perform(cancelled: CancellationFlag) throws(HTTPClientError) -> HTTPResponse {
        guard curl_multi_add_handle(multi, handle) == CURLM_OK else {
            throw .unreachable(host: host, reason: "libcurl did not start")
        }
        var running: Int32 = 1
        while true {
            guard curl_multi_perform(multi, &running) == CURLM_OK else {
                throw .answerUnknown(host: host, reason: "libcurl stopped")
            }
            if running == 0 { break }
            if cancelled.isSet { throw .cancelled }
            if receive != nil, lastByte.duration(to: .now) > request.timeout {
                throw .answerUnknown(host: host, reason: "nothing came for too long")
            }
            curl_multi_poll(multi, nil, 0, Self.pollMilliseconds, nil)
        }
        try checkResult()
        response.status = information(CURLINFO_RESPONSE_CODE)
        return response
    }

    private func checkResult() throws(HTTPClientError) {
        var remaining: Int32 = 0
        guard let message = curl_multi_info_read(multi, &remaining) else {
            throw .answerUnknown(host: host, reason: "libcurl stopped")
        }
        let code = message.pointee.data.result
        if isTooLarge { throw .answerTooLarge(host: host, limit: request.maximumBody) }
        guard code == CURLE_OK else {
            throw failure(code, String(cString: curl_easy_strerror(code)).lowercased())
        }
        // To curl, a connection that ends among the headers is an answer without a body.
        guard hasAllHeaders else {
            throw .answerUnknown(host: host, reason: "the headers were cut off")
        }
    }

    private func failure(_ code: CURLcode, _ reason: String) -> HTTPClientError {
        switch code {
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER:
            let detail = certificateProblem()
            return .insecureConnection(host: host, reason: detail ?? reason)
        default:
            let wasSent = information(CURLINFO_REQUEST_SIZE) > 0
            return wasSent
                ? .answerUnknown(host: host, reason: reason)
                : .unreachable(host: host, reason: reason)
        }
    }

    /// OpenSSL's own words for a refused certificate (expired, self-signed, unknown issuer), or
    /// curl's for one of another name, which OpenSSL is not asked about and 1 stands for.
    private func certificateProblem() -> String? {
        let code = information(CURLINFO_SSL_VERIFYRESULT)
        if code > 1 { return hogsend_curl_verify_text(code).map { String(cString: $0) } }
        let text = String(cString: failureText).sanitized()
        return text.isEmpty ? nil : text
    }

    private func information(_ info: CURLINFO) -> Int {
        var value = 0
        _ = hogsend_curl_get_long(handle, info, &value)
        return value
    }

    // MARK: Options

    private func configure(_ client: CurlClient) throws(HTTPClientError) {
        guard !request.method.isEmpty,
            request.method.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else { throw .refused(host: host, reason: "a method is a word in capitals") }
        try set(CURLOPT_URL, request.url.absoluteString)
        try set(CURLOPT_CUSTOMREQUEST, request.method)
        try set(CURLOPT_USERAGENT, client.userAgent)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // To curl, zero is no limit.
        let timeout = max(1, request.timeout.milliseconds)
        // A stream may go on for ever; only its silence has a limit.
        if receive == nil { try set(CURLOPT_TIMEOUT_MS, timeout) }
        try set(CURLOPT_CONNECTTIMEOUT_MS, timeout)
        if request.url.isLoopback { try set(CURLOPT_PROXY, "") }
        if let file = client.certificateFile { try set(CURLOPT_CAINFO, file) }
        if request.method == "HEAD" { try set(CURLOPT_NOBODY, 1) }
        try setBody()
        try setHeaders()
        try setCallbacks()
    }

    private func setBody() throws(HTTPClientError) {
        guard !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) else {
            return
        }
        try set(CURLOPT_POSTFIELDSIZE, request.body.count)
        // A zero at the end gives an empty body an address; curl copies POSTFIELDSIZE bytes.
        let bytes = request.body.map { CChar(bitPattern: $0) } + [0]
        try check(hogsend_curl_set_string(handle, CURLOPT_COPYPOSTFIELDS, bytes))
    }

    private func setHeaders() throws(HTTPClientError) {
        let fields = request.headers.fields + [.init(name: "Expect", value: "")]
        for field in fields {
            let line = "\(field.name): \(field.value)"
            guard !line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw .refused(host: host, reason: "a header holds a control character")
            }
            headerList = curl_slist_append(
                headerList, field.value.isEmpty ? "\(field.name):" : line)
        }
        try check(hogsend_curl_set_list(handle, CURLOPT_HTTPHEADER, headerList))
    }

    private func setCallbacks() throws(HTTPClientError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try check(hogsend_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, failureText))
        try check(hogsend_curl_set_pointer(handle, CURLOPT_WRITEDATA, context))
        try check(hogsend_curl_set_pointer(handle, CURLOPT_HEADERDATA, context))
        try check(
            hogsend_curl_set_write(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                CurlTransfer.from(context)?.appendBody(bytes, size * count) ?? 0
            })
        try check(
            hogsend_curl_set_write(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                CurlTransfer.from(context)?.appendHeader(bytes, size * count) ?? 0
            })
    }

    private func set(_ option: CURLoption, _ value: String) throws(HTTPClientError) {
        try check(hogsend_curl_set_string(handle, option, value))
    }

    private func set(_ option: CURLoption, _ value: Int) throws(HTTPClientError) {
        try check(hogsend_curl_set_long(handle, option, value))
    }

    private func check(_ code: CURLcode) throws(HTTPClientError) {
        guard code == CURLE_OK else {
            throw .refused(
                host: host, reason: String(cString: curl_easy_strerror(code)).lowercased())
        }
    }

    // MARK: Answer

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Any number but `count` makes curl give up.
    private func appendBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        lastByte = .now
        if let receive, let bytes, information(CURLINFO_RESPONSE_CODE) == 200 {
            receive(Data(bytes: bytes, count: count))
            return count
        }
        guard let bytes, response.body.count + count <= request.maximumBody else {
            isTooLarge = true
            return 0
        }
        response.body.append(
            UnsafeRawBufferPointer(start: bytes, count: count).bindMemory(to: UInt8.self))
        return count
    }

    private func appendHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return 0 }
        let line = String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // A new block: what stood before was 100 Continue or a proxy's answer.
            response.headers = [:]
            hasAllHeaders = false
        } else if line == "\r\n" || line == "\n" {
            hasAllHeaders = true
        } else if let colon = line.firstIndex(of: ":") {
            response.headers.append(
                String(line[..<colon]), line[line.index(after: colon)...].trimmingWhitespace())
        }
        return count
    }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
