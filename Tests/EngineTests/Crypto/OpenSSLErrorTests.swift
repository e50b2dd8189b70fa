import COpenSSL
import Testing

@testable import Engine

@Suite("OpenSSL error")
struct OpenSSLErrorTests {
    @Test func `it says what OpenSSL said, once`() {
        raise(library: ERR_LIB_EVP, reason: EVP_R_BAD_DECRYPT)
        #expect(OpenSSLError("first").reason == "bad decrypt")
        #expect(OpenSSLError("second").reason == "no reason given")
    }

    /// OpenSSL has no words for an error of the operating system, such as a reset connection that
    /// libcurl left in the queue of the same thread.
    @Test func `an error without words is no crash`() {
        raise(library: ERR_LIB_SYS, reason: 104)
        #expect(OpenSSLError("gcm").reason == "no reason given")
    }

    private func raise(library: Int32, reason: Int32) {
        ERR_clear_error()
        ERR_new()
        withVaList([]) { ERR_vset_error(library, reason, nil, $0) }
    }
}
