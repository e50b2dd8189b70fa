import COpenSSL

/// A call into OpenSSL that did not do what it should.
package struct OpenSSLError: Error, Equatable {
    package let operation: String
    package let reason: String

    /// Takes the newest reason from OpenSSL's queue of this thread and empties it.
    init(_ operation: String) {
        self.operation = operation
        let code = ERR_peek_last_error()
        ERR_clear_error()
        // An error of the operating system, left by libcurl on this thread, has no words here.
        reason = ERR_reason_error_string(code).map { String(cString: $0) } ?? "no reason given"
    }

    /// OpenSSL answers 1 for success, anything else for failure.
    static func check(_ result: Int32, _ operation: String) throws(OpenSSLError) {
        guard result == 1 else { throw OpenSSLError(operation) }
    }
}
