// Bytes encode as OpenSSL encodes them, and what is decoded is exactly what encodes to that text.

#include "crypto/base64.hpp"
#include "expect.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace cresset;
using fuzz::expect;

std::string encode_by_openssl(std::string_view bytes)
{
    std::string text(bytes.size() / 3 * 4 + 5, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

// By its filter, which shares little with EVP_DecodeBlock. It takes more than we do.
std::string decode_by_openssl(std::string_view text)
{
    struct free_all
    {
        void operator()(BIO* chain) const { BIO_free_all(chain); }
    };
    BIO* const source = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
    const std::unique_ptr<BIO, free_all> chain(BIO_push(BIO_new(BIO_f_base64()), source));
    BIO_set_flags(chain.get(), BIO_FLAGS_BASE64_NO_NL);
    std::string bytes(text.size(), '\0');
    const int size = BIO_read(chain.get(), bytes.data(), static_cast<int>(bytes.size()));
    bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return bytes;
}

void check_encoding(std::string_view bytes)
{
    const std::string text =
        crypto::base64_encode({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
    expect(text == encode_by_openssl(bytes), "as OpenSSL encodes");
    expect(text.size() == crypto::base64_size(bytes.size()), "of the size that is told");
    expect(bytes.empty() || crypto::base64_decode(text) == bytes, "what is encoded can be decoded");
}

void check_decoding(std::string_view text)
{
    std::string reused(100, 'x');
    const bool valid = crypto::base64_decode(text, reused);
    const std::optional<std::string> found = crypto::base64_decode(text);
    expect(valid == found.has_value() && (!valid || reused == *found), "both say the same");
    if (found) {
        expect(encode_by_openssl(*found) == text, "what is decoded encodes to the same text");
        expect(decode_by_openssl(text) == *found, "as OpenSSL decodes");
        return;
    }
    const std::string theirs = decode_by_openssl(text);
    expect(theirs.empty() || encode_by_openssl(theirs) != text, "what encodes to it is decoded");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check_encoding(input);
    check_decoding(input);
    return 0;
}
