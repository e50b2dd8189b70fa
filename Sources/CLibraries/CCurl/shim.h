#ifndef HOGSEND_CCURL_SHIM_H
#define HOGSEND_CCURL_SHIM_H

#include <curl/curl.h>

// Swift cannot call variadic functions, so each argument type gets a name.

static inline CURLcode hogsend_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode hogsend_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode hogsend_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode hogsend_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode hogsend_curl_set_write(
    CURL *handle, CURLoption option, size_t (*value)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode hogsend_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

// libcurl hands out OpenSSL's verification code without its words; declared by hand, since these
// headers belong to another module.
extern const char *X509_verify_cert_error_string(long code);

static inline const char *hogsend_curl_verify_text(long code) {
    return X509_verify_cert_error_string(code);
}

#endif
