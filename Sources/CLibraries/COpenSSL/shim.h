#ifndef HOGSEND_COPENSSL_SHIM_H
#define HOGSEND_COPENSSL_SHIM_H

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

// OSSL_PARAM keeps the addresses of its names, and the C string that Swift makes of a macro lives
// for one call only.
static inline int hogsend_hkdf_sha256(
    EVP_KDF_CTX *context, const unsigned char *secret, size_t secret_length,
    const unsigned char *salt, size_t salt_length, const unsigned char *info, size_t info_length,
    unsigned char *output, size_t output_length) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, secret_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_length),
        OSSL_PARAM_construct_end(),
    };
    return EVP_KDF_derive(context, output, output_length, parameters);
}

#endif
