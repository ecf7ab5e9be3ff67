// A peer's public key is taken if it is an uncompressed point that OpenSSL's own way to read keys
// takes too, and then both ways agree on the same secret (NIST SP 800-56A).

#include "crypto/base64.hpp"
#include "crypto/key_agreement.hpp"
#include "expect.hpp"
#include "unit/crypto/keys.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace cresset;
using fuzz::expect;
using bytes = std::vector<unsigned char>;

const std::string& own_pem()
{
    static const std::string pem = tests::p256_pem(std::string(64, '1'));
    return pem;
}

crypto::pkey_ptr own_key_by_openssl()
{
    BIO* const from = BIO_new_mem_buf(own_pem().data(), static_cast<int>(own_pem().size()));
    crypto::pkey_ptr key(PEM_read_bio_PrivateKey(from, nullptr, nullptr, nullptr));
    BIO_free(from);
    expect(key != nullptr, "OpenSSL reads the key");
    return key;
}

crypto::pkey_ptr read_by_openssl(bytes point)
{
    char group[] = "prime256v1";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
        OSSL_PARAM_construct_end()};
    const crypto::pkey_ctx_ptr reader(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
    EVP_PKEY* key = nullptr;
    EVP_PKEY_fromdata_init(reader.get());
    EVP_PKEY_fromdata(reader.get(), &key, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters));
    return crypto::pkey_ptr(key);
}

// Nothing for what is no public key.
std::optional<bytes> agree_by_openssl(const bytes& point)
{
    static const crypto::pkey_ptr ours = own_key_by_openssl();
    const crypto::pkey_ptr theirs = read_by_openssl(point);
    if (!theirs)
        return std::nullopt;
    const crypto::pkey_ctx_ptr check(EVP_PKEY_CTX_new(theirs.get(), nullptr));
    if (EVP_PKEY_public_check(check.get()) != 1)
        return std::nullopt;
    const crypto::pkey_ctx_ptr derivation(EVP_PKEY_CTX_new(ours.get(), nullptr));
    bytes secret(32);
    std::size_t size = secret.size();
    expect(EVP_PKEY_derive_init(derivation.get()) == 1 &&
               EVP_PKEY_derive_set_peer(derivation.get(), theirs.get()) == 1 &&
               EVP_PKEY_derive(derivation.get(), secret.data(), &size) == 1 && size == 32,
           "OpenSSL agrees with a good key");
    return secret;
}

std::optional<bytes> agree(const bytes& point)
{
    static const crypto::p256::key_pair ours(own_pem());
    try {
        const auto theirs = crypto::read_public_key(crypto::base64_encode(point));
        const crypto::p256::shared_secret secret = ours.agree_with(theirs);
        return bytes(secret.data(), secret.data() + secret.size());
    } catch (const crypto_error&) {
        expect(ERR_peek_error() == 0, "no error is left to be taken for another's");
        return std::nullopt;
    }
}

// Of a compressed point, which any second number is, so that there are good keys among the inputs.
bytes uncompressed(const bytes& point)
{
    static EC_GROUP* const curve = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT* const read = EC_POINT_new(curve);
    bytes written(crypto::p256::point_size);
    const bool good = EC_POINT_oct2point(curve, read, point.data(), point.size(), nullptr) == 1 &&
                      EC_POINT_point2oct(curve, read, POINT_CONVERSION_UNCOMPRESSED, written.data(),
                                         written.size(), nullptr) == written.size();
    EC_POINT_free(read);
    return good ? written : point;
}

void check(const bytes& point)
{
    const bool has_form = point.size() == crypto::p256::point_size && point[0] == 4;
    const std::optional<bytes> expected = has_form ? agree_by_openssl(point) : std::nullopt;
    ERR_clear_error();
    expect(agree(point) == expected, "as OpenSSL agrees");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const bytes point(data, data + size);
    check(point);
    if (size == 33)
        check(uncompressed(point));
    return 0;
}
